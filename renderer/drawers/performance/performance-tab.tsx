import { Chart } from '../../components/chart/chart.tsx';
import type { FigureKey } from '../../stores/figures.ts';

/** Charts of one object's figures. */
export function PerformanceTab({ figureKey, label }: { figureKey: string; label: string }) {
  const key = figureKey as FigureKey;
  return (
    <Chart
      title={`Throughput of ${label}`}
      unit="bytes"
      series={[
        { key, column: 'read_bytes', label: 'read', role: 'read' },
        { key, column: 'written_bytes', label: 'write', role: 'write' },
      ]}
    />
  );
}

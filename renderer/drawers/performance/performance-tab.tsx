import { Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import type { Event } from '../../../shared/model/event.ts';
import { Chart } from '../../components/chart/chart.tsx';
import { Heatmap } from '../../components/chart/heatmap.tsx';
import { RangePicker } from '../../components/chart/range-picker.tsx';
import type { FigureKey } from '../../stores/figures.ts';
import { getRows } from '../../stores/tables.ts';
import { chartsOf, chartsOfPeer, figureKeyOf } from './object-series.ts';

/** Charts of one object's figures, over the time range all charts share. */
export function PerformanceTab({ figureKey, label }: { figureKey: string; label: string }) {
  const key = figureKeyOf(figureKey);
  if (key === null) return <Text size="sm">No figures are kept for {label}.</Text>;
  return <Charts of={key} label={label} />;
}

function Charts({ of, label }: { of: FigureKey; label: string }) {
  const kind = of.split(':')[0];
  const charts = useMemo(() => (kind === 'peer' ? chartsOfPeer(of) : chartsOf(of)), [of, kind]);
  const events = useMemo(() => eventsOf(of), [of]);
  return (
    <Stack gap="lg" role="group" aria-label={`Performance of ${label}`}>
      <RangePicker />
      {(kind === 'path' || kind === 'peer') && (
        <Text size="xs" c="dimmed">
          Of a {kind} no history is kept: its charts begin when they are opened.
        </Text>
      )}
      {charts.map(({ id, title, unit, series }) => (
        <Chart
          key={id}
          title={title}
          unit={unit}
          series={series}
          between={id.endsWith('latency')}
          height={150}
          events={events}
        />
      ))}
      {kind !== 'peer' && (
        <>
          <Heatmap of={of} op="read" title="Read latencies" />
          <Heatmap of={of} op="write" title="Write latencies" />
        </>
      )}
    </Stack>
  );
}

/** Events marked on its charts: those of the object, and troubles of the host. */
function eventsOf(of: FigureKey): (event: Event) => boolean {
  const id = of.slice(of.indexOf(':') + 1);
  const unit = of.startsWith('path:')
    ? getRows('units').find(({ paths }) => paths.some((path) => path.id === id))?.name
    : id;
  return ({ object_id, kind, severity }) =>
    object_id === unit || of === 'total' || (kind === 'host' && severity !== 'info');
}

import { Stack } from '@mantine/core';
import { Chart } from '../../components/chart/chart.tsx';
import { RangePicker } from '../../components/chart/range-picker.tsx';
import { Page } from '../../components/page.tsx';

const BYTES = [
  { key: 'total', column: 'read_bytes', label: 'read', role: 'read' },
  { key: 'total', column: 'written_bytes', label: 'write', role: 'write' },
] as const;
const OPS = [
  { key: 'total', column: 'reads', label: 'reads', role: 'read' },
  { key: 'total', column: 'writes', label: 'writes', role: 'write' },
] as const;

export function PerformancePage() {
  return (
    <Page title="Performance" actions={<RangePicker />}>
      <Stack>
        <Chart title="Throughput" unit="bytes" series={BYTES} />
        <Chart title="Requests" unit="ops" series={OPS} />
      </Stack>
    </Page>
  );
}

import { Stack } from '@mantine/core';
import { RangePicker } from '../../components/chart/range-picker.tsx';
import { Page } from '../../components/page.tsx';
import { useBoard } from './board.ts';
import { Compare } from './compare.tsx';
import { Heatmaps } from './heatmaps.tsx';
import { Pinned } from './pinned.tsx';

/** Charts over one time range. */
export function PerformancePage() {
  const [board, change] = useBoard();
  return (
    <Page title="Performance" actions={<RangePicker />}>
      <Stack gap="md">
        <Compare board={board} change={change} />
        <Pinned board={board} change={change} />
        <Heatmaps board={board} change={change} />
      </Stack>
    </Page>
  );
}

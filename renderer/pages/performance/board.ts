import { z } from 'zod';
import type { SeriesSpec } from '../../components/chart/series.ts';
import { keyLabel } from '../../components/chart/use-timeline.ts';
import { figureKeyOf } from '../../drawers/performance/object-series.ts';
import { useLayout } from '../../stores/layout.ts';
import { METRIC_IDS, type MetricId, metricOf } from './metrics.ts';

/** What stands on the page: kept with the layout. */

/** Lines of one chart. */
export const MOST_COMPARED = 8;
export const MOST_PINNED = 12;

const Key = z.string().min(1).max(512);
const Chart = z.object({ metric: z.enum(METRIC_IDS), keys: z.array(Key).max(MOST_COMPARED) });
const Board = z.object({
  metric: z.enum(METRIC_IDS),
  compared: z.array(Key).max(MOST_COMPARED),
  pinned: z.array(Chart).max(MOST_PINNED),
  /** Figure key of the heatmaps; empty: none. */
  heatmap: z.string().max(512),
});
export type Board = z.infer<typeof Board>;
export type PinnedChart = z.infer<typeof Chart>;

const STANDARD: Board = {
  metric: 'read_bytes',
  compared: [],
  pinned: [
    { metric: 'read_bytes', keys: ['total'] },
    { metric: 'written_bytes', keys: ['total'] },
    { metric: 'reads', keys: ['total'] },
    { metric: 'writes', keys: ['total'] },
  ],
  heatmap: '',
};

export function useBoard(): [Board, (change: Partial<Board>) => void] {
  const [board, set] = useLayout('performance.board', Board, STANDARD);
  return [board, (change) => set({ ...board, ...change })];
}

const ROLES = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/** The lines of a chart: each object has the colour and dashes of its place. */
export function seriesOf(
  metric: MetricId,
  keys: readonly string[],
  nameOf: (key: string) => string = nameOfKey,
): SeriesSpec[] {
  const { column } = metricOf(metric);
  return keys.flatMap((text, index) => {
    const key = figureKeyOf(text);
    const role = ROLES[index];
    return key === null || role === undefined ? [] : [{ key, column, label: nameOf(text), role }];
  });
}

/** What a figure key is called, here and on the tables. */
export function nameOfKey(text: string): string {
  const key = figureKeyOf(text);
  return key === null ? text : keyLabel(key);
}

/** Are these two the same chart? */
export function sameChart(a: PinnedChart, b: PinnedChart): boolean {
  return a.metric === b.metric && JSON.stringify(a.keys) === JSON.stringify(b.keys);
}

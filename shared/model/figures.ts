import { z } from 'zod';

/**
 * Live figures. They cross to a page each second for every row on screen, so a row is an array of numbers in
 * the order of these names; the names are those of `--json` (see IoFigures in events.ts) and of the metrics.
 */
export const FIGURE_NAMES = [
  'reads', // per second, as all rates
  'writes',
  'flushes',
  'discards',
  'read_bytes',
  'written_bytes',
  'discarded_bytes',
  'await_ms', // mean time of a request, queueing included
  'queue_length', // mean number under way
  'in_flight', // now
  'utilization', // 0 … 1
  'errors_total',
  'retries_total',
  'read_p50_us', // over the interval
  'read_p99_us',
  'write_p50_us',
  'write_p99_us',
  'waiting', // requests without tag or path, now
  'rtt_ms', // of a path's or peer's link; -1 where unknown
] as const;
export type FigureName = (typeof FIGURE_NAMES)[number];

/** One row, in the order of FIGURE_NAMES. */
export const FigureRow = z.array(z.number()).length(FIGURE_NAMES.length);
export type FigureRow = z.infer<typeof FigureRow>;

const index = Object.fromEntries(FIGURE_NAMES.map((name, at) => [name, at])) as Record<FigureName, number>;

/** A figure of a row; undefined where there is no row, which is shown as `–` and never as 0. */
export function figure(row: FigureRow | undefined, name: FigureName): number | undefined {
  return row?.[index[name]];
}

/** Latency buckets of the heatmap: powers of two of microseconds, 1 µs … 2^24 µs and more. */
export const LATENCY_BUCKETS = 25;

/** Kinds of objects figures are kept for. */
export const FigureKind = z.enum(['unit', 'path', 'export', 'peer', 'total']);
export type FigureKind = z.infer<typeof FigureKind>;

/**
 * One second's batch. Only rows that are watched and changed; a row left out is as it was. Keys are
 * `unit:xa0`, `path:ID`, `export:ID`, `peer:ID` and `total`.
 */
export const FiguresBatch = z.object({
  at: z.number(),
  interval_ms: z.number(),
  rows: z.record(z.string(), FigureRow),
  /** Counts per latency bucket in the interval, for the objects whose latency is watched. */
  latency: z.record(z.string(), z.object({ read: z.array(z.number()), write: z.array(z.number()) })),
});
export type FiguresBatch = z.infer<typeof FiguresBatch>;

/** Columns of the history on disk: the figures worth keeping. */
export const HISTORY_COLUMNS = [
  'reads',
  'writes',
  'read_bytes',
  'written_bytes',
  'await_ms',
  'queue_length',
  'read_p50_us',
  'read_p99_us',
  'write_p50_us',
  'write_p99_us',
] as const satisfies readonly FigureName[];
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number];

/**
 * A stretch of history. `at[i]` is the end of a step of `step_ms`; null is a gap: nothing was recorded.
 * For steps longer than the samples `avg` is the mean and `max` the largest.
 */
export const HistorySeries = z.object({
  /** `unit:xa0`, `export:ID` or `total`. */
  key: z.string(),
  step_ms: z.number(),
  at: z.array(z.number()),
  avg: z.partialRecord(z.enum(HISTORY_COLUMNS), z.array(z.number().nullable())),
  max: z.partialRecord(z.enum(HISTORY_COLUMNS), z.array(z.number().nullable())),
});
export type HistorySeries = z.infer<typeof HistorySeries>;

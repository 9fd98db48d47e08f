import type { FigureName } from '../../../shared/model/figures.ts';
import type { ChartUnit } from '../../components/chart/series.ts';

/** What objects can be compared by. */
export interface Metric {
  readonly id: string;
  readonly label: string;
  readonly unit: ChartUnit;
  readonly column: FigureName;
}

export const METRICS = [
  { id: 'read_bytes', label: 'Read throughput', unit: 'bytes', column: 'read_bytes' },
  { id: 'written_bytes', label: 'Write throughput', unit: 'bytes', column: 'written_bytes' },
  { id: 'reads', label: 'Reads per second', unit: 'ops', column: 'reads' },
  { id: 'writes', label: 'Writes per second', unit: 'ops', column: 'writes' },
  { id: 'await_ms', label: 'Mean request time', unit: 'ms', column: 'await_ms' },
  { id: 'read_p50_us', label: 'Read latency p50', unit: 'us', column: 'read_p50_us' },
  { id: 'read_p99_us', label: 'Read latency p99', unit: 'us', column: 'read_p99_us' },
  { id: 'write_p50_us', label: 'Write latency p50', unit: 'us', column: 'write_p50_us' },
  { id: 'write_p99_us', label: 'Write latency p99', unit: 'us', column: 'write_p99_us' },
  { id: 'queue_length', label: 'Queue length', unit: 'number', column: 'queue_length' },
  { id: 'in_flight', label: 'Requests under way', unit: 'number', column: 'in_flight' },
  { id: 'utilization', label: 'Utilization', unit: 'part', column: 'utilization' },
  { id: 'rtt_ms', label: 'Round trip of the link', unit: 'ms', column: 'rtt_ms' },
] as const satisfies readonly Metric[];

export type MetricId = (typeof METRICS)[number]['id'];
export const METRIC_IDS = METRICS.map(({ id }) => id) as [MetricId, ...MetricId[]];

export function metricOf(id: MetricId): Metric {
  return METRICS.find((metric) => metric.id === id) ?? METRICS[0];
}

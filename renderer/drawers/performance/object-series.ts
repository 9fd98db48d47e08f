import type { ChartUnit, SeriesSpec } from '../../components/chart/series.ts';
import type { FigureKey } from '../../stores/figures.ts';

/** A chart of one object. */
export interface ObjectChart {
  readonly id: string;
  readonly title: string;
  readonly unit: ChartUnit;
  readonly series: readonly SeriesSpec[];
}

/** The charts of anything that does I/O. Half of the requests are below p50, all but the slowest 1 % below p99. */
export function chartsOf(key: FigureKey): readonly ObjectChart[] {
  return [
    {
      id: 'throughput',
      title: 'Throughput',
      unit: 'bytes',
      series: [
        { key, column: 'read_bytes', label: 'read', role: 'read' },
        { key, column: 'written_bytes', label: 'write', role: 'write' },
      ],
    },
    {
      id: 'requests',
      title: 'Requests per second',
      unit: 'ops',
      series: [
        { key, column: 'reads', label: 'r/s', role: 'read' },
        { key, column: 'writes', label: 'w/s', role: 'write' },
      ],
    },
    {
      id: 'read_latency',
      title: 'Read latency',
      unit: 'us',
      series: [
        { key, column: 'read_p50_us', label: 'p50', role: 'read' },
        { key, column: 'read_p99_us', label: 'p99', role: 3 },
      ],
    },
    {
      id: 'write_latency',
      title: 'Write latency',
      unit: 'us',
      series: [
        { key, column: 'write_p50_us', label: 'p50', role: 'write' },
        { key, column: 'write_p99_us', label: 'p99', role: 4 },
      ],
    },
    {
      id: 'queue',
      title: 'Queue length',
      unit: 'number',
      series: [{ key, column: 'queue_length', label: 'aqu-sz', role: 1 }],
    },
  ];
}

/** A link has a round trip and nothing else. */
export function chartsOfPeer(key: FigureKey): readonly ObjectChart[] {
  return [
    {
      id: 'rtt',
      title: 'Round trip',
      unit: 'ms',
      series: [{ key, column: 'rtt_ms', label: 'RTT', role: 1 }],
    },
  ];
}

/** A key as it stands in FiguresBatch; null for anything else. */
export function figureKeyOf(text: string): FigureKey | null {
  if (text === 'total') return 'total';
  const [, kind, id] = /^(unit|path|export|peer):(.+)$/s.exec(text) ?? [];
  if (id === undefined) return null;
  switch (kind) {
    case 'unit':
      return `unit:${id}`;
    case 'path':
      return `path:${id}`;
    case 'export':
      return `export:${id}`;
    case 'peer':
      return `peer:${id}`;
    default:
      return null;
  }
}

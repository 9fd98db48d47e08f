import {
  formatByteRate,
  formatLatency,
  formatNumber,
  formatOps,
  formatPercent,
  type UnitSystem,
} from '../../../shared/format.ts';
import { type FigureName, HISTORY_COLUMNS, type HistoryColumn } from '../../../shared/model/figures.ts';
import type { FigureKey } from '../../stores/figures.ts';

/** What the values of a chart are. */
export type ChartUnit = 'bytes' | 'ops' | 'us' | 'ms' | 'number' | 'part';

/** A line of a chart. */
export interface SeriesSpec {
  readonly key: FigureKey;
  readonly column: FigureName;
  readonly label: string;
  /** Its colour and dashes: those of reads and writes, or one of the eight for comparing (1 … 8). */
  readonly role: 'read' | 'write' | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;
}

/** Is it kept on disk? Paths and peers, and some figures, are shown from now on only. */
export function historyColumn({ key, column }: SeriesSpec): HistoryColumn | null {
  if (key.startsWith('path:') || key.startsWith('peer:')) return null;
  return HISTORY_COLUMNS.find((name) => name === column) ?? null;
}

export function formatValue(value: number, unit: ChartUnit, units: UnitSystem): string {
  switch (unit) {
    case 'bytes':
      return formatByteRate(value, units);
    case 'ops':
      return formatOps(value);
    case 'us':
      return formatLatency(value);
    case 'ms':
      return formatLatency(value * 1000);
    case 'number':
      return formatNumber(value);
    case 'part':
      return formatPercent(value);
  }
}

const DASHES: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [10, 4],
  [4, 2, 1, 2],
  [1, 3],
  [12, 3, 3, 3],
];

/** Colour variable of tokens.css and dashes: never by colour alone. */
export function strokeOf(role: SeriesSpec['role']): { variable: string; dash: readonly number[] } {
  if (role === 'read') return { variable: '--series-read', dash: [] };
  if (role === 'write') return { variable: '--series-write', dash: [6, 3] };
  return { variable: `--series-${role}`, dash: DASHES[role - 1] ?? [] };
}

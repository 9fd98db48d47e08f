import type { IoFigures } from '../../shared/events.ts';
import type { StatsEvent } from '../host/stats-reporter.ts';

const MIB = 1 << 20;

/** The columns of iostat -x that apply, with their widths. */
const COLUMNS: readonly (readonly [string, number, (figures: IoFigures) => string])[] = [
  ['r/s', 9, (f) => f.reads.toFixed(0)],
  ['w/s', 9, (f) => f.writes.toFixed(0)],
  ['f/s', 7, (f) => f.flushes.toFixed(0)],
  ['d/s', 7, (f) => f.discards.toFixed(0)],
  ['rMiB/s', 9, (f) => (f.read_bytes / MIB).toFixed(1)],
  ['wMiB/s', 9, (f) => (f.written_bytes / MIB).toFixed(1)],
  ['await ms', 9, (f) => f.await_ms.toFixed(2)],
  ['aqu-sz', 8, (f) => f.queue_length.toFixed(1)],
  ['%util', 7, (f) => (f.utilization * 100).toFixed(1)],
  ['err', 6, (f) => String(f.errors_total)],
  ['retry', 7, (f) => String(f.retries_total)],
];
const NAME_WIDTH = 24;

/** One interval as a table: a line per unit, and one per path where a unit has several. */
export function statsTable(event: StatsEvent): string {
  const header = `${'unit'.padEnd(NAME_WIDTH)}${COLUMNS.map(([title, width]) => title.padStart(width)).join('')}`;
  const lines = event.units.flatMap((unit) => [
    row(`${unit.unit} ${unit.state}`, unit.figures),
    ...(unit.paths.length > 1
      ? unit.paths.map((path) => row(`  ${path.peer} ${path.state}`, path.figures))
      : []),
  ]);
  return ['', header, ...lines].join('\n');
}

function row(name: string, figures: IoFigures): string {
  const cut = name.length > NAME_WIDTH - 1 ? `${name.slice(0, NAME_WIDTH - 2)}…` : name;
  return `${cut.padEnd(NAME_WIDTH)}${COLUMNS.map(([, width, text]) => text(figures).padStart(width)).join('')}`;
}

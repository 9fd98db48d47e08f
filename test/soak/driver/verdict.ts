import type { Snapshot } from '../process/snapshot.ts';

/** What one process held at each rest. */
export interface Rests {
  readonly name: string;
  readonly snapshots: Snapshot[];
}

export interface Row {
  readonly process: string;
  readonly quantity: string;
  readonly values: readonly number[];
  /** Bytes, else a number of things. */
  readonly isMemory: boolean;
  /** There is more of it than there was. */
  readonly leaks: boolean;
}

const MIB = 1 << 20;
/** How much more memory there may be at the last rest than at the first: a share, and bytes. */
const ROOM: Readonly<Record<'heap' | 'external' | 'rss', { share: number; bytes: number }>> = {
  heap: { share: 0.05, bytes: 4 * MIB },
  external: { share: 0.05, bytes: 4 * MIB },
  // What the allocator keeps depends on what came at the same time.
  rss: { share: 0.25, bytes: 32 * MIB },
};

/** An event in memory takes so many bytes for each of its line in the file; 2.1 were measured. */
const EVENT_SHARE = 2.5;

/** What there may be more of at a rest than at another, by process and quantity. */
const EXPLAINED: Readonly<Record<string, number>> = {
  // The journal has one of a minute while events have grown that are not written as they are now (GROWTH_MS).
  'app timers': 1,
};

/** Whether something is counted more often than at some rest before. */
export function countsGrew({ name: process, snapshots }: Rests, now: Snapshot): boolean {
  return Object.entries(now.counts).some(([quantity, count]) => count > most(process, quantity, snapshots));
}

/** All quantities of a process over its rests. */
export function rowsOf({ name: process, snapshots }: Rests): Row[] {
  const last = snapshots.at(-1) as Snapshot;
  const names = new Set(snapshots.flatMap(({ counts }) => Object.keys(counts)));
  const counted = [...names].map((quantity): Row => {
    const values = snapshots.map(({ counts }) => counts[quantity] ?? 0);
    const leaks = (last.counts[quantity] ?? 0) > most(process, quantity, snapshots);
    return { process, quantity, values, isMemory: false, leaks };
  });
  const newEvents = Math.max(0, last.memory.events - (snapshots[0]?.memory.events ?? 0));
  const memory = (['heap', 'external', 'rss'] as const).map((quantity): Row => {
    const values = snapshots.map((snapshot) => snapshot.memory[quantity]);
    const { share, bytes } = ROOM[quantity];
    const room = (values[0] as number) * share + bytes + EVENT_SHARE * newEvents;
    const leaks = last.memory[quantity] > (values[0] as number) + room;
    return { process, quantity, values, isMemory: true, leaks };
  });
  const values = snapshots.map(({ memory }) => memory.events);
  return [...counted, ...memory, { process, quantity: 'events', values, isMemory: true, leaks: false }];
}

/** As many as at the rest where there were fewest, and what is explained. */
function most(process: string, quantity: string, snapshots: readonly Snapshot[]): number {
  const fewest = Math.min(...snapshots.map(({ counts }) => counts[quantity] ?? 0));
  return fewest + (EXPLAINED[`${process} ${quantity}`] ?? 0);
}

/** Timers of which there are more than at the first rest: where to look. */
export function newTimers({ snapshots }: Rests): string[] {
  const [first, last] = [snapshots[0] as Snapshot, snapshots.at(-1) as Snapshot];
  return Object.entries(last.timers)
    .filter(([sort, count]) => count > (first.timers[sort] ?? 0))
    .map(([sort, count]) => `${count} of ${sort}, were ${first.timers[sort] ?? 0}`);
}

/** The rows as a table for people. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map(({ process, quantity, values, isMemory, leaks }) => [
    process,
    quantity,
    ...values.map((value) => (isMemory ? `${(value / MIB).toFixed(1)} MiB` : String(value))),
    leaks ? 'LEAKS' : 'ok',
  ]);
  const rests = cells[0]?.slice(3).map((_, i) => `rest ${i + 1}`) ?? [];
  const all = [['process', 'quantity', ...rests, 'verdict'], ...cells];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  return all
    .map((line) =>
      line.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))),
    )
    .map((line) => line.join('  '))
    .join('\n');
}

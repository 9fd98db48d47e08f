import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { Mux } from '../../../electron/dmsg/mux.ts';
import { turn } from '../../block/support/until.ts';
import { heldBlocks } from '../../stream/support/block-count.ts';
import type { Snapshot } from './snapshot.ts';

/** A list in `internal/timers`: a ring of the timers that were set to one time. */
interface TimerItem {
  readonly _idleNext: TimerItem;
  readonly _onTimeout?: (() => void) | null;
}
const { timerListMap } = createRequire(import.meta.url)('internal/timers') as {
  timerListMap: Record<string, TimerItem>;
};

/** Links that were heard of: those that are gone, and that nobody holds, are collected. */
const known = new WeakSet<Mux>();
let links: WeakRef<Mux>[] = [];
const { receive } = Mux.prototype;
Mux.prototype.receive = function (this: Mux, message): void {
  if (!known.has(this)) {
    known.add(this);
    links.push(new WeakRef(this));
  }
  receive.call(this, message);
};

/**
 * A line "snapshot" on standard input is answered with one of JSON: what this process holds. Needs `--expose-gc` and
 * `--expose-internals`: Node has no other way to count timers that keep no process alive.
 * @param counts what else there is to count
 * @param eventBytes see Snapshot
 */
export function answerSnapshots(counts: () => Record<string, number>, eventBytes = () => 0): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'snapshot')
      void snapshot(counts, eventBytes()).then((taken) => console.log(JSON.stringify(taken)));
  });
}

async function snapshot(counts: () => Record<string, number>, events: number): Promise<Snapshot> {
  // What was dropped in one turn may be found to be garbage in the next.
  for (let i = 0; i < 3; i++) {
    gc?.();
    await turn();
  }
  const muxes = links.flatMap((ref) => ref.deref() ?? []);
  links = muxes.map((mux) => new WeakRef(mux));
  const timers = timersBySort();
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return {
    counts: {
      descriptors: readdirSync('/proc/self/fd').length,
      ...handles(),
      timers: Object.values(timers).reduce((sum, count) => sum + count, 0),
      'links in memory': muxes.length,
      transactions: muxes.reduce((sum, { size }) => sum + size, 0),
      'memory blocks': heldBlocks(),
      ...counts(),
    },
    memory: { heap: heapUsed, external: external + arrayBuffers, rss, events },
    timers,
  };
}

function timersBySort(): Record<string, number> {
  const sorts: Record<string, number> = {};
  for (const [ms, list] of Object.entries(timerListMap)) {
    for (let timer = list._idleNext; timer !== list; timer = timer._idleNext) {
      const sort = `${ms} ms ${timer._onTimeout?.name ?? ''}`;
      sorts[sort] = (sorts[sort] ?? 0) + 1;
    }
  }
  return sorts;
}

/** Sockets, pipes, processes and the like; what is done in a moment, as a read of a file, is not of them. */
function handles(): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) {
    if (/Wrap$/.test(kind)) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

import type { FigureRow } from '../../../shared/model/figures.ts';
import type { AppCore } from './app-core.ts';
import { diskKey } from './disks.ts';
import type { PageFeeds } from './page-feeds.ts';
import { rttRow, type Sample, type Sampled, Sampler, totalOf } from './sampler.ts';

const INTERVAL_MS = 1_000;
/** Beats between looks at the storage behind exports and at the kernel's devices. */
const LOOK_EVERY = 5;

/** Once a second: takes all figures, keeps their history, tells the pages. */
export class Pulse {
  readonly #core: AppCore;
  readonly #feeds: PageFeeds;
  readonly #sampler = new Sampler();
  #sample: Sample | undefined;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #looking = false;

  constructor(core: AppCore, feeds: PageFeeds) {
    this.#core = core;
    this.#feeds = feeds;
  }

  /** The newest sample. */
  get sample(): Sample | undefined {
    return this.#sample;
  }

  start(): void {
    this.#beat();
    this.#timer = setInterval(() => this.#beat(), INTERVAL_MS);
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    const sample = this.#sampler.take(this.#objects(), this.#feeds.latencyKeys, this.#others());
    this.#sample = sample;
    this.#record(sample);
    this.#feeds.sampled(sample);
    if (this.#beats++ % LOOK_EVERY === 0) void this.#look();
  }

  /** What costs a look at the system, and changes seldom. */
  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { exports, devices, units, tables } = this.#core;
      await exports.measure();
      for (const unit of await devices.refresh(units.all)) tables.mark('units', unit.name);
    } finally {
      this.#looking = false;
    }
  }

  #record({ at, rows }: Sample): void {
    if (!this.#core.settings.history) return;
    const { history } = this.#core;
    for (const [key, row] of rows) {
      if (key === 'total' || key.startsWith('unit:') || key.startsWith('export:'))
        history.record(key, at, row);
    }
  }

  *#objects(): Generator<Sampled> {
    const { units, book, exports } = this.#core;
    for (const unit of units.all) {
      yield { key: `unit:${unit.name}`, stats: unit.stats, waiting: unit.waiting, rttMs: undefined };
      for (const { id, path } of book.livePaths(diskKey(unit.identity))) {
        yield { key: `path:${id}`, stats: path.stats, waiting: 0, rttMs: path.link.rttMs };
      }
    }
    for (const { id, item } of exports.live()) {
      yield { key: `export:${id}`, stats: item.stats, waiting: 0, rttMs: undefined };
    }
  }

  *#others(): Generator<readonly [string, FigureRow]> {
    const { peers, units } = this.#core;
    for (const id of peers.keys()) yield [`peer:${id}`, rttRow(peers.linkOf(id)?.rttMs)];
    // One interval behind where a unit is new: its row is made in this one.
    const rows = units.all
      .map((unit) => this.#sampler.row(`unit:${unit.name}`))
      .filter((row) => row !== undefined);
    yield ['total', totalOf(rows)];
  }
}

import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Input } from '../../../shared/contract.ts';
import type { FigureRow, HistorySeries } from '../../../shared/model/figures.ts';
import { fileError, fileReason, isMissing } from '../file-error.ts';
import type { Log } from '../log.ts';
import { curveOf } from './curve.ts';
import { LONGEST_MS, stepAt } from './geometry.ts';
import { planOf } from './plan.ts';
import { Series } from './series.ts';
import { SeriesFile } from './series-file.ts';

/** Series take turns to be written, a turn every second, so that a thousand are not written at once. */
const TICK_MS = 1000;
const TURNS = 10;
/** More than all units and exports there can be. */
const MAX_SERIES = 10_000;
/** Steps are numbers of 4 bytes: until 2106. */
const MAX_AT = 2 ** 32 * 1000;
const MAX_KEY = 512;

const FILE_NAME = /^[0-9a-f]{64}\.ring$/;

export interface HistoryOptions {
  /** The time, ms since 1970. */
  readonly now?: () => number;
}

interface Kept {
  readonly key: string;
  readonly series: Series;
  /** Which of the TURNS is its own. */
  readonly turn: number;
}

/**
 * The figures of the last 30 days, in a file of at most 4.1 MB per series. Samples are written within ten
 * seconds or so. Where they cannot be written, they are lost after two minutes, the log says so once, and
 * nothing else suffers.
 */
export class HistoryStore {
  readonly #directory: string;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  /** Waiting to be written, and those whose last write failed. */
  readonly #due = new Set<Kept>();
  readonly #failing = new Set<Kept>();
  readonly #removals = new Set<Promise<void>>();
  readonly #timer: NodeJS.Timeout;
  readonly #sweeping: Promise<void>;
  #turn = 0;
  #isWriting = false;
  #isClosed = false;

  /** @param directory of the files; made with the first one */
  static open(directory: string, log: Log, options: HistoryOptions = {}): HistoryStore {
    return new HistoryStore(directory, log, options.now ?? Date.now);
  }

  private constructor(directory: string, log: Log, now: () => number) {
    this.#directory = directory;
    this.#log = log;
    this.#now = now;
    this.#timer = setInterval(() => this.#tick(), TICK_MS).unref();
    this.#sweeping = this.#sweep().catch((error: unknown) => {
      this.#log.warn(`old history is not removed: ${fileReason(error)}`);
    });
  }

  /**
   * Keep a sample. It costs no I/O: writing comes later.
   * @param key `unit:xa0`, `export:ID` or `total`
   * @param at end of the second it is of, ms since 1970
   */
  record(key: string, at: number, row: FigureRow): void {
    if (this.#isClosed || !(at > 0 && at < MAX_AT)) return;
    const kept = this.#kept.get(key) ?? this.#keep(key);
    kept?.series.record(at, row);
  }

  /**
   * What is known of a range, for each key: steps of the finest ring that covers it, with no more of them than
   * are wanted. What was never recorded is all gaps.
   * @throws HostError 'local' naming the file that cannot be read
   */
  async read(query: Input<'history.read'>): Promise<HistorySeries[]> {
    const plan = planOf(query, this.#now());
    const { ring, slotsPerStep, first, last } = plan;
    const curves: HistorySeries[] = [];
    for (const key of query.keys) {
      const series = this.#kept.get(key)?.series ?? this.#seriesOf(key);
      // The ring ends now, or with the newest sample where the clock was set back since.
      const newest = Math.max(stepAt(ring, this.#now()), stepAt(ring, series.lastAt));
      const from = Math.max((first - 1) * slotsPerStep + 1, newest - ring.slots + 1);
      const to = Math.min(last * slotsPerStep, newest);
      try {
        const values = await series.read(ring, from, Math.max(0, to - from + 1));
        curves.push(curveOf(key, plan, { firstStep: from, values }, query.columns));
      } catch (error) {
        throw fileError(this.#pathOf(key), 'read', error);
      }
    }
    return curves;
  }

  /** Drop all there is of a key. */
  forget(key: string): void {
    const removal = this.#remove(this.#kept.get(key) ?? { key, series: this.#seriesOf(key), turn: 0 });
    this.#removals.add(removal);
    void removal.finally(() => this.#removals.delete(removal));
  }

  /** Drop everything. */
  async clear(): Promise<void> {
    await Promise.all([...this.#kept.values()].map((kept) => this.#remove(kept)));
    for (const path of await this.#files()) await rm(path, { force: true });
  }

  /** Write what is not yet written. Trouble is told by the log. */
  async flush(): Promise<void> {
    for (const kept of [...this.#kept.values()]) await this.#write(kept);
  }

  /** Write what is not yet written, and take nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await Promise.all([this.#sweeping, ...this.#removals]);
    await this.flush();
  }

  #keep(key: string): Kept | undefined {
    if (this.#kept.size >= MAX_SERIES || key.length > MAX_KEY) return undefined;
    const kept = { key, series: this.#seriesOf(key), turn: this.#kept.size % TURNS };
    this.#kept.set(key, kept);
    return kept;
  }

  #seriesOf(key: string): Series {
    return new Series(new SeriesFile(this.#pathOf(key), key, this.#log));
  }

  /** Keys may hold what no file name may. */
  #pathOf(key: string): string {
    return join(this.#directory, `${createHash('sha256').update(key).digest('hex')}.ring`);
  }

  #tick(): void {
    this.#turn = (this.#turn + 1) % TURNS;
    for (const kept of this.#kept.values()) {
      if (kept.turn === this.#turn && kept.series.isDirty) this.#due.add(kept);
    }
    void this.#writeDue();
  }

  /** One after the other, so that a slow disk has one write to do, not a thousand. */
  async #writeDue(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    for (const kept of this.#due) {
      this.#due.delete(kept);
      await this.#write(kept);
    }
    this.#isWriting = false;
  }

  async #write(kept: Kept): Promise<void> {
    try {
      await kept.series.flush();
      if (this.#failing.delete(kept) && this.#failing.size === 0) this.#log.info('history is kept again');
    } catch (error) {
      const path = this.#pathOf(kept.key);
      if (this.#failing.size === 0)
        this.#log.warn(fileError(path, 'written, so no history is kept', error).message);
      this.#failing.add(kept);
    }
  }

  async #remove(kept: Kept): Promise<void> {
    try {
      await kept.series.remove();
    } catch (error) {
      this.#log.warn(fileError(this.#pathOf(kept.key), 'removed', error).message);
    }
    this.#failing.delete(kept);
    // Unless it was recorded again meanwhile.
    if (!kept.series.isDirty && this.#kept.get(kept.key) === kept) this.#kept.delete(kept.key);
  }

  /** Remove files nothing was written to for so long that nothing in them can be shown. */
  async #sweep(): Promise<void> {
    for (const path of await this.#files()) {
      const written = (await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now();
      if (written < Date.now() - LONGEST_MS) await rm(path, { force: true });
    }
  }

  async #files(): Promise<string[]> {
    try {
      const names = await readdir(this.#directory);
      return names.filter((name) => FILE_NAME.test(name)).map((name) => join(this.#directory, name));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }
}

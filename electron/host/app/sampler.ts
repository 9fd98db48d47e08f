import type { IoFigures } from '../../../shared/events.ts';
import { FIGURE_NAMES, type FigureRow, LATENCY_BUCKETS } from '../../../shared/model/figures.ts';
import type { IoStats } from '../../block/io-stats.ts';
import { FiguresMeter } from '../figures.ts';

/** An object with I/O statistics, by its figure key. */
export interface Sampled {
  readonly key: string;
  readonly stats: IoStats;
  /** Requests without tag or path. */
  readonly waiting: number;
  readonly rttMs: number | undefined;
}

/** What was measured in one interval. */
export interface Sample {
  /** ms since 1970. */
  readonly at: number;
  readonly intervalMs: number;
  /** The newest row of every object. */
  readonly rows: ReadonlyMap<string, FigureRow>;
  /** Keys of the rows that differ from those before. */
  readonly changed: ReadonlySet<string>;
  readonly latency: ReadonlyMap<string, { read: number[]; write: number[] }>;
}

interface Entry {
  readonly stats: IoStats;
  readonly meter: FiguresMeter;
  row: FigureRow;
  idle: boolean;
}

/** Takes the figures of every unit, path, export and peer once per interval; an idle one costs next to nothing. */
export class Sampler {
  readonly #entries = new Map<string, Entry>();
  readonly #rows = new Map<string, FigureRow>();
  #beforeMs = performance.now();

  /**
   * @param objects all there are now; those not named are forgotten
   * @param latencyOf keys whose distribution of latencies is wanted
   * @param others rows made elsewhere, as those of peers
   */
  take(
    objects: Iterable<Sampled>,
    latencyOf: ReadonlySet<string>,
    others: Iterable<readonly [string, FigureRow]>,
  ): Sample {
    const nowMs = performance.now();
    const intervalMs = nowMs - this.#beforeMs;
    this.#beforeMs = nowMs;
    const changed = new Set<string>();
    const latency = new Map<string, { read: number[]; write: number[] }>();
    const seen = new Set<string>();
    for (const object of objects) {
      seen.add(object.key);
      if (this.#measure(object, latencyOf, latency)) changed.add(object.key);
    }
    for (const [key, row] of others) {
      seen.add(key);
      const before = this.#rows.get(key);
      if (before?.every((value, i) => value === row[i])) continue;
      this.#rows.set(key, row);
      changed.add(key);
    }
    for (const key of this.#rows.keys()) {
      if (seen.has(key)) continue;
      this.#rows.delete(key);
      this.#entries.delete(key);
    }
    return { at: Date.now(), intervalMs, rows: this.#rows, changed, latency };
  }

  /** The newest row of an object. */
  row(key: string): FigureRow | undefined {
    return this.#rows.get(key);
  }

  /** @returns whether the row differs from the one before */
  #measure(
    { key, stats, waiting, rttMs }: Sampled,
    latencyOf: ReadonlySet<string>,
    latency: Map<string, { read: number[]; write: number[] }>,
  ): boolean {
    let entry = this.#entries.get(key);
    // A path that comes back has new statistics: they begin anew, without a jump.
    if (entry === undefined || entry.stats !== stats) {
      entry = { stats, meter: new FiguresMeter(stats), row: [], idle: false };
      this.#entries.set(key, entry);
    }
    const rtt = rttMs === undefined ? -1 : rounded(rttMs);
    const isIdle = entry.meter.isIdle && waiting === 0;
    if (isIdle && entry.idle && entry.row.at(-1) === rtt) return false;
    let counts: { read: number[]; write: number[] } | undefined;
    if (latencyOf.has(key)) {
      counts = { read: Array(LATENCY_BUCKETS).fill(0), write: Array(LATENCY_BUCKETS).fill(0) };
      latency.set(key, counts);
    }
    entry.row = rowOf(entry.meter.take(counts), waiting, rtt);
    entry.idle = isIdle;
    this.#rows.set(key, entry.row);
    return true;
  }
}

/** A row of figures, rounded to what can be seen: it halves what crosses to the page. */
export function rowOf(figures: IoFigures, waiting: number, rttMs: number): FigureRow {
  const all: Readonly<Record<string, number>> = { ...figures, waiting, rtt_ms: rttMs };
  return FIGURE_NAMES.map((name) => rounded(all[name] ?? 0));
}

/** To four digits; integers stay. */
function rounded(value: number): number {
  if (Number.isInteger(value)) return value;
  return value >= 1000 ? Math.round(value) : Number(value.toPrecision(4));
}

/** A row without I/O: of a peer, with the round-trip time of its link. */
export function rttRow(rttMs: number | undefined): FigureRow {
  return FIGURE_NAMES.map((name) => (name === 'rtt_ms' ? (rttMs === undefined ? -1 : rounded(rttMs)) : 0));
}

/** How a figure adds up over units: rates and counts are sums, times are means weighted by requests. */
export function totalOf(rows: Iterable<FigureRow>): FigureRow {
  const sum = FIGURE_NAMES.map(() => 0);
  let requests = 0;
  let awaited = 0;
  for (const row of rows) {
    const ops = at(row, 'reads') + at(row, 'writes') + at(row, 'flushes') + at(row, 'discards');
    requests += ops;
    awaited += ops * at(row, 'await_ms');
    for (let i = 0; i < sum.length; i++) {
      const name = FIGURE_NAMES[i] as string;
      // Of percentiles and utilisation the worst is told: their sum means nothing.
      const worst = name.endsWith('_us') || name === 'utilization';
      sum[i] = worst ? Math.max(sum[i] as number, row[i] as number) : (sum[i] as number) + (row[i] as number);
    }
  }
  return FIGURE_NAMES.map((name, i) => {
    if (name === 'await_ms') return requests === 0 ? 0 : rounded(awaited / requests);
    return name === 'rtt_ms' ? -1 : rounded(sum[i] as number);
  });
}

function at(row: FigureRow, name: (typeof FIGURE_NAMES)[number]): number {
  return row[FIGURE_NAMES.indexOf(name)] ?? 0;
}

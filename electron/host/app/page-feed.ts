import type { Input } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { FigureRow, FiguresBatch } from '../../../shared/model/figures.ts';
import { TABLE_NAMES, type TableName } from '../../../shared/model/tables.ts';
import type { PageSession } from '../api/page-session.ts';
import type { Sample } from './sampler.ts';
import { batchOf, type Changes, type Tables } from './tables.ts';

export type Watch = Input<'session.watch'>;

const NOTHING: Watch = { visible: false, units: [], paths_of: [], exports: [], peers: [], latency: [] };
/** A page that has not taken this much gets no figures until it has. */
const SLOW_BYTES = 1 << 20;
/** Events a hidden page is told of when it is seen again; older ones it can ask for. */
const KEPT_EVENTS = 200;

/**
 * What one page is told: all state, but nothing while it is hidden, and figures only of the rows it shows. What
 * it misses meanwhile it gets, as it is then, when it is seen again.
 */
export class PageFeed {
  readonly session: PageSession;
  readonly #tables: Tables;
  readonly #pending = new Map<TableName, Set<string>>();
  #events: Event[] = [];
  /** Rows of figures as the page has them. */
  #sent = new Map<string, FigureRow>();
  #watch: Watch = NOTHING;
  #greeted = false;

  constructor(session: PageSession, tables: Tables) {
    this.session = session;
    this.#tables = tables;
  }

  get watch(): Watch {
    return this.#watch;
  }

  /** The page says what it shows. The first time it gets everything. */
  watched(watch: Watch, sample: Sample | undefined): void {
    const wasVisible = this.#watch.visible;
    this.#watch = watch;
    if (!watch.visible) return;
    if (!this.#greeted) {
      this.#greeted = true;
      this.session.emit('tables', this.#tables.snapshot(Date.now()));
    } else if (!wasVisible) this.#catchUp();
    if (!wasVisible) this.#sent.clear();
    // Rows that just came into sight are not to wait for the next second.
    if (sample !== undefined) this.#figures(sample, true);
  }

  changed(changes: Changes): void {
    if (!this.#greeted) return;
    for (const table of TABLE_NAMES) {
      if (changes[table].size === 0) continue;
      const keys = this.#pending.get(table) ?? new Set();
      this.#pending.set(table, keys);
      for (const key of changes[table].keys()) keys.add(key);
    }
    if (this.#watch.visible) this.#catchUp();
  }

  happened(events: readonly Event[]): void {
    this.#events = [...this.#events, ...events].slice(-KEPT_EVENTS);
    if (this.#watch.visible) this.#catchUp();
  }

  sampled(sample: Sample): void {
    if (this.#watch.visible && this.session.backlogBytes < SLOW_BYTES) this.#figures(sample, false);
  }

  #catchUp(): void {
    if (this.#pending.size > 0) {
      this.session.emit('tables', batchOf(this.#tables, this.#pending, Date.now()));
      this.#pending.clear();
    }
    if (this.#events.length > 0) {
      this.session.emit('journal', { events: this.#events });
      this.#events = [];
    }
  }

  /** @param partial only what the page does not have yet; an empty batch is not sent then */
  #figures(sample: Sample, partial: boolean): void {
    const rows: FiguresBatch['rows'] = {};
    const next = new Map<string, FigureRow>();
    for (const key of this.#keys(sample)) {
      const row = sample.rows.get(key);
      if (row === undefined) continue;
      next.set(key, row);
      if (this.#sent.get(key) !== row) rows[key] = row;
    }
    this.#sent = next;
    const latency: FiguresBatch['latency'] = {};
    for (const key of this.#watch.latency) {
      const counts = sample.latency.get(key);
      if (counts !== undefined && !partial) latency[key] = counts;
    }
    if (partial && Object.keys(rows).length === 0) return;
    this.session.emit('figures', {
      at: sample.at,
      interval_ms: Math.round(sample.intervalMs),
      rows,
      latency,
    });
  }

  *#keys({ rows }: Sample): Generator<string> {
    const { units, exports, peers, paths_of } = this.#watch;
    yield 'total';
    for (const [kind, wanted] of [
      ['unit', units],
      ['export', exports],
      ['peer', peers],
    ] as const) {
      if (wanted !== 'all') for (const id of wanted) yield `${kind}:${id}`;
      else for (const key of rows.keys()) if (key.startsWith(`${kind}:`)) yield key;
    }
    for (const name of paths_of) {
      for (const path of this.#tables.rows('units').get(name)?.paths ?? []) yield `path:${path.id}`;
    }
  }
}

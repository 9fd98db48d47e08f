import { useCallback, useSyncExternalStore } from 'react';
import { type FigureName, type FigureRow, type FiguresBatch, figure } from '../../shared/model/figures.ts';

/** The last figures of one object. */
export interface FigureEntry {
  readonly row: FigureRow;
  /** When it was last heard to be so, by the page's clock. */
  readonly at: number;
  /** It is on screen no more, so the host sends it no more: what is here is old. */
  readonly held: boolean;
}

export type LatencyCounts = FiguresBatch['latency'][string];

/** Key of an object's figures, as in FiguresBatch. */
export type FigureKey = 'total' | `unit:${string}` | `path:${string}` | `export:${string}` | `peer:${string}`;

/**
 * Live figures, outside of React: each second's batch wakes only who shows a row that is in it. A row left
 * out of a batch is as it was.
 */
export class FiguresStore {
  readonly #entries = new Map<string, FigureEntry>();
  readonly #latency = new Map<string, LatencyCounts>();
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #batchListeners = new Set<(batch: FiguresBatch) => void>();
  #covered: (key: string) => boolean = () => true;
  #intervalMs = 1000;

  /** The interval of the last batch, ms. */
  get intervalMs(): number {
    return this.#intervalMs;
  }

  apply(batch: FiguresBatch): void {
    this.#intervalMs = batch.interval_ms;
    const at = Date.now();
    const changed: string[] = [];
    for (const key in batch.rows) {
      const row = batch.rows[key];
      if (row === undefined) continue;
      this.#entries.set(key, { row, at, held: false });
      changed.push(key);
    }
    for (const key in batch.latency) {
      const counts = batch.latency[key];
      if (counts !== undefined) this.#latency.set(key, counts);
    }
    for (const key of changed) this.#wake(key);
    for (const listener of this.#batchListeners) listener(batch);
  }

  /** What the host now sends; figures of anything else are held as old. */
  setCovered(covered: (key: string) => boolean): void {
    this.#covered = covered;
    for (const [key, entry] of this.#entries) {
      if (entry.held || this.#covered(key)) continue;
      this.#entries.set(key, { ...entry, held: true });
      this.#wake(key);
    }
  }

  /** Nothing is known to be as it was: the connection was lost. */
  holdAll(): void {
    this.setCovered(() => false);
  }

  get(key: string): FigureEntry | undefined {
    return this.#entries.get(key);
  }
  /** A figure now, for orders and charts; undefined where there is none or it is old. */
  value(key: string, name: FigureName): number | undefined {
    const entry = this.#entries.get(key);
    return entry === undefined || entry.held ? undefined : figure(entry.row, name);
  }
  latency(key: string): LatencyCounts | undefined {
    return this.#latency.get(key);
  }

  /** Hear of a change of one row. @returns a disposer */
  subscribe(key: string, listener: () => void): () => void {
    const set = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.#listeners.get(key) === set) this.#listeners.delete(key);
    };
  }

  /** Hear of each batch, for charts: also one without rows is a second that passed. @returns a disposer */
  onBatch(listener: (batch: FiguresBatch) => void): () => void {
    this.#batchListeners.add(listener);
    return () => this.#batchListeners.delete(listener);
  }

  #wake(key: string): void {
    for (const listener of this.#listeners.get(key) ?? []) listener();
  }
}

export const figures = new FiguresStore();

/** The figures of one object, drawn again when they change. */
export function useFigures(key: FigureKey): FigureEntry | undefined {
  const subscribe = useCallback((listener: () => void) => figures.subscribe(key, listener), [key]);
  return useSyncExternalStore(subscribe, () => figures.get(key));
}

/** One figure; undefined where there is none, which is shown as `–`. */
export function useFigure(key: FigureKey, name: FigureName): number | undefined {
  const subscribe = useCallback((listener: () => void) => figures.subscribe(key, listener), [key]);
  return useSyncExternalStore(subscribe, () => figure(figures.get(key)?.row, name));
}

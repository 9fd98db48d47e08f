import { isDeepStrictEqual } from 'node:util';
import {
  emptyMaps,
  TABLE_NAMES,
  type TableName,
  type TableRows,
  type TablesBatch,
} from '../../../shared/model/tables.ts';

/** Who makes the rows of a table. */
export interface RowSource<Row> {
  /** All keys there are. */
  keys(): Iterable<string>;
  /** The row of a key; undefined where it is gone. */
  row(key: string): Row | undefined;
}

export type RowSources = { readonly [T in TableName]: RowSource<TableRows[T]> };

/** A row that changed: undefined before is new, undefined after is gone. */
export interface RowChange<T extends TableName> {
  readonly before: TableRows[T] | undefined;
  readonly after: TableRows[T] | undefined;
}

export type Changes = { readonly [T in TableName]: Map<string, RowChange<T>> };

/** Changes within this time are one batch: a peer that comes brings many disks at once. */
const BATCH_MS = 100;

/**
 * The state of the host as rows. Whoever knows that something changed marks its row; the rows marked are
 * made anew once per batch, compared, and told to listeners where they really differ.
 */
export class Tables {
  readonly #sources: RowSources;
  readonly #rows: { readonly [T in TableName]: Map<string, TableRows[T]> } = emptyMaps();
  readonly #marked: Readonly<Record<TableName, Set<string>>> = {
    peers: new Set(),
    disks: new Set(),
    units: new Set(),
    exports: new Set(),
    listeners: new Set(),
    jobs: new Set(),
  };
  readonly #listeners = new Set<(changes: Changes) => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sources: RowSources) {
    this.#sources = sources;
  }

  /** A row is new, gone, or may have changed. */
  mark(table: TableName, key: string): void {
    this.#marked[table].add(key);
    this.#timer ??= setTimeout(() => this.flush(), BATCH_MS);
  }

  markAll(table: TableName): void {
    for (const key of this.#sources[table].keys()) this.mark(table, key);
    for (const key of this.#rows[table].keys()) this.mark(table, key);
  }

  /** The rows as last told. */
  rows<T extends TableName>(table: T): ReadonlyMap<string, TableRows[T]> {
    return this.#rows[table];
  }

  /** Hear of each batch of changes. @returns a disposer */
  onChanges(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tell what was marked, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const changes = emptyMaps<Changes>();
    let count = 0;
    for (const table of TABLE_NAMES) count += this.#flushTable(table, changes);
    if (count > 0) for (const listener of [...this.#listeners]) listener(changes);
  }

  /** Everything, for a page that comes. */
  snapshot(at: number): TablesBatch {
    this.flush();
    const whole = <T extends TableName>(table: T) => ({ rows: [...this.#rows[table].values()], gone: [] });
    return {
      snapshot: true,
      at,
      peers: whole('peers'),
      disks: whole('disks'),
      units: whole('units'),
      exports: whole('exports'),
      listeners: whole('listeners'),
      jobs: whole('jobs'),
    };
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #flushTable<T extends TableName>(table: T, changes: Changes): number {
    const marked = this.#marked[table];
    const rows = this.#rows[table] as Map<string, TableRows[T]>;
    const changed = changes[table] as Map<string, RowChange<T>>;
    const source = this.#sources[table] as RowSource<TableRows[T]>;
    for (const key of marked) {
      const before = rows.get(key);
      const after = source.row(key);
      if (before === after || (before !== undefined && isDeepStrictEqual(before, after))) continue;
      if (after === undefined) rows.delete(key);
      else rows.set(key, after);
      changed.set(key, { before, after });
    }
    marked.clear();
    return changed.size;
  }
}

/** The keys of a page's pending changes as a batch of the rows as they are now. */
export function batchOf(
  tables: Tables,
  pending: ReadonlyMap<TableName, ReadonlySet<string>>,
  at: number,
): TablesBatch {
  const batch: Partial<Record<TableName, { rows: unknown[]; gone: string[] }>> = {};
  for (const [table, keys] of pending) {
    const rows = tables.rows(table) as ReadonlyMap<string, TableRows[TableName]>;
    const delta = { rows: [] as unknown[], gone: [] as string[] };
    for (const key of keys) {
      const row = rows.get(key);
      if (row === undefined) delta.gone.push(key);
      else delta.rows.push(row);
    }
    batch[table] = delta;
  }
  return { snapshot: false, at, ...batch } as TablesBatch;
}

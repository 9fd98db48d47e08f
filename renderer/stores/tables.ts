import { create } from 'zustand';
import {
  emptyMaps,
  rowKey,
  TABLE_NAMES,
  type TableName,
  type TableRows,
  type TablesBatch,
} from '../../shared/model/tables.ts';

type Tables = { readonly [T in TableName]: ReadonlyMap<string, TableRows[T]> };

interface TablesState {
  /** The host told what there is; before, nothing is known and no table may be shown as empty. */
  readonly ready: boolean;
  /** When the last batch was made, by the host's clock. */
  readonly at: number;
  readonly tables: Tables;
}

export const useTables = create<TablesState>(() => ({
  ready: false,
  at: 0,
  tables: emptyMaps(),
}));

/** A batch of the host: a snapshot replaces, anything later patches. Rows that did not change stay the same. */
export function applyTables(batch: TablesBatch): void {
  useTables.setState((state) => ({
    ready: state.ready || batch.snapshot,
    at: batch.at,
    tables: patched(state.tables, batch),
  }));
}

/** @returns the tables with the batch in them; tables without a change are the same object */
export function patched(tables: Tables, batch: TablesBatch): Tables {
  const next = { ...tables };
  for (const name of TABLE_NAMES) patchOne(next, name, batch);
  return next;
}

function patchOne<T extends TableName>(
  next: { [K in TableName]: ReadonlyMap<string, TableRows[K]> },
  name: T,
  batch: TablesBatch,
): void {
  const delta = batch[name] as { rows: TableRows[T][]; gone: string[] } | undefined;
  const before: ReadonlyMap<string, TableRows[T]> = next[name];
  if (delta === undefined && !(batch.snapshot && before.size > 0)) return;
  const after = new Map(batch.snapshot ? [] : before);
  for (const key of delta?.gone ?? []) after.delete(key);
  for (const row of delta?.rows ?? []) {
    const key = rowKey[name](row);
    const old = before.get(key);
    // After a reconnect everything comes again; a row that is as it was need not be drawn again.
    after.set(key, batch.snapshot && old !== undefined && equal(old, row) ? old : row);
  }
  (next as Record<TableName, unknown>)[name] = after;
}

function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Has the host told what there is? While not, show skeletons. */
export function useReady(): boolean {
  return useTables((state) => state.ready);
}

/** One row; undefined while or because there is none. Draws again only when this row changes. */
export function useRow<T extends TableName>(table: T, key: string | null): TableRows[T] | undefined {
  return useTables((state) => (key === null ? undefined : state.tables[table].get(key)));
}

/** All rows of a table, in the order they came. The same array while nothing changed. */
export function useRows<T extends TableName>(table: T): readonly TableRows[T][] {
  return useTables((state) => rowsOf(state.tables[table]));
}

/** Rows outside of React. */
export function getRows<T extends TableName>(table: T): readonly TableRows[T][] {
  return rowsOf(useTables.getState().tables[table]);
}
export function getRow<T extends TableName>(table: T, key: string): TableRows[T] | undefined {
  return useTables.getState().tables[table].get(key);
}

const arrays = new WeakMap<object, readonly unknown[]>();
function rowsOf<R>(map: ReadonlyMap<string, R>): readonly R[] {
  let rows = arrays.get(map) as readonly R[] | undefined;
  if (rows === undefined) {
    rows = [...map.values()];
    arrays.set(map, rows);
  }
  return rows;
}

import { useMemo, useRef, useState } from 'react';
import { figures } from '../../stores/figures.ts';
import { type Column, textOf } from './column.ts';
import { inOrder, type Line, linesOf, matchesFilter, type Sort, takeOrder } from './order.ts';
import type { TableProps } from './props.ts';
import type { TableLayout } from './table-layout.ts';

interface Taken {
  readonly sort: Sort | null;
  readonly refresh: number;
  readonly ready: boolean;
  /** null: the order does not depend on which rows there are. */
  readonly rows: readonly unknown[] | null;
  readonly order: string[];
  readonly at: number;
}

/** Rows filtered, in the order taken, grouped and unfolded. */
export function useLines<R, S>(props: TableProps<R, S>, layout: TableLayout) {
  const {
    rows,
    ready,
    columns,
    rowId,
    figureKey,
    subRows,
    groupings,
    defaultSort = null,
    reorder = false,
  } = props;
  const [refresh, setRefresh] = useState(0);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [closedGroups, setClosedGroups] = useState<ReadonlySet<string>>(new Set());
  const sort = columns.some(({ id }) => id === layout.sort?.id) ? layout.sort : defaultSort;

  const taken = useRef<Taken | null>(null);
  const before = taken.current;
  const ordered = reorder ? rows : null;
  if (
    before === null ||
    before.sort?.id !== sort?.id ||
    before.sort?.desc !== sort?.desc ||
    before.refresh !== refresh ||
    before.ready !== ready ||
    before.rows !== ordered
  ) {
    const column = columns.find(({ id }) => id === sort?.id);
    const value = column === undefined ? rowId : rawOf(column, figureKey);
    taken.current = {
      sort,
      refresh,
      ready,
      rows: ordered,
      order: takeOrder(rows, rowId, value, sort?.desc ?? false),
      at: Date.now(),
    };
  }
  const { order, at } = taken.current as Taken;

  const filter = layout.filter.trim();
  const texts = useRef(new WeakMap<object, string>());
  const shown = useMemo(() => {
    if (filter === '') return rows;
    const text = (row: R) => {
      const key = row as object;
      const known = texts.current.get(key);
      if (known !== undefined) return known;
      const made = columns.map((column) => textOf(column, row)).join('\n');
      texts.current.set(key, made);
      return made;
    };
    return rows.filter((row) => matchesFilter(text(row), filter));
  }, [rows, filter, columns]);

  const grouping = groupings?.find(({ id }) => id === layout.group) ?? null;
  const lines = useMemo<Line<R, S>[]>(
    () =>
      linesOf(inOrder(shown, rowId, order), {
        idOf: rowId,
        groupOf: grouping === null ? null : (row) => grouping.of(row),
        subs: subRows ?? null,
        isOpen: (id) => open.has(id),
        isClosedGroup: (id) => closedGroups.has(id),
      }),
    [shown, rowId, order, grouping, subRows, open, closedGroups],
  );

  return {
    lines,
    sort,
    orderedAt: at,
    hiddenByFilter: rows.length - shown.length,
    open,
    closedGroups,
    refresh: () => setRefresh((count) => count + 1),
    setOpen: (id: string, isOpen: boolean) => setOpen((set) => withId(set, id, isOpen)),
    setClosedGroup: (id: string, closed: boolean) => setClosedGroups((set) => withId(set, id, closed)),
  };
}

function rawOf<R, S>(column: Column<R, S>, figureKey: TableProps<R, S>['figureKey']) {
  const { figure } = column;
  if (figure === undefined) return (row: R) => column.value(row);
  return (row: R) => (figureKey === undefined ? undefined : figures.value(figureKey(row), figure));
}

function withId(set: ReadonlySet<string>, id: string, present: boolean): ReadonlySet<string> {
  if (set.has(id) === present) return set;
  const next = new Set(set);
  if (present) next.add(id);
  else next.delete(id);
  return next;
}

// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
// biome-ignore-all lint/a11y/noStaticElementInteractions: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
import { useMergedRef, useResizeObserver } from '@mantine/hooks';
import { type MouseEvent, useCallback, useId, useMemo, useRef, useState } from 'react';
import { formatCount } from '../../../shared/format.ts';
import type { KeyId } from '../../keys/keymap.ts';
import { ColumnChooser } from './column-chooser.tsx';
import type { Line } from './order.ts';
import type { RowAct, TableProps } from './props.ts';
import { type MenuPlace, RowMenu } from './row-menu.tsx';
import styles from './table.module.css';
import { type BodyHandle, ROW_PX, TableBody } from './table-body.tsx';
import { TableHeader } from './table-header.tsx';
import { useTableLayout } from './table-layout.ts';
import { TableToolbar } from './table-toolbar.tsx';
import { useColumns } from './use-columns.ts';
import { useCursor } from './use-cursor.ts';
import { useLines } from './use-lines.ts';
import { NoMatch, Waiting } from './vacant.tsx';

/**
 * The table of the app: virtual rows, live cells, an order that stays, a layout that is kept, and the whole
 * keyboard map. The grid has the focus; the row the keyboard is on is its active descendant.
 */
export function DataTable<R, S = never>(props: TableProps<R, S>) {
  const { rows, ready, rowId, subRows, selectable = false } = props;
  const domId = useId();
  const [layout, change] = useTableLayout(props.id);
  const table = useColumns(props.columns, layout, change);
  const model = useLines(props, layout);
  const { lines } = model;
  const columns = useVisible(
    props.columns,
    table
      .getVisibleLeafColumns()
      .map(({ id }) => id)
      .join(' '),
  );

  const scroller = useRef<HTMLDivElement>(null);
  const [sizeRef, size] = useResizeObserver<HTMLDivElement>();
  const scrollerRef = useMergedRef(scroller, sizeRef);
  const { rowName, figureKey } = props;
  const body = useRef<BodyHandle>(null);
  const tree = subRows !== undefined || (props.groupings?.length ?? 0) > 0;
  const described = useMemo(
    () => ({ rowId, rowName, figureKey, subRows, tree }),
    [rowId, rowName, figureKey, subRows, tree],
  );

  const isUnfolded = (line: Line<R, S>) =>
    line.kind === 'group' ? !model.closedGroups.has(line.id) : model.open.has(line.id);
  const fold = (line: Line<R, S>, unfolded: boolean) => {
    if (line.kind === 'group') model.setClosedGroup(line.id, !unfolded);
    else if (line.kind === 'row' && (subRows?.rows(line.row).length ?? 0) > 0)
      model.setOpen(line.id, unfolded);
  };
  const open = (line: Line<R, S>, full: boolean) => {
    if (line.kind === 'row') props.onOpen?.(line.row, { full });
    else if (line.kind === 'sub') subRows?.onOpen?.(line.sub, line.row);
    else fold(line, !isUnfolded(line));
  };
  const [menu, setMenu] = useState<MenuPlace | null>(null);
  const cursor = useCursor<R, S>({
    lines,
    selectable,
    pageLength: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_PX) - 2),
    show: (index) => body.current?.show(index),
    open,
    fold,
    isUnfolded,
    act: (id) => act(id),
  });

  const selectedRows = useMemo(
    () => rows.filter((row) => cursor.selected.has(rowId(row))),
    [rows, rowId, cursor.selected],
  );
  const active = lines[cursor.activeIndex];
  /** What an act is about: the selection, or else the row the keyboard is on. */
  const targets = (line: Line<R, S> | undefined): readonly R[] => {
    if (line === undefined || line.kind === 'group') return selectedRows;
    return cursor.selected.has(rowId(line.row)) ? selectedRows : [line.row];
  };
  const act = (id: KeyId): boolean => {
    if (id === 'refresh') model.refresh();
    else if (id === 'io_columns') toggleIo();
    else if (id === 'menu') showMenu(active, null);
    else {
      const run = props.acts?.[id as RowAct];
      const about = targets(active);
      if (run === undefined || about.length === 0) return false;
      run(about);
    }
    return true;
  };
  const toggleIo = () => {
    const io = props.columns.filter((column) => column.io === true).map(({ id }) => id);
    const anyShown = columns.some((column) => column.io === true);
    const standard = new Set(props.columns.filter(({ hidden }) => hidden !== true).map(({ id }) => id));
    table.setColumnVisibility((visible) => ({
      ...visible,
      ...Object.fromEntries(io.map((id) => [id, !anyShown && standard.has(id)])),
    }));
  };
  const showMenu = (line: Line<R, S> | undefined, at: { x: number; y: number } | null) => {
    const about = targets(line);
    const entries = about.length === 0 ? [] : (props.menu?.(about) ?? []);
    if (entries.length === 0 || line === undefined) return;
    const box = document.getElementById(`${domId}-${line.id}`)?.getBoundingClientRect();
    setMenu({ x: at?.x ?? (box?.left ?? 0) + 40, y: at?.y ?? box?.bottom ?? 0, entries });
  };

  const lineAt = (target: EventTarget): Line<R, S> | undefined => {
    const index =
      target instanceof Element ? target.closest<HTMLElement>('[data-index]')?.dataset.index : undefined;
    return index === undefined ? undefined : lines[Number(index)];
  };
  const click = (event: MouseEvent) => {
    const line = lineAt(event.target);
    if (line === undefined) return;
    const { activeId } = cursor;
    cursor.setActiveId(line.id);
    const onBox = event.target instanceof Element && event.target.closest('[data-select]') !== null;
    if (line.kind === 'row' && selectable && event.shiftKey) cursor.selectRange(activeId ?? line.id, line.id);
    else if (line.kind === 'row' && selectable && (onBox || event.ctrlKey || event.metaKey))
      cursor.toggle(line.id);
    else open(line, false);
  };
  const toggle = useStable((id: string) => {
    const line = lines.find((one) => one.id === id);
    if (line !== undefined) fold(line, !isUnfolded(line));
  });

  const widths = Object.fromEntries(
    columns.map(({ id, width }) => [`--w-${id}`, `${table.getColumn(id)?.getSize() ?? width}px`]),
  );
  const total = columns.reduce(
    (sum, { id, width }) => sum + (table.getColumn(id)?.getSize() ?? width),
    selectable ? 30 : 0,
  );
  const sortedBy = props.columns.find(({ id }) => id === model.sort?.id);
  const focusGrid = () => {
    scroller.current?.querySelector<HTMLElement>('[data-grid]')?.focus();
    if (cursor.activeIndex < 0) cursor.moveTo(0, false);
  };

  return (
    <section className={styles.table} aria-label={props.label}>
      <TableToolbar
        label={props.label}
        filter={layout.filter}
        onFilter={(filter) => change({ filter })}
        onLeave={focusGrid}
        groupings={props.groupings ?? []}
        group={layout.group}
        onGroup={(group) => change({ group })}
        live={sortedBy?.figure === undefined ? null : { header: sortedBy.header, at: model.orderedAt }}
        onRefresh={model.refresh}
        count={ready ? countText(props, model.hiddenByFilter, selectedRows.length) : ''}
        acts={props.toolbar?.(selectedRows)}
        chooser={
          <ColumnChooser
            columns={props.columns}
            table={table}
            onReset={() => change({ order: [], visibility: {}, widths: {}, sort: null })}
          />
        }
      />
      <div ref={scrollerRef} className={styles.scroller}>
        <div
          role={tree ? 'treegrid' : 'grid'}
          data-grid
          data-keys="rows"
          tabIndex={0}
          aria-label={props.label}
          aria-rowcount={lines.length + 1}
          aria-colcount={columns.length}
          aria-multiselectable={selectable}
          aria-busy={!ready}
          aria-activedescendant={cursor.activeIndex < 0 ? undefined : `${domId}-${cursor.activeId}`}
          className={styles.grid}
          style={{ ...widths, minWidth: total, height: ROW_PX * (lines.length + 1) }}
          onKeyDown={cursor.keyDown}
          onFocus={(event) => {
            if (event.target === event.currentTarget && cursor.activeIndex < 0)
              cursor.setActiveId(lines[0]?.id ?? null);
          }}
          onMouseDown={(event) => {
            // The grid keeps the focus, whatever of a row is clicked.
            if (lineAt(event.target) === undefined) return;
            event.preventDefault();
            event.currentTarget.focus({ preventScroll: true });
          }}
          onClick={click}
          onDoubleClick={(event) => {
            const line = lineAt(event.target);
            if (line !== undefined && !(event.ctrlKey || event.metaKey || event.shiftKey)) open(line, true);
          }}
          onContextMenu={(event) => {
            const line = lineAt(event.target);
            if (line === undefined || props.menu === undefined) return;
            event.preventDefault();
            cursor.setActiveId(line.id);
            showMenu(line, { x: event.clientX, y: event.clientY });
          }}
        >
          <TableHeader
            columns={columns}
            table={table}
            sort={model.sort}
            selectable={selectable}
            allSelected={selectedRows.length === rows.length}
            onSort={(sort) => change({ sort })}
            onLeave={focusGrid}
          />
          <TableBody<R, S>
            ref={body}
            scroller={scroller}
            domId={domId}
            lines={lines}
            columns={columns}
            described={described}
            watch={props.watch}
            activeId={cursor.activeId}
            selected={cursor.selected}
            openId={props.openId}
            selectable={selectable}
            open={model.open}
            closedGroups={model.closedGroups}
            toggle={toggle}
          />
        </div>
        {!ready && (
          <Waiting
            rows={Math.max(3, Math.floor(((size.height || 300) - ROW_PX) / ROW_PX))}
            what={props.label}
          />
        )}
        {ready && rows.length === 0 && <div className={styles.vacant}>{props.empty}</div>}
        {ready && rows.length > 0 && lines.length === 0 && (
          <NoMatch
            filter={layout.filter}
            hidden={model.hiddenByFilter}
            onClear={() => change({ filter: '' })}
          />
        )}
      </div>
      <RowMenu
        place={menu}
        onClose={() => {
          setMenu(null);
          focusGrid();
        }}
      />
    </section>
  );
}

function countText<R, S>({ rows, noun }: TableProps<R, S>, hidden: number, selected: number): string {
  const name = (count: number) => `${formatCount(count)} ${noun[count === 1 ? 0 : 1]}`;
  const shown =
    hidden > 0 ? `${formatCount(rows.length - hidden)} of ${name(rows.length)}` : name(rows.length);
  return selected > 0 ? `${shown}, ${formatCount(selected)} selected` : shown;
}

/** The columns shown, in order; the same array while they are the same. */
function useVisible<C extends { id: string }>(columns: readonly C[], ids: string): readonly C[] {
  return useMemo(
    () => ids.split(' ').flatMap((id) => columns.find((column) => column.id === id) ?? []),
    [columns, ids],
  );
}

/** A function of one identity that does what its latest version does. */
function useStable<A extends unknown[]>(act: (...args: A) => void): (...args: A) => void {
  const latest = useRef(act);
  latest.current = act;
  return useCallback((...args: A) => latest.current(...args), []);
}

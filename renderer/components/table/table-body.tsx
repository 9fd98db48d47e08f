import { useVirtualizer } from '@tanstack/react-virtual';
import { type Ref, type RefObject, useImperativeHandle } from 'react';
import { useWatch } from '../../connection/index.ts';
import type { FigureKey } from '../../stores/figures.ts';
import type { Column } from './column.ts';
import type { Line } from './order.ts';
import type { SubRows, TableProps } from './props.ts';
import { TableRow } from './table-row.tsx';

export const ROW_PX = 29;
const OVERSCAN = 8;
const nothing = {};

export interface BodyHandle {
  /** Bring a line into sight. */
  show(index: number): void;
}

/** What a row is drawn from; the same object while it says the same. */
export interface Described<R, S> {
  rowId(row: R): string;
  rowName(row: R): string;
  readonly figureKey: ((row: R) => FigureKey) | undefined;
  readonly subRows: SubRows<R, S> | undefined;
  /** Rows are within rows, or may be. */
  readonly tree: boolean;
}

interface Props<R, S> {
  readonly ref: Ref<BodyHandle>;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly domId: string;
  readonly lines: readonly Line<R, S>[];
  readonly columns: readonly Column<R, S>[];
  readonly described: Described<R, S>;
  readonly watch: TableProps<R, S>['watch'];
  readonly activeId: string | null;
  readonly selected: ReadonlySet<string>;
  readonly openId: string | null | undefined;
  readonly selectable: boolean;
  /** Rows whose sub-rows are shown. */
  readonly open: ReadonlySet<string>;
  readonly closedGroups: ReadonlySet<string>;
  toggle(id: string): void;
}

/** The lines on screen, and a few around them: only they are drawn, and only they are watched. */
export function TableBody<R, S>(props: Props<R, S>) {
  const { lines, described, open, closedGroups, domId } = props;
  const { rowId, subRows } = described;
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => props.scroller.current,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    getItemKey: (index) => lines[index]?.id ?? index,
    // Under the header, which stays at the top.
    scrollMargin: ROW_PX,
    scrollPaddingStart: ROW_PX,
  });
  useImperativeHandle(props.ref, () => ({ show: (index) => virtual.scrollToIndex(index) }), [virtual]);

  const items = virtual.getVirtualItems();
  const ids = new Set<string>();
  for (const { index } of items) {
    const line = lines[index];
    if (line !== undefined && line.kind !== 'group') ids.add(rowId(line.row));
  }
  const shown = [...ids];
  useWatch(
    props.watch?.(
      shown,
      shown.filter((id) => open.has(id)),
    ) ?? nothing,
  );

  return items.map(({ index, start, key }) => {
    const line = lines[index];
    if (line === undefined) return null;
    const foldable = line.kind === 'row' && (subRows?.rows(line.row).length ?? 0) > 0;
    return (
      <TableRow<R, S>
        key={key}
        line={line}
        index={index}
        top={start}
        domId={`${domId}-${line.id}`}
        columns={props.columns}
        active={line.id === props.activeId}
        selected={line.kind === 'row' && props.selected.has(line.id)}
        opened={line.kind === 'row' && line.id === props.openId}
        unfolded={
          line.kind === 'group' ? !closedGroups.has(line.id) : foldable ? open.has(line.id) : undefined
        }
        selectable={props.selectable}
        table={described}
        toggle={props.toggle}
      />
    );
  });
}

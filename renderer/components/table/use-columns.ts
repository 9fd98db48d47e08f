import {
  type ColumnDef,
  columnOrderingFeature,
  columnResizingFeature,
  columnSizingFeature,
  columnVisibilityFeature,
  tableFeatures,
  type Updater,
  useTable,
} from '@tanstack/react-table';
import { useMemo } from 'react';
import type { Column } from './column.ts';
import type { TableLayout } from './table-layout.ts';

/**
 * TanStack keeps the columns: order, visibility, widths and resizing. Rows are ours (order.ts), because
 * their order is frozen while live values change, and a thousand of them change each second.
 */
const features = tableFeatures({
  columnOrderingFeature,
  columnVisibilityFeature,
  columnSizingFeature,
  columnResizingFeature,
});
const noRows: object[] = [];

export function useColumns<R, S>(
  columns: readonly Column<R, S>[],
  layout: TableLayout,
  change: (change: Partial<TableLayout>) => void,
) {
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, object> => ({
          id: column.id,
          header: column.header,
          size: column.width,
          minSize: 40,
          maxSize: 1200,
          enableHiding: column.fixed !== true,
        }),
      ),
    [columns],
  );
  const columnVisibility = useMemo(
    () => ({
      ...Object.fromEntries(columns.map(({ id, hidden, fixed }) => [id, fixed === true || hidden !== true])),
      ...layout.visibility,
    }),
    [columns, layout.visibility],
  );
  return useTable({
    features,
    columns: defs,
    data: noRows,
    columnResizeMode: 'onChange',
    state: { columnOrder: layout.order, columnVisibility, columnSizing: layout.widths },
    onColumnOrderChange: (next) => change({ order: resolve(next, layout.order) }),
    onColumnVisibilityChange: (next) => change({ visibility: resolve(next, columnVisibility) }),
    onColumnSizingChange: (next) => change({ widths: resolve(next, layout.widths) }),
  });
}

export type ColumnsTable = ReturnType<typeof useColumns>;

function resolve<T>(next: Updater<T>, before: T): T {
  return typeof next === 'function' ? (next as (before: T) => T)(before) : next;
}

export { type Column, type DataColumn, type FigureColumn, figureColumn } from './column.ts';
export { DataTable } from './data-table.tsx';
export { MenuItems } from './menu-items.tsx';
export type { Sort } from './order.ts';
export type { Grouping, MenuEntry, RowAct, SubRows, TableProps } from './props.ts';

import type { ReactNode } from 'react';
import type { Wish } from '../../connection/index.ts';
import type { KeyId } from '../../keys/keymap.ts';
import type { FigureKey } from '../../stores/figures.ts';
import type { Column } from './column.ts';
import type { Sort } from './order.ts';

/** Acts on rows that have a key of their own. */
export type RowAct = Extract<KeyId, 'attach' | 'detach' | 'expose' | 'paths' | 'copy'>;

/** An entry of a row's context menu. */
export interface MenuEntry {
  readonly label: string;
  /** Why it cannot be done now; shown, and the entry is disabled. */
  readonly disabled?: string | undefined;
  /** The act it does, for the hint of its key. */
  readonly act?: RowAct;
  readonly danger?: boolean;
  run(): void;
}

/** Rows within a row, such as the paths of a unit. */
export interface SubRows<R, S> {
  rows(row: R): readonly S[];
  id(sub: S): string;
  /** For screen readers: `path over node-b, Open`. */
  name(sub: S, row: R): string;
  /** undefined: there are no figures of it now. */
  figureKey?(sub: S, row: R): FigureKey | undefined;
  /** What they are called: `paths`. */
  readonly noun: string;
  onOpen?(sub: S, row: R): void;
}

export interface Grouping<R> {
  readonly id: string;
  readonly label: string;
  of(row: R): string;
}

/** Give functions and arrays of one identity (outside of the component, or memoized). */
export interface TableProps<R, S = never> {
  /** Key of its layout: `[a-z_]+`. */
  readonly id: string;
  /** What it lists, for screen readers: `Attached disks`. */
  readonly label: string;
  /** One of these rows, for counts: `disk`, `disks`. */
  readonly noun: readonly [one: string, many: string];
  readonly rows: readonly R[];
  /** false: nothing is known yet, skeletons are shown. */
  readonly ready: boolean;
  readonly columns: readonly Column<R, S>[];
  rowId(row: R): string;
  /** How a screen reader names the row: `disk7, Degraded, 3 of 4 paths`. */
  rowName(row: R): string;
  figureKey?(row: R): FigureKey;
  readonly subRows?: SubRows<R, S>;
  /** What to watch while these rows are on screen; `open`: those whose sub-rows are shown. */
  watch?(ids: readonly string[], open: readonly string[]): Wish;
  readonly groupings?: readonly Grouping<R>[];
  readonly defaultSort?: Sort;
  /** The order is taken anew whenever rows come or go: for rows whose values do not change, such as events. */
  readonly reorder?: boolean;
  onOpen?(row: R, options: { full: boolean }): void;
  /** The row that stands in the drawer. */
  readonly openId?: string | null;
  /** Rows can be selected. */
  readonly selectable?: boolean;
  /** What the keys of acts do, with the selected rows or the one the cursor is on. */
  readonly acts?: Partial<Record<RowAct, (rows: readonly R[]) => void>>;
  menu?(rows: readonly R[]): readonly MenuEntry[];
  /** Buttons above the table; gets the selected rows. */
  toolbar?(selected: readonly R[]): ReactNode;
  /** Shown instead of rows when there are none. */
  readonly empty: ReactNode;
}

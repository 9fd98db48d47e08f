import type { ReactNode } from 'react';
import type { FigureName } from '../../../shared/model/figures.ts';
import { FIGURE_LOOKS } from '../figure-format.ts';

/** A raw value: what a column is sorted and grouped by, never the text shown. */
export type Raw = string | number | boolean | null | undefined;

interface Common<R, S> {
  /** `[a-z][a-z0-9_]*`, unique in its table; it is kept in the layout, so it never changes. */
  readonly id: string;
  readonly header: string;
  /** What the column tells, on hover and in the column chooser. */
  readonly description?: string;
  /** In px; people may change it. */
  readonly width: number;
  /** Takes the room that is left; one column of a table. */
  readonly grow?: boolean;
  readonly align?: 'left' | 'right';
  /** Not shown until chosen. */
  readonly hidden?: boolean;
  /** Cannot be hidden: the name of the row. */
  readonly fixed?: boolean;
  /** Belongs to the columns that the key I shows and hides. */
  readonly io?: boolean;
  /** What stands in this column in a sub-row. Left out: nothing. */
  sub?(sub: S, row: R): ReactNode;
}

/** A column of the row's own values. */
export interface DataColumn<R, S = never> extends Common<R, S> {
  readonly figure?: undefined;
  value(row: R): Raw;
  /** What is shown; left out: the value as text. */
  cell?(row: R): ReactNode;
  /** What the filter looks at; left out: the value as text. */
  text?(row: R): string;
}

/** A column of a live figure of the row. */
export interface FigureColumn<R, S = never> extends Common<R, S> {
  readonly figure: FigureName;
}

export type Column<R, S = never> = DataColumn<R, S> | FigureColumn<R, S>;

/** A column of a live figure: header, width and format are the same everywhere. */
export function figureColumn<R, S = never>(
  figure: FigureName,
  options: Partial<Pick<Common<R, S>, 'hidden' | 'sub' | 'width' | 'header'>> = {},
): FigureColumn<R, S> {
  const { header, description, width } = FIGURE_LOOKS[figure];
  return { id: figure, figure, header, description, width, align: 'right', io: true, ...options };
}

/** A raw value as the filter sees it. */
export function textOf<R, S>(column: Column<R, S>, row: R): string {
  if (column.figure !== undefined) return '';
  if (column.text !== undefined) return column.text(row);
  const value = column.value(row);
  return value === null || value === undefined ? '' : String(value);
}

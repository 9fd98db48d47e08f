// biome-ignore-all lint/a11y/useSemanticElements: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
import { ChevronDown, ChevronRight } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { NO_VALUE } from '../../../shared/format.ts';
import type { FigureKey } from '../../stores/figures.ts';
import { LiveFigure } from '../live-figure.tsx';
import { NoValue } from '../values.tsx';
import type { Column } from './column.ts';
import type { Line } from './order.ts';
import styles from './table.module.css';
import type { Described } from './table-body.tsx';

interface Props<R, S> {
  readonly line: Line<R, S>;
  readonly index: number;
  readonly top: number;
  readonly domId: string;
  readonly columns: readonly Column<R, S>[];
  readonly active: boolean;
  readonly selected: boolean;
  readonly opened: boolean;
  /** undefined: there is nothing to unfold. */
  readonly unfolded: boolean | undefined;
  readonly selectable: boolean;
  readonly table: Described<R, S>;
  toggle(id: string): void;
}

/** One line. It is drawn again only if its row, its place or what is said of it changed. */
function Row<R, S>(props: Props<R, S>) {
  const { line, index, top, domId, columns, active, selected, opened, unfolded, table, toggle } = props;
  const classes = [styles.row, styles[line.kind]];
  if (active) classes.push(styles.active);
  if (selected) classes.push(styles.selected);
  if (opened) classes.push(styles.opened);
  return (
    <div
      role="row"
      id={domId}
      data-index={index}
      aria-rowindex={index + 2}
      aria-level={table.tree ? (line.kind === 'group' ? 1 : line.level) : undefined}
      aria-selected={line.kind === 'row' && props.selectable ? selected : undefined}
      aria-expanded={unfolded}
      aria-label={nameOf(line, table)}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      {props.selectable && (
        <div role="gridcell" className={styles.check}>
          {line.kind === 'row' && (
            <input
              type="checkbox"
              checked={selected}
              readOnly
              tabIndex={-1}
              aria-label={`Select ${nameOf(line, table)}`}
              data-select
            />
          )}
        </div>
      )}
      {line.kind === 'group' ? (
        <div role="gridcell" className={styles.groupCell} aria-colspan={columns.length}>
          <Fold id={line.id} unfolded={unfolded} toggle={toggle} noun={line.label} />
          <b>{line.label}</b> <span className="dim">({line.count})</span>
        </div>
      ) : (
        columns.map((column, at) => (
          <div
            key={column.id}
            role="gridcell"
            className={`${styles.cell} ${column.align === 'right' ? styles.right : ''} ${column.grow ? styles.grow : ''}`}
            style={{ width: `var(--w-${column.id})` }}
          >
            {at === 0 && (
              <span className={styles.indent} data-level={line.kind === 'sub' ? line.level : line.level - 1}>
                {line.kind === 'row' && table.subRows !== undefined && (
                  <Fold id={line.id} unfolded={unfolded} toggle={toggle} noun={table.subRows.noun} />
                )}
              </span>
            )}
            <span className={styles.content}>{contentOf(line, column, table)}</span>
          </div>
        ))
      )}
    </div>
  );
}

export const TableRow = memo(Row) as typeof Row;

function Fold(props: { id: string; unfolded: boolean | undefined; noun: string; toggle(id: string): void }) {
  const { id, unfolded, noun, toggle } = props;
  if (unfolded === undefined) return <span className={styles.fold} />;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={styles.fold}
      aria-label={`${unfolded ? 'Hide' : 'Show'} ${noun}`}
      onClick={(event) => {
        event.stopPropagation();
        toggle(id);
      }}
    >
      {unfolded ? <ChevronDown size={14} /> : <ChevronRight size={14} />}
    </button>
  );
}

function nameOf<R, S>(line: Line<R, S>, table: Props<R, S>['table']): string {
  if (line.kind === 'group') return `${line.label}, ${line.count} rows`;
  return line.kind === 'sub' ? (table.subRows?.name(line.sub, line.row) ?? '') : table.rowName(line.row);
}

function contentOf<R, S>(line: Line<R, S>, column: Column<R, S>, table: Props<R, S>['table']): ReactNode {
  if (line.kind === 'group') return null;
  if (line.kind === 'sub') {
    if (column.sub !== undefined) return column.sub(line.sub, line.row);
    if (column.figure === undefined || table.subRows?.figureKey === undefined) return null;
    const key = table.subRows.figureKey(line.sub, line.row);
    return key === undefined ? <NoValue /> : <LiveFigure of={key} name={column.figure} />;
  }
  if (column.figure !== undefined) {
    const key: FigureKey | undefined = table.figureKey?.(line.row);
    return key === undefined ? NO_VALUE : <LiveFigure of={key} name={column.figure} />;
  }
  if (column.cell !== undefined) return column.cell(line.row);
  const value = column.value(line.row);
  return value === null || value === undefined || value === '' ? <NoValue /> : String(value);
}

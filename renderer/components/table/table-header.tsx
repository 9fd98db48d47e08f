// biome-ignore-all lint/a11y/useSemanticElements: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
// biome-ignore-all lint/a11y/useFocusableInteractive: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
// biome-ignore-all lint/a11y/noStaticElementInteractions: a grid of virtual rows cannot be a <table>; its one tab stop is the grid, which names the row the keyboard is on
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import type { Column } from './column.ts';
import type { Sort } from './order.ts';
import styles from './table.module.css';
import type { ColumnsTable } from './use-columns.ts';

/** The step of a width by keyboard, px. */
const WIDTH_STEP = 16;

/** Headers: sort by click or Enter, left and right between them, Alt with an arrow for the width. */
export function TableHeader<R, S>(props: {
  columns: readonly Column<R, S>[];
  table: ColumnsTable;
  sort: Sort | null;
  selectable: boolean;
  allSelected: boolean;
  onSort(sort: Sort | null): void;
  onLeave(): void;
}) {
  const { columns, table, sort, onSort, onLeave } = props;
  const [current, setCurrent] = useState(0);
  const headers = table.getFlatHeaders();

  const keyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const column = columns[current];
    if (step !== 0 && event.altKey && column !== undefined) {
      const size = table.getColumn(column.id)?.getSize() ?? column.width;
      table.setColumnSizing((sizes) => ({ ...sizes, [column.id]: Math.max(40, size + step * WIDTH_STEP) }));
    } else if (step !== 0) {
      const next = Math.min(Math.max(current + step, 0), columns.length - 1);
      setCurrent(next);
      event.currentTarget.querySelectorAll<HTMLElement>('[data-header]')[next]?.focus();
    } else if (event.key === 'ArrowDown') onLeave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div role="row" aria-rowindex={1} className={styles.header} onKeyDown={keyDown}>
      {props.selectable && (
        <div role="columnheader" className={styles.check}>
          <span className="visually-hidden">Selected</span>
        </div>
      )}
      {columns.map((column, index) => {
        const sorted = sort?.id === column.id ? sort : null;
        const header = headers.find(({ id }) => id === column.id);
        const resize = header?.getResizeHandler();
        return (
          <div
            key={column.id}
            role="columnheader"
            aria-sort={sorted === null ? 'none' : sorted.desc ? 'descending' : 'ascending'}
            className={`${styles.head} ${column.align === 'right' ? styles.right : ''} ${column.grow ? styles.grow : ''}`}
            style={{ width: `var(--w-${column.id})` }}
          >
            <button
              data-hint={column.description ?? ''}
              type="button"
              data-header
              tabIndex={index === Math.min(current, columns.length - 1) ? 0 : -1}
              className={styles.headButton}
              onFocus={() => setCurrent(index)}
              onClick={() => onSort(nextSort(column, sorted))}
            >
              <span className={styles.headText}>{column.header}</span>
              {sorted !== null && (sorted.desc ? <ArrowDown size={12} /> : <ArrowUp size={12} />)}
            </button>
            <span className={styles.resize} onMouseDown={resize} onTouchStart={resize} />
          </div>
        );
      })}
    </div>
  );
}

/** Numbers are looked at from the largest, words from A; a third click forgets the order. */
function nextSort<R, S>(column: Column<R, S>, sorted: Sort | null): Sort | null {
  const firstDesc = column.align === 'right';
  if (sorted === null) return { id: column.id, desc: firstDesc };
  return sorted.desc === firstDesc ? { id: column.id, desc: !firstDesc } : null;
}

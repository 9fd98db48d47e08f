import type { KeyboardEvent, MouseEvent } from 'react';
import styles from './hex.module.css';
import { asciiByte, hexByte, keyStep, offsetDigits, PAGE_BYTES, ROW_BYTES } from './hex-page.ts';
import { roleStyle } from './partition-map.tsx';
import { type Structure, structureAt } from './structures.ts';

const COLUMNS = Array.from({ length: ROW_BYTES }, (_, column) => column);

/** One page of bytes: offset, hex and letters. The keyboard moves a cursor from byte to byte. */
export function HexTable(props: {
  page: number;
  /** null: not read yet. */
  bytes: Uint8Array | null;
  /** They are of another page and about to be replaced. */
  old: boolean;
  sizeBytes: number;
  structures: readonly Structure[];
  cursor: number;
  onMove(offset: number): void;
}) {
  const { page, bytes, sizeBytes, cursor, structures, onMove } = props;
  const digits = offsetDigits(sizeBytes);
  const shown = structures.filter(
    ({ offset, bytes: length }) => offset < page + PAGE_BYTES && offset + length > page,
  );
  const keyDown = (event: KeyboardEvent) => {
    const to = keyStep(event.key, event.ctrlKey || event.metaKey, cursor, sizeBytes);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(to);
  };
  const click = (event: MouseEvent) => {
    const cell = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    if (cell !== null) onMove(Number(cell.dataset.at));
  };
  const cell = (offset: number, text: string, extra: string) => {
    const structure = structureAt(shown, offset);
    const zero = text === '00' || text === '·';
    return (
      <td
        key={offset}
        data-at={offset}
        className={`${extra} ${zero ? styles.zero : ''} ${structure === undefined ? '' : styles.marked} ${offset === cursor ? styles.cursor : ''}`}
        {...(structure === undefined ? {} : { style: roleStyle(structure.role) })}
      >
        {text}
      </td>
    );
  };
  const byteAt = (offset: number) => bytes?.[offset - page];
  return (
    <section
      className={styles.hexBox}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard moves the cursor in it
      tabIndex={0}
      aria-label="Bytes. Arrows move from byte to byte, Page Up and Page Down from page to page, Ctrl with Home and End to the ends of the disk"
      onKeyDown={keyDown}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard moves the cursor by keys of its own */}
      <table className={`${styles.hex} ${props.old ? styles.old : ''}`} aria-busy={props.old} onClick={click}>
        <caption className="visually-hidden">
          Bytes {page} to {Math.min(page + PAGE_BYTES, sizeBytes) - 1}
        </caption>
        <thead>
          <tr>
            <th scope="col" className={styles.offset}>
              Offset
            </th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col" className={column === 8 ? styles.middle : ''}>
                {column.toString(16).toUpperCase()}
              </th>
            ))}
            <th scope="colgroup" colSpan={ROW_BYTES} className={styles.firstText}>
              Text
            </th>
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: PAGE_BYTES / ROW_BYTES }, (_, row) => page + row * ROW_BYTES)
            .filter((start) => start < sizeBytes)
            .map((start) => (
              <tr key={start}>
                <th scope="row" className={styles.offset}>
                  {start.toString(16).padStart(digits, '0')}
                </th>
                {COLUMNS.map((column) => {
                  const byte = byteAt(start + column);
                  const text = byte === undefined ? '' : hexByte(byte);
                  return cell(start + column, text, column === 8 ? (styles.middle ?? '') : '');
                })}
                {COLUMNS.map((column) => {
                  const byte = byteAt(start + column);
                  const text = byte === undefined ? '' : asciiByte(byte);
                  return cell(start + column, text, `${styles.text} ${column === 0 ? styles.firstText : ''}`);
                })}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}

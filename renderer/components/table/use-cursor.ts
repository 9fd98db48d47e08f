import { type KeyboardEvent, useState } from 'react';
import { type KeyId, keyOf } from '../../keys/keymap.ts';
import type { Line } from './order.ts';

interface Cursor<R, S> {
  readonly lines: readonly Line<R, S>[];
  /** Lines that fit on screen, for PageUp and PageDown. */
  pageLength(): number;
  show(index: number): void;
  open(line: Line<R, S>, full: boolean): void;
  fold(line: Line<R, S>, unfolded: boolean): void;
  isUnfolded(line: Line<R, S>): boolean;
  readonly selectable: boolean;
  act(id: KeyId): boolean;
}

/** The line the keyboard is on, and the rows selected, with the keys that move and change them. */
export function useCursor<R, S>(options: Cursor<R, S>) {
  const { lines, selectable } = options;
  const [activeId, setActiveId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  // Where a range by Shift began.
  const [anchor, setAnchor] = useState<string | null>(null);
  const activeIndex = lines.findIndex(({ id }) => id === activeId);

  const moveTo = (index: number, extend: boolean) => {
    const next = Math.min(Math.max(index, 0), lines.length - 1);
    const line = lines[next];
    if (line === undefined) return;
    if (extend && selectable) selectRange(anchor ?? activeId ?? line.id, line.id);
    else setAnchor(null);
    setActiveId(line.id);
    options.show(next);
  };
  const selectRange = (from: string, to: string) => {
    const ends = [lines.findIndex(({ id }) => id === from), lines.findIndex(({ id }) => id === to)];
    const range = lines.slice(Math.max(0, Math.min(...ends)), Math.max(...ends) + 1);
    setAnchor(from);
    setSelected(new Set(range.filter(({ kind }) => kind === 'row').map(({ id }) => id)));
  };
  const toggle = (id: string) => {
    setAnchor(id);
    setSelected((set) => {
      const next = new Set(set);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  };
  const fold = (line: Line<R, S>, unfold: boolean) => {
    if (options.isUnfolded(line) !== unfold && line.kind !== 'sub') options.fold(line, unfold);
    else if (!unfold && line.kind === 'sub') {
      // Left on a path goes to its disk.
      let index = activeIndex;
      while (index > 0 && lines[index]?.kind === 'sub') index--;
      moveTo(index, false);
    }
  };

  const keyDown = (event: KeyboardEvent) => {
    // The header has keys of its own.
    if (event.target instanceof Element && event.target.closest('[data-header]') !== null) return;
    if (event.key === 'Escape' && selected.size > 0) {
      setSelected(new Set());
      event.stopPropagation();
      event.preventDefault();
      return;
    }
    const id = keyOf(event, 'rows');
    const line = lines[activeIndex];
    if (id === null || !press(id, line, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const press = (id: KeyId, line: Line<R, S> | undefined, shift: boolean): boolean => {
    const at = Math.max(activeIndex, 0);
    switch (id) {
      case 'down':
        moveTo(activeIndex + 1, shift);
        return true;
      case 'up':
        moveTo(activeIndex < 0 ? 0 : activeIndex - 1, shift);
        return true;
      case 'first':
        moveTo(0, false);
        return true;
      case 'last':
        moveTo(lines.length - 1, false);
        return true;
      case 'page_down':
        moveTo(at + options.pageLength(), false);
        return true;
      case 'page_up':
        moveTo(at - options.pageLength(), false);
        return true;
      case 'expand':
      case 'collapse':
        if (line !== undefined) fold(line, id === 'expand');
        return true;
      case 'select':
        if (line?.kind === 'row' && selectable) toggle(line.id);
        else if (line?.kind === 'group') fold(line, !options.isUnfolded(line));
        return true;
      case 'select_all':
        if (selectable)
          setSelected(new Set(lines.filter(({ kind }) => kind === 'row').map(({ id: row }) => row)));
        return true;
      case 'open':
      case 'open_full':
        if (line !== undefined) options.open(line, id === 'open_full');
        return true;
      default:
        return options.act(id);
    }
  };

  return { activeId, activeIndex, selected, setActiveId, setSelected, toggle, selectRange, moveTo, keyDown };
}

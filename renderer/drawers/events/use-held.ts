import { useRef, useState } from 'react';

/**
 * A list that grows at its top, held still while someone is in it: with the pointer, with the keyboard, or
 * scrolled away from the top. What comes meanwhile waits until it is released.
 * @param rows newest first
 * @param of what is listed; another list begins anew
 */
export function useHeld<T extends { readonly id: number }>(rows: readonly T[], of: string) {
  const [inside, setInside] = useState({ pointer: false, focus: false, scrolled: false });
  const held = inside.pointer || inside.focus || inside.scrolled;
  const top = useRef<{ of: string; id: number | null }>({ of, id: null });
  const [, redraw] = useState(0);
  const newest = rows[0]?.id ?? null;
  if (!held || top.current.of !== of || top.current.id === null) top.current = { of, id: newest };
  const limit = top.current.id;
  const shown = limit === null || limit === newest ? rows : rows.filter(({ id }) => id <= limit);
  const set = (change: Partial<typeof inside>) => setInside((before) => ({ ...before, ...change }));
  return {
    rows: shown,
    waiting: rows.length - shown.length,
    release() {
      top.current = { of, id: newest };
      redraw((count) => count + 1);
    },
    handlers: {
      // Not onPointerEnter: it is not told when what was under the pointer before is gone.
      onPointerMove: () => {
        if (!inside.pointer) set({ pointer: true });
      },
      onPointerLeave: () => set({ pointer: false }),
      onFocusCapture: () => set({ focus: true }),
      onBlurCapture: () => set({ focus: false }),
      onScrollCapture: ({ target }: { target: EventTarget }) => {
        const scrolled = target instanceof Element && target.scrollTop > 0;
        if (scrolled !== inside.scrolled) set({ scrolled });
      },
    },
  };
}

import { useRef, useState } from 'react';

/**
 * A list that grows at its top, held still while someone is in it: by pointer, by keyboard, or scrolled away
 * from the top. What comes meanwhile waits.
 */
export function useHeld<T>(rows: readonly T[], of: string, countNew: (shown: readonly T[]) => number) {
  const [inside, setInside] = useState({ pointer: false, focus: false, scrolled: false });
  const held = inside.pointer || inside.focus || inside.scrolled;
  const shown = useRef({ of, rows });
  const [, redraw] = useState(0);
  const waiting = held && shown.current.of === of ? countNew(shown.current.rows) : 0;
  // What is new waits; anything else, such as older ones asked for, does not move what is there.
  if (waiting === 0 || shown.current.of !== of) shown.current = { of, rows };
  return {
    rows: shown.current.rows,
    waiting,
    release() {
      shown.current = { of, rows };
      redraw((count) => count + 1);
    },
    handlers: {
      onPointerEnter: () => setInside((before) => ({ ...before, pointer: true })),
      onPointerLeave: () => setInside((before) => ({ ...before, pointer: false })),
      onFocusCapture: () => setInside((before) => ({ ...before, focus: true })),
      onBlurCapture: () => setInside((before) => ({ ...before, focus: false })),
      onScrollCapture: (event: { target: EventTarget }) => {
        const scrolled = event.target instanceof Element && event.target.scrollTop > 0;
        setInside((before) => (before.scrolled === scrolled ? before : { ...before, scrolled }));
      },
    },
  };
}

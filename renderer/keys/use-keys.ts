import { useEffect, useRef } from 'react';
import { type KeyId, keyOf } from './keymap.ts';

type Handlers = Partial<Record<KeyId, () => void>>;

/** Acts on keys that work everywhere: not while someone types, except with Ctrl, F-keys and Esc. */
export function useGlobalKeys(handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    // Asked before a dialog hears of the key: Esc closes it, and must not close the drawer behind it as well.
    let inDialog = false;
    const look = () => {
      inDialog = document.querySelector('[role="dialog"][aria-modal="true"]') !== null;
    };
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const typing = isTyping(event.target);
      if (typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey) return;
      // A dialog keeps all keys but the help's to itself.
      if (inDialog && event.key !== 'F1') return;
      const id = keyOf(event, 'everywhere');
      const act = id === null ? undefined : latest.current[id];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', look, true);
    window.addEventListener('keydown', listen);
    return () => {
      window.removeEventListener('keydown', look, true);
      window.removeEventListener('keydown', listen);
    };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    (target as HTMLInputElement).type !== 'checkbox' &&
    (target as HTMLInputElement).type !== 'radio'
  );
}

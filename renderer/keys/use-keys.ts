import { useEffect, useRef } from 'react';
import { type KeyId, keyOf } from './keymap.ts';

type Handlers = Partial<Record<KeyId, () => void>>;

/** Acts on keys that work everywhere: not while someone types, except with Ctrl, F-keys and Esc. */
export function useGlobalKeys(handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const typing = isTyping(event.target);
      if (typing && event.key.length === 1 && !event.ctrlKey && !event.metaKey) return;
      // A dialog keeps all keys but the help's to itself.
      if (document.querySelector('[role="dialog"][aria-modal="true"]') !== null && event.key !== 'F1') return;
      const id = keyOf(event, 'everywhere');
      const act = id === null ? undefined : latest.current[id];
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
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

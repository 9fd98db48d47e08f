import { useCallback, useMemo } from 'react';
import type { z } from 'zod';
import { create } from 'zustand';
import type { Layout, LayoutValue } from '../../shared/model/settings.ts';
import { call } from '../connection/index.ts';

/** Where people put things: widths, orders, filters. The host keeps it, so it survives a restart. */
export const useLayoutStore = create<{ readonly layout: Layout }>(() => ({ layout: {} }));

const SAVE_MS = 500;
const unsaved = new Map<string, ReturnType<typeof setTimeout>>();

/** What the host has; what was changed here and is not saved yet stays. */
export function takeLayout(layout: Layout): void {
  const mine = useLayoutStore.getState().layout;
  const kept = Object.fromEntries([...unsaved.keys()].map((key) => [key, mine[key] ?? null]));
  useLayoutStore.setState({ layout: { ...layout, ...kept } });
}

/** Set a value now and have it saved half a second after its last change. */
export function setLayout(key: string, value: LayoutValue): void {
  useLayoutStore.setState(({ layout }) => ({ layout: { ...layout, [key]: value } }));
  clearTimeout(unsaved.get(key));
  unsaved.set(
    key,
    setTimeout(() => save(key), SAVE_MS),
  );
}

/** Save at once what is not saved yet: the page may be about to go. */
export function saveLayout(): void {
  for (const key of [...unsaved.keys()]) save(key);
}

function save(key: string): void {
  clearTimeout(unsaved.get(key));
  unsaved.delete(key);
  const latest = useLayoutStore.getState().layout[key] ?? null;
  // Without a connection the page keeps its layout while it is open.
  call('layout.set', { key, value: latest }).catch(() => undefined);
}

/**
 * A part of the layout. What is stored is foreign: what does not fit the schema counts as not there.
 * @param fallback must be the same object each time
 */
export function useLayout<T extends LayoutValue>(
  key: string,
  schema: z.ZodType<T>,
  fallback: T,
): [value: T, set: (value: T) => void] {
  const stored = useLayoutStore((state) => state.layout[key]);
  const value = useMemo(() => {
    const parsed = schema.safeParse(stored);
    return parsed.success ? parsed.data : fallback;
  }, [stored, schema, fallback]);
  return [value, useCallback((next: T) => setLayout(key, next), [key])];
}

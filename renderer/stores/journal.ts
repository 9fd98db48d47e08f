import { z } from 'zod';
import { create } from 'zustand';
import type { Event } from '../../shared/model/event.ts';
import { call } from '../connection/index.ts';
import { setLayout, useLayout, useLayoutStore } from './layout.ts';

/** Events kept in the page; older ones are asked for by who shows them (`events.query`). */
export const JOURNAL_LENGTH = 500;
const SEEN_KEY = 'journal.seen';
const Seen = z.number();

/** The newest events, newest first. */
export const useJournalStore = create<{ readonly events: readonly Event[]; readonly ready: boolean }>(() => ({
  events: [],
  ready: false,
}));

/** Events of the host: new ones, and older ones whose count grew. */
export function takeEvents(news: readonly Event[]): void {
  useJournalStore.setState(({ events }) => ({ events: merged(events, news), ready: true }));
}

/** @returns both, each event once and as last told, newest first, the newest JOURNAL_LENGTH */
export function merged(events: readonly Event[], news: readonly Event[]): readonly Event[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  for (const event of news) byId.set(event.id, event);
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, JOURNAL_LENGTH);
}

/** Ask for what happened before, after a connection. */
export async function loadJournal(): Promise<void> {
  const filter = { kind: null, object_id: null, severity: null, text: '', from: null, to: null };
  const { events } = await call('events.query', { filter, before: null, limit: JOURNAL_LENGTH });
  takeEvents(events);
}

export function useJournal(): readonly Event[] {
  return useJournalStore((state) => state.events);
}

/** Events since the Activity page was last looked at. */
export function useUnseen(): { readonly count: number; readonly worst: Event['severity'] | null } {
  const [seen] = useLayout(SEEN_KEY, Seen, 0);
  const events = useJournalStore((state) => state.events);
  let count = 0;
  let worst: Event['severity'] | null = null;
  for (const { id, severity } of events) {
    if (id <= seen) break;
    count++;
    if (worst === null || RANK[severity] > RANK[worst]) worst = severity;
  }
  return { count, worst };
}
const RANK = { info: 0, warning: 1, error: 2 } as const;

/** Everything there is has been seen. */
export function markSeen(): void {
  const newest = useJournalStore.getState().events[0]?.id ?? 0;
  if (newest > Seen.catch(0).parse(useLayoutStore.getState().layout[SEEN_KEY])) setLayout(SEEN_KEY, newest);
}

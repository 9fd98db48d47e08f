import type { Event } from '../../../shared/model/event.ts';

type Needed = 'severity' | 'kind' | 'object' | 'object_id' | 'text' | 'actor';
type Optional = 'from' | 'to' | 'duration_ms' | 'cause' | 'notify';

/** What is told of an event by whoever saw it. What is left out is null, and no notification. */
export type NewEvent = Pick<Event, Needed> & Partial<Pick<Event, Optional>>;

/** Texts may come from peers: longer ones are cut. */
const MAX_TEXT = 1000;
const MAX_NAME = 512;

/** The event as it is kept. */
export function complete(entry: NewEvent, id: number, at: number): Event {
  return {
    id,
    at,
    severity: entry.severity,
    kind: entry.kind,
    object: cut(entry.object, MAX_NAME),
    object_id: cut(entry.object_id, MAX_NAME),
    text: cut(entry.text, MAX_TEXT),
    from: cutOrNull(entry.from, MAX_NAME),
    to: cutOrNull(entry.to, MAX_NAME),
    duration_ms: entry.duration_ms ?? null,
    cause: cutOrNull(entry.cause, MAX_TEXT),
    actor: entry.actor,
    count: 1,
    last_at: at,
    notify: entry.notify ?? false,
  };
}

/**
 * Equal events have equal stems: the same happened to the same object. What changed tells what happened; where
 * nothing is said to have changed, the sentence does, whatever the numbers in it.
 */
export function stemOf({ kind, object, object_id, severity, from, to, text }: Event): string {
  const what = from === null && to === null ? text.replace(/\d+/g, '#') : '';
  return JSON.stringify([kind, object_id, object, severity, from, to, what]);
}

function cutOrNull(text: string | null | undefined, length: number): string | null {
  return text === null || text === undefined ? null : cut(text, length);
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

import type { EventFilter } from '../../../shared/contract.ts';
import { type Event, Severity } from '../../../shared/model/event.ts';

/** Everything. */
export const ANY_EVENT: EventFilter = {
  kind: null,
  object_id: null,
  severity: null,
  text: '',
  from: null,
  to: null,
};

/** Does an event pass? As `events.query` of the host judges. */
export function matchesEvent(event: Event, filter: EventFilter): boolean {
  const { kind, object_id, severity, from, to } = filter;
  const text = filter.text.toLowerCase();
  const holds = (field: string | null) => field?.toLowerCase().includes(text) === true;
  return (
    (kind === null || event.kind === kind) &&
    (object_id === null || event.object_id === object_id) &&
    (severity === null || rank(event.severity) >= rank(severity)) &&
    (from === null || event.last_at >= from) &&
    (to === null || event.at <= to) &&
    (text === '' || holds(event.text) || holds(event.object) || holds(event.cause))
  );
}

const rank = (severity: Severity) => Severity.options.indexOf(severity);

/**
 * Events asked for, with what happened since: each once and as last told, newest first.
 * @param asked newest first, all of the filter
 * @param live the newest of all events
 */
export function withLive(
  asked: readonly Event[],
  live: readonly Event[],
  filter: EventFilter,
): readonly Event[] {
  const newest = asked[0]?.id ?? 0;
  const byId = new Map(asked.map((event) => [event.id, event]));
  let changed = false;
  for (const event of live) {
    if (byId.get(event.id) === event || !(byId.has(event.id) || event.id > newest)) continue;
    if (!matchesEvent(event, filter)) continue;
    byId.set(event.id, event);
    changed = true;
  }
  return changed ? [...byId.values()].sort((a, b) => b.id - a.id) : asked;
}

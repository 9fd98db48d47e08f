import type { Event } from '../../../shared/model/event.ts';
import { stemOf } from './new-event.ts';

/** Equal events closer than this belong together, ms. */
const NEAR_MS = 10 * 60_000;
/** Kinds of events remembered at most: of more than these within ten minutes the oldest are told anew. */
const MAX_STEMS = 10_000;

interface Row {
  /** How many of its kind there were, each near the one before. */
  readonly seen: number;
  /** What the last of them is kept as. */
  readonly event: Event;
}

/**
 * Finds events that repeat. Two equal ones are told one by one; from the third on, each within ten minutes of
 * the last, they are one event that grows: a path that flaps is one line, not a hundred.
 */
export class Repeats {
  /** By stem, those longest ago first. */
  readonly #rows = new Map<string, Row>();

  /** @returns the event to be kept: the one given, or an earlier one that has grown */
  take(event: Event): Event {
    const stem = stemOf(event);
    const before = this.#rows.get(stem);
    this.#rows.delete(stem);
    const row = follow(before, event);
    this.#rows.set(stem, row);
    this.#dropOld(event.at);
    return row.event;
  }

  #dropOld(now: number): void {
    for (const [stem, { event }] of this.#rows) {
      if (this.#rows.size <= MAX_STEMS && now - event.last_at <= NEAR_MS) return;
      this.#rows.delete(stem);
    }
  }
}

function follow(before: Row | undefined, event: Event): Row {
  if (before === undefined || event.at - before.event.last_at > NEAR_MS) return { seen: 1, event };
  const seen = before.seen + 1;
  if (seen <= 3) return { seen, event };
  const last_at = Math.max(event.at, before.event.last_at);
  return { seen, event: { ...before.event, count: before.event.count + 1, last_at } };
}

import type { Event } from '../../../shared/model/event.ts';
import { stemOf } from './new-event.ts';

/** Equal events closer than this belong together, ms. */
const NEAR_MS = 10 * 60_000;
/** Stems looked at before those too old are dropped. */
const TIDY_AT = 4096;

interface Series {
  /** How many in a row there were. */
  seen: number;
  /** The last of them. */
  event: Event;
}

/**
 * Finds events that repeat. Two equal ones are told one by one; from the third on, each within ten minutes of
 * the last, they are one event that grows: a path that flaps is one line, not a hundred.
 */
export class Repeats {
  readonly #series = new Map<string, Series>();

  /** @returns the event to be kept: the one given, or an earlier one that has grown */
  take(event: Event): Event {
    const stem = stemOf(event);
    const series = this.#series.get(stem);
    if (series === undefined || event.at - series.event.last_at > NEAR_MS) {
      this.#series.set(stem, { seen: 1, event });
      this.#tidy(event.at);
      return event;
    }
    series.seen++;
    series.event =
      series.seen <= 3
        ? event
        : {
            ...series.event,
            count: series.event.count + 1,
            last_at: Math.max(event.at, series.event.last_at),
          };
    return series.event;
  }

  #tidy(now: number): void {
    if (this.#series.size < TIDY_AT) return;
    for (const [stem, { event }] of this.#series) {
      if (now - event.last_at > NEAR_MS) this.#series.delete(stem);
    }
  }
}

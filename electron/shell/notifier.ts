import type { Event } from '../../shared/model/event.ts';
import type { Settings } from '../../shared/model/settings.ts';
import { type Show, showObject } from './pages.ts';

/** A state must last this long before people hear of it. */
export const SETTLE_MS = 5_000;
/** While an object keeps changing, people hear of it no more often than this, and no later. */
export const FLAP_MS = 60_000;
/** So many changes without rest are told even where all is as it was. */
export const FLAP_CHANGES = 4;
/** Objects remembered: those told of longest ago are forgotten. */
const MAX_OBJECTS = 2_000;

/** Time, so that tests need not wait. */
export interface Clock {
  /** Milliseconds that only grow. */
  now(): number;
  /** @returns cancels it */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export interface Notice {
  readonly title: string;
  readonly body: string;
  /** What to show when it is clicked. */
  readonly show: Show;
}

type Change = Pick<
  Event,
  'kind' | 'object' | 'object_id' | 'severity' | 'text' | 'from' | 'to' | 'notify' | 'count'
>;

/** What is known of one object: the state people last know of, and what has changed since. */
interface Watched {
  known: string | null;
  told: { at: number; severity: Change['severity'] } | null;
  changes: number;
  firstAt: number;
  last: Change | null;
  cancel: (() => void) | null;
}

/**
 * Makes notifications from events: a change is told once it has lasted, changes back and forth are told as
 * one or, where all is as it was, not at all.
 */
export class Notifier {
  readonly #tell: (notice: Notice) => void;
  readonly #wanted: () => Settings['notifications'];
  readonly #clock: Clock;
  readonly #objects = new Map<string, Watched>();

  /**
   * @param tell shows a notification
   * @param wanted the setting, as it is when there is something to tell
   */
  constructor(tell: (notice: Notice) => void, wanted: () => Settings['notifications'], clock: Clock) {
    this.#tell = tell;
    this.#wanted = wanted;
    this.#clock = clock;
  }

  hear(events: readonly Change[]): void {
    for (const event of events) if (event.notify) this.#changed(event);
  }

  /** Nothing is told any more. */
  close(): void {
    for (const object of this.#objects.values()) object.cancel?.();
    this.#objects.clear();
  }

  #changed(event: Change): void {
    const key = `${event.kind}:${event.object_id}`;
    const object = this.#objects.get(key) ?? {
      known: event.from,
      told: null,
      changes: 0,
      firstAt: 0,
      last: null,
      cancel: null,
    };
    // Set anew, so that the map's order is that of the last change.
    this.#objects.delete(key);
    this.#objects.set(key, object);
    const now = this.#clock.now();
    if (object.changes === 0) object.firstAt = now;
    // An event whose count grew comes again; each coming is one change.
    object.changes++;
    object.last = event;
    object.cancel?.();
    object.cancel = this.#clock.after(waitFor(object, event, now), () => this.#settled(object));
    this.#forgetOldest();
  }

  #settled(object: Watched): void {
    const { last, known, changes, firstAt } = object;
    object.cancel = null;
    object.changes = 0;
    if (last === null) return;
    const now = this.#clock.now();
    const asItWas = last.to === known;
    object.known = last.to;
    // A blip is over before anyone could act; one that keeps coming back is worth knowing.
    const flapping = changes >= FLAP_CHANGES;
    if (asItWas && !flapping) return;
    const wanted = this.#wanted();
    if (wanted === 'off' || (wanted === 'problems' && last.severity === 'info' && !flapping)) return;
    object.told = { at: now, severity: last.severity };
    const seconds = Math.round((now - firstAt) / 1000);
    const body = flapping ? `${last.text} (flapping: ${changes} changes in ${seconds} s)` : last.text;
    this.#tell({ title: last.object, body, show: showObject(last) });
  }

  #forgetOldest(): void {
    if (this.#objects.size <= MAX_OBJECTS) return;
    for (const [key, object] of this.#objects) {
      if (object.cancel !== null) continue;
      this.#objects.delete(key);
      return;
    }
  }
}

const RANK = { info: 0, warning: 1, error: 2 } as const;

/** How long to wait for a change to last. What is worse than people know is not held back. */
function waitFor({ told, firstAt }: Watched, { severity }: Change, now: number): number {
  const quiet = told !== null && RANK[severity] <= RANK[told.severity] ? told.at + FLAP_MS - now : 0;
  const longest = firstAt + FLAP_MS - now;
  return Math.max(0, Math.min(Math.max(SETTLE_MS, quiet), longest));
}

import type { EventFilter } from '../../../shared/contract.ts';
import { type Event, Severity } from '../../../shared/model/event.ts';
import type { Log } from '../log.ts';
import { EventFile } from './event-file.ts';
import { complete, type NewEvent } from './new-event.ts';
import { Repeats } from './repeats.ts';

export type { NewEvent } from './new-event.ts';

/** Told of events that are new or grew, each as it is now. */
export type EventListener = (events: readonly Event[]) => void;

/** Events are told and written together, ms. */
const BATCH_MS = 100;
/** An event that grows is written again after this time at the latest, ms. */
const GROWTH_MS = 60_000;

export interface JournalOptions {
  /** The time, ms since 1970. */
  readonly now?: () => number;
}

/**
 * What happened, the last 8 MiB of it: some twenty thousand events, in memory and in two files
 * directory. Where they cannot be written there are still those in memory.
 */
export class Journal {
  readonly #file: EventFile;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #repeats = new Repeats();
  readonly #listeners = new Set<EventListener>();
  /** By id, as in the two files. */
  #older: Map<number, Event>;
  #newer: Map<number, Event>;
  #nextId: number;
  /** Since the last batch: what is new or grew, and which of them are to be written. */
  readonly #changed = new Map<number, Event>();
  readonly #toWrite = new Set<number>();
  /** Grew a little since they were written. */
  readonly #grown = new Set<number>();
  #batchTimer: NodeJS.Timeout | undefined;
  #growthTimer: NodeJS.Timeout | undefined;

  /** @param directory of the files; made if it is not there */
  static open(directory: string, log: Log, options: JournalOptions = {}): Journal {
    return new Journal(new EventFile(directory, log), log, options.now ?? Date.now);
  }

  private constructor(file: EventFile, log: Log, now: () => number) {
    const { older, newer } = file.load();
    this.#file = file;
    this.#log = log;
    this.#now = now;
    this.#newer = new Map(newer.map((event) => [event.id, event]));
    this.#older = new Map(older.filter(({ id }) => !this.#newer.has(id)).map((event) => [event.id, event]));
    this.#nextId = Math.max(0, ...this.#newer.keys(), ...this.#older.keys()) + 1;
  }

  /** Take note of an event. @returns it as it is kept: one that repeats is an earlier one that has grown */
  add(entry: NewEvent): Event {
    const event = this.#repeats.take(complete(entry, this.#nextId, this.#now()));
    if (event.id === this.#nextId) this.#nextId++;
    this.#older.delete(event.id);
    this.#newer.set(event.id, event);
    this.#changed.set(event.id, event);
    if (hasDoubled(event.count)) {
      this.#toWrite.add(event.id);
    } else {
      this.#grown.add(event.id);
      this.#growthTimer ??= setTimeout(() => this.#writeGrown(), GROWTH_MS).unref();
    }
    this.#batchTimer ??= setTimeout(() => this.#batch(), BATCH_MS).unref();
    return event;
  }

  /**
   * Look for events, newest first.
   * @param before only those with a smaller id; null: all
   * @param limit at most so many; `more` tells whether there are others
   */
  query(filter: EventFilter, before: number | null, limit: number): { events: Event[]; more: boolean } {
    const matches = matcherOf(filter);
    const newestFirst = [...this.#older.values(), ...this.#newer.values()].sort((a, b) => b.id - a.id);
    const events: Event[] = [];
    for (const event of newestFirst) {
      if ((before !== null && event.id >= before) || !matches(event)) continue;
      if (events.length === limit) return { events, more: true };
      events.push(event);
    }
    return { events, more: false };
  }

  /** Hear of events that are new or grew, at most every 100 ms. @returns a disposer */
  onEvents(listener: EventListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tell and write what is not yet told or written. */
  async close(): Promise<void> {
    this.#writeGrown();
    await this.#file.write();
    this.#listeners.clear();
  }

  #batch(): void {
    clearTimeout(this.#batchTimer);
    this.#batchTimer = undefined;
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    for (const id of this.#toWrite) this.#write(id);
    this.#toWrite.clear();
    void this.#file.write();
    if (changed.length > 0) this.#tell(changed);
  }

  #write(id: number): void {
    const event = this.#newer.get(id) ?? this.#older.get(id);
    if (event === undefined) return;
    this.#grown.delete(id);
    this.#toWrite.delete(id);
    if (this.#file.add(event)) this.#turnOver();
    // Also what of this batch was taken for older just now.
    this.#older.delete(id);
    this.#newer.set(id, event);
  }

  /** The files turned over. What has yet to be written is not given up with the file its last line is in. */
  #turnOver(): void {
    const gone = this.#older;
    this.#older = this.#newer;
    this.#newer = new Map();
    for (const id of [...this.#toWrite, ...this.#grown]) {
      const event = this.#older.get(id) ?? gone.get(id);
      if (event === undefined) continue;
      this.#older.delete(id);
      this.#newer.set(id, event);
    }
  }

  #writeGrown(): void {
    clearTimeout(this.#growthTimer);
    this.#growthTimer = undefined;
    for (const id of this.#grown) this.#toWrite.add(id);
    this.#batch();
  }

  #tell(events: readonly Event[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(events);
      } catch (error) {
        this.#log.error(error, 'a listener of the journal failed');
      }
    }
  }
}

/**
 * An event that grows every second must not push all others out of the files: it is written when it has
 * doubled, and else with the others once a minute.
 */
function hasDoubled(count: number): boolean {
  return (count & (count - 1)) === 0;
}

function matcherOf(filter: EventFilter): (event: Event) => boolean {
  const { kind, object_id, severity, from, to } = filter;
  const text = filter.text.toLowerCase();
  const rank = (one: Severity): number => Severity.options.indexOf(one);
  const holds = (field: string | null): boolean => field?.toLowerCase().includes(text) === true;
  return (event) =>
    (kind === null || event.kind === kind) &&
    (object_id === null || event.object_id === object_id) &&
    (severity === null || rank(event.severity) >= rank(severity)) &&
    (from === null || event.last_at >= from) &&
    (to === null || event.at <= to) &&
    (text === '' || holds(event.text) || holds(event.object) || holds(event.cause));
}

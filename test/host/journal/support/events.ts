import type { TestContext } from 'node:test';
import { Journal } from '../../../../electron/host/journal/journal.ts';
import type { NewEvent } from '../../../../electron/host/journal/new-event.ts';
import type { EventFilter } from '../../../../shared/contract.ts';
import { Event } from '../../../../shared/model/event.ts';
import { temporaryFolder } from '../../../media/folder.ts';
import { collectedLog } from '../../support/log.ts';

export const MINUTE = 60_000;

const EVERYTHING: EventFilter = {
  kind: null,
  object_id: null,
  severity: null,
  text: '',
  from: null,
  to: null,
};

export function event(change: Partial<NewEvent> = {}): NewEvent {
  return {
    severity: 'info',
    kind: 'unit',
    object: 'xa0',
    object_id: 'xa0',
    text: 'xa0 attached: disk7',
    actor: 'you',
    ...change,
  };
}

/** A journal whose time stands still unless it is told. */
export class TestJournal {
  readonly directory: string;
  readonly lines: string[];
  readonly journal: Journal;
  now = 1_790_000_000_000;

  constructor(t: TestContext, directory = temporaryFolder(t)) {
    const { log, lines } = collectedLog();
    this.directory = directory;
    this.lines = lines;
    this.journal = Journal.open(directory, log, { now: () => this.now });
    t.after(() => this.journal.close());
  }

  add(change: Partial<NewEvent> = {}): Event {
    return Event.parse(this.journal.add(event(change)));
  }

  /** Newest first. */
  query(filter: Partial<EventFilter> = {}, before: number | null = null, limit = 1000) {
    return this.journal.query({ ...EVERYTHING, ...filter }, before, limit);
  }

  /** Everything there is, newest first. */
  all(): Event[] {
    return this.query({}, null, 1_000_000).events;
  }
}

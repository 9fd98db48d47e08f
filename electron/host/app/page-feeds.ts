import type { EventName, Payload } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { PageSession } from '../api/page-session.ts';
import { PageFeed, type Watch } from './page-feed.ts';
import type { Sample } from './sampler.ts';
import type { Changes, Tables } from './tables.ts';

/** The pages that are connected, and what each of them shows. */
export class PageFeeds {
  readonly #tables: Tables;
  readonly #feeds = new Map<PageSession, PageFeed>();
  readonly #newest: () => Sample | undefined;

  /** @param newest the newest sample, for rows that come into sight between two */
  constructor(tables: Tables, newest: () => Sample | undefined) {
    this.#tables = tables;
    this.#newest = newest;
  }

  add(session: PageSession): void {
    this.#feeds.set(session, new PageFeed(session, this.#tables));
  }
  remove(session: PageSession): void {
    this.#feeds.delete(session);
  }

  watched(session: PageSession, watch: Watch): void {
    this.#feeds.get(session)?.watched(watch, this.#newest());
  }

  /** Keys whose distribution of latencies some page shows. */
  get latencyKeys(): Set<string> {
    return new Set([...this.#feeds.values()].flatMap(({ watch }) => (watch.visible ? watch.latency : [])));
  }

  changed(changes: Changes): void {
    for (const feed of this.#feeds.values()) feed.changed(changes);
  }
  happened(events: readonly Event[]): void {
    for (const feed of this.#feeds.values()) feed.happened(events);
  }
  sampled(sample: Sample): void {
    for (const feed of this.#feeds.values()) feed.sampled(sample);
  }
  broadcast<E extends EventName>(event: E, payload: Payload<E>): void {
    for (const session of this.#feeds.keys()) session.emit(event, payload);
  }

  close(): void {
    for (const session of [...this.#feeds.keys()]) session.close();
  }
}

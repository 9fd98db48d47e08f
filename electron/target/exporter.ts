import type { Link, LinkUser } from '../dmsg/link.ts';
import type { LinkError } from '../dmsg/link-error.ts';
import type { Transaction } from '../dmsg/transaction.ts';
import type { Export } from './export.ts';
import { LOAD_DEFAULTS, Load, type LoadLimits } from './load.ts';

/** What an exporter tells its host. */
export interface ExporterEvents {
  linkUp?(link: Link): void;
  linkDown?(link: Link, error: LinkError): void;
  /** A link wrote an export its key may only read. */
  writeRefused?(item: Export, link: Link): void;
}

/** Offers a set of exports on every link it is given. */
export class Exporter implements LinkUser {
  readonly #exports = new Set<Export>();
  readonly #events: ExporterEvents;
  readonly #limits: LoadLimits;
  /** The spans offered on each link that is up, and what the link has under way. */
  readonly #links = new Map<Link, { load: Load; spans: Map<Export, Transaction> }>();

  constructor(events: ExporterEvents = {}, limits: LoadLimits = LOAD_DEFAULTS) {
    this.#events = events;
    this.#limits = limits;
  }

  get exports(): ReadonlySet<Export> {
    return this.#exports;
  }
  /** Links that are up. */
  get links(): Link[] {
    return [...this.#links.keys()];
  }

  /** Offer an export on all links, present and future. */
  add(item: Export): void {
    this.#exports.add(item);
    item.onWriteRefused = (link) => this.#events.writeRefused?.(item, link);
    for (const link of this.#links.keys()) this.#offer(link, item);
  }

  /** After its allow-list was set: withdraw it where it may not be seen any more, offer it where it may. */
  reoffer(item: Export): void {
    if (!this.#exports.has(item)) return;
    for (const [link, { spans }] of this.#links) {
      const span = spans.get(item);
      if (span === undefined) this.#offer(link, item);
      else if (item.accessOf(link) === 'none') {
        spans.delete(item);
        link.mux.end(span);
      }
    }
  }

  /** Withdraw an export: refuse new requests, finish the accepted ones, end sessions and spans. */
  async remove(item: Export): Promise<void> {
    if (!this.#exports.delete(item)) return;
    await item.offline();
    item.endSessions();
    for (const [link, { spans }] of this.#links) {
      const span = spans.get(item);
      if (span !== undefined) link.mux.end(span);
      spans.delete(item);
    }
    await item.leave();
  }

  /** Withdraw everything in order and close all links. */
  async close(): Promise<void> {
    await Promise.all([...this.#exports].map((item) => this.remove(item)));
    for (const link of [...this.#links.keys()]) link.close();
  }

  // LinkUser.

  up(link: Link): void {
    this.#links.set(link, { load: new Load(link, this.#limits), spans: new Map() });
    for (const item of this.#exports) this.#offer(link, item);
    this.#events.linkUp?.(link);
  }

  /** An exporter asks for no spans, and needs none. */
  spanOffered(): null {
    return null;
  }

  progress(link: Link): void {
    this.#links.get(link)?.load.proceed();
  }

  down(link: Link, error: LinkError): void {
    this.#links.delete(link);
    this.#events.linkDown?.(link, error);
  }

  #offer(link: Link, item: Export): void {
    const entry = this.#links.get(link);
    const { span } = item;
    if (entry === undefined || item.accessOf(link) === 'none' || !link.wants(span)) return;
    entry.spans.set(item, link.offer(span, item.spanHandler(link, entry.load)));
  }
}

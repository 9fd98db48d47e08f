import { randomInt } from 'node:crypto';
import { MAX_DISTANCE } from '../dmsg/constants.ts';
import type { Link, LinkUser } from '../dmsg/link.ts';
import type { LinkError } from '../dmsg/link-error.ts';
import type { Message } from '../dmsg/message.ts';
import type { Span } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import type { Flow } from './flow.ts';
import { Relay } from './relay.ts';
import { Source } from './source.ts';

/** What a router tells its host. */
export interface RouterEvents {
  linkUp?(link: Link): void;
  linkDown?(link: Link, error: LinkError): void;
  spanAdded?(source: Source): void;
  spanRemoved?(source: Source): void;
}

/** A node's disk: the ways it is offered here, and where it is offered on. */
interface Node {
  readonly sources: Source[];
  readonly relays: Map<Link, Relay>;
}

/** What is offered on a link: no more than we would take from it. */
interface Offers {
  count: number;
  /** Nodes there was no room for. */
  readonly waiting: Set<Node>;
}

/**
 * Relays every span it is offered to every other link that wants it, as the cluster controller does
 * (libdmsg, dmsg_relay): of several ways to one node's disk the nearest, once per link.
 */
export class Router implements LinkUser {
  readonly #events: RouterEvents;
  readonly #links = new Map<Link, Offers>();
  readonly #nodes = new Map<string, Node>();
  /** Relays whose client is not read because something waits. */
  readonly #paused = new Set<Flow>();
  /** Added to what is relayed, so that clients of several routers spread over them. */
  readonly #rnss = randomInt(1 << 16);

  constructor(events: RouterEvents = {}) {
    this.#events = events;
  }

  get links(): Link[] {
    return [...this.#links.keys()];
  }
  /** The spans offered here. */
  get sources(): Source[] {
    return [...this.#nodes.values()].flatMap((node) => node.sources);
  }

  /** Withdraw everything in order and close all links. */
  close(): void {
    for (const link of this.#links.keys()) link.close();
  }

  // LinkUser.

  up(link: Link): void {
    this.#links.set(link, { count: 0, waiting: new Set() });
    for (const node of this.#nodes.values()) this.#relay(node, link);
    this.#events.linkUp?.(link);
  }

  spanOffered(link: Link, span: Span, transaction: Transaction, message: Message): TransactionHandler | null {
    const source = new Source(link, span, transaction, message);
    const node: Node = this.#nodes.get(source.node) ?? { sources: [], relays: new Map() };
    this.#nodes.set(source.node, node);
    node.sources.push(source);
    node.sources.sort((a, b) => a.span.distance - b.span.distance || a.span.rnss - b.span.rnss);
    for (const other of this.#links.keys()) this.#relay(node, other);
    this.#events.spanAdded?.(source);
    return {
      message: (ended) => {
        if (!ended.rxClosed) return;
        link.mux.end(ended);
        this.#sourceGone(source, node);
      },
      lost: () => this.#sourceGone(source, node),
      // A source opens nothing on its own span: there would be no telling for whom.
    };
  }

  progress(): void {
    for (const flow of this.#paused) flow.proceed();
  }

  down(link: Link, error: LinkError): void {
    this.#links.delete(link);
    for (const node of this.#nodes.values()) node.relays.delete(link);
    this.progress();
    this.#events.linkDown?.(link, error);
  }

  #sourceGone(source: Source, node: Node): void {
    const at = node.sources.indexOf(source);
    if (at < 0) return;
    node.sources.splice(at, 1);
    if (node.sources.length === 0) this.#nodes.delete(source.node);
    for (const [link, relay] of [...node.relays]) {
      if (relay.source !== source) continue;
      this.#end(node, link, relay);
      this.#relay(node, link);
      this.#relayWaiting(link);
    }
    this.#events.spanRemoved?.(source);
  }

  /** Offer the best way to a node's disk on a link, unless what is offered there is as good or in use. */
  #relay(node: Node, link: Link): void {
    const offers = this.#links.get(link);
    const best = node.sources.find(
      ({ link: from, span }) => from !== link && from.state !== 'down' && span.distance < MAX_DISTANCE,
    );
    if (offers === undefined || best === undefined || link.state !== 'up' || !link.wants(best.span)) return;
    const present = node.relays.get(link);
    if (present !== undefined) {
      if (present.inUse || present.source.span.distance <= best.span.distance) return;
      this.#end(node, link, present);
    }
    if (offers.count >= link.limits.spans) {
      offers.waiting.add(node);
      return;
    }
    offers.count++;
    node.relays.set(link, new Relay(best, link, this.#rnss, this.#paused));
  }

  /** Offer what there was no room for, as far as there is now. */
  #relayWaiting(link: Link): void {
    const offers = this.#links.get(link);
    if (offers === undefined) return;
    for (const node of offers.waiting) {
      if (offers.count >= link.limits.spans) return;
      offers.waiting.delete(node);
      this.#relay(node, link);
    }
  }

  #end(node: Node, link: Link, relay: Relay): void {
    node.relays.delete(link);
    const offers = this.#links.get(link);
    if (offers !== undefined) offers.count--;
    relay.end();
  }
}

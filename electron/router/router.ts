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

/** Spans one link may offer; those beyond are refused. */
const MAX_SPANS_PER_LINK = 4096;

/**
 * Relays every span it is offered to every other link that wants it, as the cluster controller does
 * (libdmsg, dmsg_relay): of several ways to one node's disk the nearest, once per link.
 */
export class Router implements LinkUser {
  readonly #events: RouterEvents;
  readonly #links = new Set<Link>();
  readonly #nodes = new Map<string, Node>();
  readonly #spansOfLink = new Map<Link, number>();
  /** Relays whose client is not read because something waits. */
  readonly #paused = new Set<Flow>();
  /** Added to what is relayed, so that clients of several routers spread over them. */
  readonly #rnss = randomInt(1 << 16);

  constructor(events: RouterEvents = {}) {
    this.#events = events;
  }

  get links(): Link[] {
    return [...this.#links];
  }
  /** The spans offered here. */
  get sources(): Source[] {
    return [...this.#nodes.values()].flatMap((node) => node.sources);
  }

  /** Withdraw everything in order and close all links. */
  close(): void {
    for (const link of this.#links) link.close();
  }

  // LinkUser.

  up(link: Link): void {
    this.#links.add(link);
    for (const node of this.#nodes.values()) this.#relay(node, link);
    this.#events.linkUp?.(link);
  }

  spanOffered(link: Link, span: Span, transaction: Transaction, message: Message): TransactionHandler | null {
    const count = this.#spansOfLink.get(link) ?? 0;
    if (count >= MAX_SPANS_PER_LINK) return null;
    this.#spansOfLink.set(link, count + 1);
    const source = new Source(link, span, transaction, message);
    const node: Node = this.#nodes.get(source.node) ?? { sources: [], relays: new Map() };
    this.#nodes.set(source.node, node);
    node.sources.push(source);
    node.sources.sort((a, b) => a.span.distance - b.span.distance || a.span.rnss - b.span.rnss);
    for (const other of this.#links) this.#relay(node, other);
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
    this.#spansOfLink.delete(link);
    for (const node of this.#nodes.values()) node.relays.delete(link);
    this.progress();
    this.#events.linkDown?.(link, error);
  }

  #sourceGone(source: Source, node: Node): void {
    const at = node.sources.indexOf(source);
    if (at < 0) return;
    node.sources.splice(at, 1);
    this.#spansOfLink.set(source.link, (this.#spansOfLink.get(source.link) ?? 1) - 1);
    if (node.sources.length === 0) this.#nodes.delete(source.node);
    for (const [link, relay] of [...node.relays]) {
      if (relay.source !== source) continue;
      node.relays.delete(link);
      relay.end();
      this.#relay(node, link);
    }
    this.#events.spanRemoved?.(source);
  }

  /** Offer the best way to a node's disk on a link, unless what is offered there is as good or in use. */
  #relay(node: Node, link: Link): void {
    const best = node.sources.find(
      ({ link: from, span }) => from !== link && from.state !== 'down' && span.distance < MAX_DISTANCE,
    );
    if (best === undefined || link.state !== 'up' || !link.wants(best.span)) return;
    const present = node.relays.get(link);
    if (present !== undefined) {
      if (present.inUse || present.source.span.distance <= best.span.distance) return;
      present.end();
    }
    node.relays.set(link, new Relay(best, link, this.#rnss, this.#paused));
  }
}

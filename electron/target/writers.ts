import type { Link } from '../dmsg/link.ts';
import { randomUuid } from '../dmsg/link-options.ts';
import type { Opening, WriterLimit } from './siblings.ts';

/** Of a client without a name of its own: DragonFly's. Behind a router several of these look like one. */
const linkClients = new WeakMap<Link, string>();

/** What a link's clients without a fence are called: 32 hexadecimal digits. */
export function clientOf(link: Link): string {
  const known = linkClients.get(link);
  if (known !== undefined) return known;
  const client = randomUuid();
  linkClients.set(link, client);
  return client;
}

/**
 * A client's right to write: from before it is let in, so that nobody else is meanwhile, until nothing of it can
 * change the medium any more.
 */
export class Claim {
  readonly client: string;
  /** The client is in. */
  isGranted = false;
  /** A client at a sibling came first while this one was waiting: it is not to be let in. */
  isLost = false;

  constructor(client: string) {
    this.client = client;
  }
}

/**
 * Who may change a medium: one client at a time, because two hosts that mount one file system destroy it, or as
 * many as come. Looked at with each open, never with a command.
 */
export class Writers {
  limit: WriterLimit;
  readonly #claims = new Set<Claim>();

  constructor(limit: WriterLimit) {
    this.limit = limit;
  }

  /** Whether a client could write beside those who do here, or are about to. Its own older opens are not in its way. */
  isFreeFor(client: string): boolean {
    return this.limit === 'many' || this.#others(client).length === 0;
  }

  /** Claim the right for a client, before the siblings are asked; undefined: another one has it. */
  claim(client: string): Claim | undefined {
    if (!this.isFreeFor(client)) return undefined;
    const claim = new Claim(client);
    this.#claims.add(claim);
    return claim;
  }

  release(claim: Claim): void {
    this.#claims.delete(claim);
  }

  /**
   * A client opens at a sibling, which has claimed the right there. Of two that are about to be let in at the same
   * time the lower one wins: each is asked about by the sibling of the other, and both sides judge alike.
   * @returns whether it may write as far as this exporter is concerned
   */
  letPass({ client, act, limit }: Opening): boolean {
    if (act === 'read' || (limit === 'many' && this.limit === 'many')) return true;
    const others = this.#others(client);
    if (act === 'look') return others.length === 0;
    if (others.some((other) => other.isGranted || other.client < client)) return false;
    for (const other of others) other.isLost = true;
    return true;
  }

  #others(client: string): Claim[] {
    return [...this.#claims].filter((claim) => claim.client !== client && !claim.isLost);
  }
}

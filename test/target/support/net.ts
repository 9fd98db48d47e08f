import assert from 'node:assert/strict';
import type { Conn } from '../../../electron/dmsg/conn.ts';
import type { DialectChoice } from '../../../electron/dmsg/dialect.ts';
import { Link, type LinkUser } from '../../../electron/dmsg/link.ts';
import { LinkError } from '../../../electron/dmsg/link-error.ts';
import { LINK_DEFAULTS, type LinkOptions } from '../../../electron/dmsg/link-options.ts';
import type { Address } from '../../../electron/stream/address.ts';
import { connect } from '../../../electron/stream/connect.ts';
import { type Listener, listen } from '../../../electron/stream/listen.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import { until } from '../../block/support/until.ts';
import type { After } from '../../e2e/support/ends.ts';
import { heldBlocks } from '../../stream/support/block-count.ts';

export const LOCAL: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };

/** Our LNK_CONN and the peer's: what an otherwise idle link has open. */
export const IDLE_TRANSACTIONS = 2;

/** All links of a test, on real sockets; after it they are cut, and no block of memory may be missing. */
export class Net {
  readonly #links = new Set<Link>();
  readonly #listeners: Listener[] = [];
  readonly #heldBefore = heldBlocks();

  constructor(test: After) {
    test.after(() => this.close());
  }

  /** Accept links for a user. */
  async listen(
    user: LinkUser,
    conn: Conn,
    dialect: DialectChoice = 'auto',
    options: Partial<LinkOptions> = {},
  ): Promise<Address> {
    const listener = await listen(LOCAL, (stream) => {
      const full: LinkOptions = {
        ...LINK_DEFAULTS,
        limits: USUAL_LIMITS,
        ...options,
        dialect,
        conn,
        side: 'listener',
      };
      this.#add(new Link(stream, full, this.#watched(user)));
    });
    this.#listeners.push(listener);
    return listener.address;
  }

  /** Open a link for a user; it is up when this returns. */
  async dial(
    address: Address,
    user: LinkUser,
    conn: Conn,
    dialect: DialectChoice = 'auto',
    options: Partial<LinkOptions> = {},
  ): Promise<Link> {
    const stream = await connect(address);
    const full: LinkOptions = {
      ...LINK_DEFAULTS,
      limits: USUAL_LIMITS,
      ...options,
      dialect,
      conn,
      side: 'dialer',
    };
    const link = this.#add(new Link(stream, full, this.#watched(user)));
    await until(() => link.state !== 'handshake', 'the introductions');
    assert.equal(link.state, 'up');
    return link;
  }

  /** Cut everything. */
  async close(): Promise<void> {
    for (const link of [...this.#links]) cut(link);
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()));
    await until(() => heldBlocks() <= this.#heldBefore, `the return of ${heldBlocks()} memory blocks`);
  }

  #add(link: Link): Link {
    this.#links.add(link);
    return link;
  }

  /** The user as given; a link that is down has ended every transaction. */
  #watched(user: LinkUser): LinkUser {
    return {
      up: (link) => user.up(link),
      spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
      progress: (link) => user.progress?.(link),
      down: (link, error) => {
        this.#links.delete(link);
        assert.equal(link.mux.size, 0, `${link.mux.size} transactions outlive their link`);
        user.down(link, error);
      },
    };
  }
}

/** End a link without a word. */
export function cut(link: Link): void {
  link.fail(new LinkError('closed', 'cut by the test'));
}

import type { Dialer } from '../dmsg/dialer.ts';
import { routerConn } from '../dmsg/link-options.ts';
import { Router, type RouterEvents } from '../router/router.ts';
import { type Address, formatAddress } from '../stream/address.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';
import type { Listener } from '../stream/listen.ts';
import { listenForLinks } from './link-listener.ts';
import { dial, type LinkSetup } from './link-setup.ts';
import { admitByList } from './trust/admit.ts';

/** A router on links accepted and links dialled. */
export class RouteHost {
  readonly router: Router;
  readonly #listeners: Listener[] = [];
  readonly #dialers: Dialer[] = [];

  private constructor(events: RouterEvents) {
    this.router = new Router(events);
  }

  /** @throws HostError, ListenError: nothing is left running then */
  static async start(
    setup: LinkSetup,
    options: {
      readonly listen: readonly Address[];
      readonly connect: readonly Address[];
      /** Keys that may connect where keys are asked for. */
      readonly allow?: ReadonlySet<Fingerprint>;
    },
    events: RouterEvents = {},
  ): Promise<RouteHost> {
    const host = new RouteHost(events);
    const conn = routerConn();
    const admit = admitByList(options.allow ?? new Set());
    try {
      for (const address of options.listen) {
        host.#listeners.push(await listenForLinks(setup, address, conn, host.router, admit));
      }
      for (const address of options.connect) host.#dialers.push(dial(setup, address, conn, host.router));
      return host;
    } catch (error) {
      await host.close();
      throw error;
    }
  }

  /** Addresses listened on, with their real ports. */
  get addresses(): string[] {
    return this.#listeners.map((listener) => formatAddress(listener.address));
  }

  /** Withdraw all spans and close all links. */
  async close(): Promise<void> {
    const closing = this.#listeners.map((listener) => listener.close());
    for (const dialer of this.#dialers) dialer.stop();
    this.router.close();
    await Promise.all(closing);
  }
}

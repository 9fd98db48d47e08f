import type { DialectChoice } from '../../../electron/dmsg/dialect.ts';
import type { Link } from '../../../electron/dmsg/link.ts';
import { exporterConn, type LinkOptions, routerConn } from '../../../electron/dmsg/link-options.ts';
import { Router } from '../../../electron/router/router.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { Exporter } from '../../../electron/target/exporter.ts';
import type { Net } from '../../target/support/net.ts';

/** A router that listens, and dials where it is told. */
export class RouterNode {
  readonly router: Router;
  readonly address: Address;
  readonly #net: Net;

  private constructor(net: Net, router: Router, address: Address) {
    this.#net = net;
    this.router = router;
    this.address = address;
  }

  static async start(net: Net, dialect?: DialectChoice, options?: Partial<LinkOptions>): Promise<RouterNode> {
    const router = new Router();
    return new RouterNode(net, router, await net.listen(router, routerConn(), dialect, options));
  }

  /** Dial another node. */
  dial(address: Address, dialect?: DialectChoice): Promise<Link> {
    return this.#net.dial(address, this.router, routerConn(), dialect);
  }

  /** Have an exporter dial this router. */
  attach(exporter: Exporter, dialect?: DialectChoice): Promise<Link> {
    return this.#net.dial(this.address, exporter, exporterConn(), dialect);
  }

  /** Open transactions on all links. */
  get transactions(): number {
    return this.router.links.reduce((sum, link) => sum + link.mux.size, 0);
  }
}

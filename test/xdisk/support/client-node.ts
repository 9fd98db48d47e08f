import assert from 'node:assert/strict';
import type { DialectChoice } from '../../../electron/dmsg/dialect.ts';
import type { Link, LinkUser } from '../../../electron/dmsg/link.ts';
import { clientConn, type LinkOptions } from '../../../electron/dmsg/link-options.ts';
import type { Address } from '../../../electron/stream/address.ts';
import type { Disk } from '../../../electron/xdisk/disk.ts';
import { Registry, type RegistryEvents, type RegistryOptions } from '../../../electron/xdisk/registry.ts';
import type { Unit } from '../../../electron/xdisk/unit.ts';
import type { UnitOptions } from '../../../electron/xdisk/unit-options.ts';
import { until } from '../../block/support/until.ts';
import { IDLE_TRANSACTIONS, type Net } from '../../target/support/net.ts';

/** A registry with links of its own making. */
export class ClientNode {
  readonly registry: Registry;
  /** Reasons spans were rejected for. */
  readonly rejected: string[] = [];
  readonly #net: Net;
  readonly #user: LinkUser;

  constructor(net: Net, options: Partial<RegistryOptions> = {}, events: RegistryEvents = {}) {
    this.#net = net;
    this.registry = new Registry(
      { ...events, spanRejected: (_, reason) => this.rejected.push(reason) },
      options,
    );
    this.#user = {
      up: () => {},
      spanOffered: (link, span, transaction) => this.registry.spanOffered(link, span, transaction),
      down: () => {},
    };
  }

  link(address: Address, dialect?: DialectChoice, options?: Partial<LinkOptions>): Promise<Link> {
    return this.#net.dial(address, this.#user, clientConn(), dialect, options);
  }

  /** The disk of a serial, once it has that many paths. */
  async disk(serial = 'S1', paths = 1): Promise<Disk> {
    const found = (): Disk | undefined =>
      this.registry.disks.find((disk) => disk.identity.serial === serial && disk.paths.size === paths);
    await until(() => found() !== undefined, `${serial} with ${paths} paths`);
    return found() as Disk;
  }

  /** A unit of the disk of a serial. */
  async attach(serial = 'S1', paths = 1, options: Partial<UnitOptions> = {}): Promise<Unit> {
    return this.registry.attach(await this.disk(serial, paths), { deathMs: 0, ...options });
  }
}

/** Nothing is open on a link but the introductions and so many spans. */
export async function settles(link: Link, spans: number): Promise<void> {
  await until(
    () => link.mux.size === IDLE_TRANSACTIONS + spans,
    `${spans} spans alone, where there are ${link.mux.size - IDLE_TRANSACTIONS}`,
  ).catch((error: Error) => assert.fail(`${error.message}; ${link.mux.size} transactions open`));
}

import type { PeerLimits } from '../../shared/limits.ts';
import type { ExportDirectory, ListedExport, OpenExport, ServedClient } from '../nbd/export.ts';
import { NbdServer, type NbdServerEvent } from '../nbd/server.ts';
import { formatNbdUri } from '../nbd/uri.ts';
import { type Address, formatAddress, isLoopback } from '../stream/address.ts';
import type { Listener } from '../stream/listen.ts';
import type { Registry } from '../xdisk/registry.ts';
import type { Unit } from '../xdisk/unit.ts';
import { HostError } from './host-error.ts';
import type { Log } from './log.ts';

/**
 * NBD asks for no keys: units are served to this machine alone, unless the network is trusted.
 * @throws HostError where the address is not of this machine alone
 */
export function checkExposure(address: Address, insecurePlain: boolean): void {
  if (isLoopback(address) || insecurePlain) return;
  throw new HostError(
    'usage',
    `refusing to serve NBD on ${formatAddress(address)}: NBD asks for no keys, so anyone on the network could read ` +
      'and write the units; use 127.0.0.1, unix:PATH or a tunnel, or --insecure-plain (in the app: Security, plain ' +
      'links to other hosts) if the network is trusted',
  );
}

/** A client that uses a unit. */
export interface GatewayClient {
  readonly client: ServedClient;
  /** ms since 1970. */
  readonly since: number;
}

/** Serves the units of a registry over NBD, each under its name `xaN` and its serial number. */
export class Gateway {
  readonly #server: NbdServer;
  readonly #clients = new Map<number, GatewayClient>();
  #listener: Listener | undefined;

  /**
   * @param limits read for each client that comes
   * @param exposes whether a unit is served; all are by default
   */
  constructor(
    registry: Registry,
    log: Log,
    limits: PeerLimits,
    onEvent: (event: NbdServerEvent) => void,
    exposes: (unit: Unit) => boolean = () => true,
  ) {
    this.#server = new NbdServer({
      exports: new UnitDirectory(registry, exposes),
      limits: {
        get clients() {
          return limits.nbd_clients;
        },
      },
      onEvent: (event) => {
        const { kind, client } = event;
        if (kind === 'attached') this.#clients.set(client.id, { client, since: Date.now() });
        else this.#clients.delete(client.id);
        onEvent(event);
      },
      warn: (text) => log.warn(text),
    });
  }

  /** Where it listens; undefined before `listen`. */
  get address(): Address | undefined {
    return this.#listener?.address;
  }

  /** The clients that use a unit now. */
  clientsOf(unit: Unit): GatewayClient[] {
    return [...this.#clients.values()].filter(({ client }) => client.exportName === unit.name);
  }

  /**
   * Listen here, and no longer where it listened before; clients stay connected.
   * @param insecurePlain see `checkExposure`
   * @throws ListenError: then it listens as before; HostError where it may not listen here: then nowhere
   */
  async listen(address: Address, insecurePlain: boolean): Promise<void> {
    const before = this.#listener;
    try {
      checkExposure(address, insecurePlain);
    } catch (error) {
      this.#listener = undefined;
      await before?.close();
      throw error;
    }
    this.#listener = await this.#server.listen(address);
    await before?.close();
  }

  /** The URI a program reaches a unit by; null before `listen`. */
  uriOf(unit: Unit): string | null {
    if (this.#listener === undefined) return null;
    return formatNbdUri({ address: this.#listener.address, exportName: unit.name });
  }

  /** Answer what is under way, then end all clients. */
  close(): Promise<void> {
    return this.#server.close();
  }
}

class UnitDirectory implements ExportDirectory {
  readonly #registry: Registry;
  readonly #exposes: (unit: Unit) => boolean;

  constructor(registry: Registry, exposes: (unit: Unit) => boolean) {
    this.#registry = registry;
    this.#exposes = exposes;
  }

  list(): ListedExport[] {
    return this.#units.map((unit) => ({ name: unit.name, description: describe(unit) }));
  }

  async open(name: string, client: ServedClient): Promise<OpenExport | null> {
    const unit = this.#find(name);
    if (unit === undefined) return null;
    const user = await unit.open(`NBD client ${client.remote}`);
    return {
      device: user,
      name: unit.name,
      description: describe(unit),
      serial: unit.identity.serial,
      close: () => user.close(),
    };
  }

  get #units(): Unit[] {
    return this.#registry.units.filter(this.#exposes);
  }

  /** By name or serial; `''` is the only unit, if there is but one. */
  #find(name: string): Unit | undefined {
    const units = this.#units;
    if (name === '') return units.length === 1 ? units[0] : undefined;
    return units.find((unit) => unit.name === name) ?? units.find((unit) => unit.identity.serial === name);
  }
}

function describe(unit: Unit): string {
  return `${unit.identity.label} (${unit.identity.serial})`;
}

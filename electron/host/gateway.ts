import type { ExportDirectory, ListedExport, OpenExport, ServedClient } from '../nbd/export.ts';
import { NbdServer, type NbdServerEvent } from '../nbd/server.ts';
import { formatNbdUri } from '../nbd/uri.ts';
import type { Address } from '../stream/address.ts';
import type { Listener } from '../stream/listen.ts';
import type { Registry } from '../xdisk/registry.ts';
import type { Unit } from '../xdisk/unit.ts';
import type { Log } from './log.ts';

/** Serves the units of a registry over NBD, each under its name `xaN` and its serial number. */
export class Gateway {
  readonly #server: NbdServer;
  #listener: Listener | undefined;

  constructor(registry: Registry, log: Log, onEvent: (event: NbdServerEvent) => void) {
    this.#server = new NbdServer({
      exports: new UnitDirectory(registry),
      onEvent,
      warn: (text) => log.warn(text),
    });
  }

  /** @throws ListenError */
  async listen(address: Address): Promise<void> {
    this.#listener = await this.#server.listen(address);
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

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  list(): ListedExport[] {
    return this.#registry.units.map((unit) => ({ name: unit.name, description: describe(unit) }));
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

  /** By name or serial; `''` is the only unit, if there is but one. */
  #find(name: string): Unit | undefined {
    const { units } = this.#registry;
    if (name === '') return units.length === 1 ? units[0] : undefined;
    return units.find((unit) => unit.name === name) ?? units.find((unit) => unit.identity.serial === name);
  }
}

function describe(unit: Unit): string {
  return `${unit.identity.label} (${unit.identity.serial})`;
}

import type { Unit } from '../../xdisk/unit.ts';
import type { Gateway } from '../gateway.ts';
import { deviceOf } from '../system/kernel-nbd.ts';
import { processOf } from '../system/processes.ts';

/** Which kernel devices, `/dev/nbdN`, are connected to which units, as last looked. */
export class KernelDevices {
  readonly #gateway: Gateway;
  readonly #devices = new Map<string, string>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  of(unit: Unit): string | null {
    return this.#devices.get(unit.name) ?? null;
  }

  /** Look again. @returns the units whose device is another than before */
  async refresh(units: readonly Unit[]): Promise<Unit[]> {
    const changed: Unit[] = [];
    for (const unit of units) {
      const device = await this.#find(unit);
      if (device === this.of(unit)) continue;
      if (device === null) this.#devices.delete(unit.name);
      else this.#devices.set(unit.name, device);
      changed.push(unit);
    }
    return changed;
  }

  async #find(unit: Unit): Promise<string | null> {
    const { address } = this.#gateway;
    if (address === undefined) return null;
    for (const { client } of this.#gateway.clientsOf(unit)) {
      const process = await processOf(client.remote, address);
      const device = process === null ? null : deviceOf(process.pid);
      if (device !== null) return device;
    }
    return null;
  }
}

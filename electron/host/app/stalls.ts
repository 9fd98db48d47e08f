import type { Unit } from '../../xdisk/unit.ts';

/** Notices how long units in use stood without an open path: what a failover cost. */
export class Stalls {
  readonly #since = new Map<Unit, number>();
  readonly #over: (unit: Unit, ms: number) => void;

  /** @param over called when I/O goes on after a stall */
  constructor(over: (unit: Unit, ms: number) => void) {
    this.#over = over;
  }

  /** The engine says a unit changed. */
  changed(unit: Unit): void {
    if (unit.state === 'detached' || unit.users.size === 0) {
      this.#since.delete(unit);
      return;
    }
    const open = unit.state === 'open' && unit.activePath?.state === 'open';
    const since = this.#since.get(unit);
    const begins = unit.state === 'opening' || unit.state === 'idle';
    if (!open && since === undefined && !begins) this.#since.set(unit, performance.now());
    if (!open || since === undefined) return;
    this.#since.delete(unit);
    this.#over(unit, performance.now() - since);
  }
}

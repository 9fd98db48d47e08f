import type { DiskIdentity } from './identity.ts';
import type { Path } from './path.ts';
import type { Unit } from './unit.ts';

/** A remote disk as its spans show it: one per identity, with all the ways to it. Perhaps attached. */
export class Disk {
  readonly identity: DiskIdentity;
  readonly paths = new Set<Path>();
  /** Another disk with this serial is known, of other size or block size. */
  conflict: boolean;
  unit: Unit | undefined;

  constructor(identity: DiskIdentity, conflict: boolean) {
    this.identity = identity;
    this.conflict = conflict;
  }

  /** Hops of the nearest path. */
  get distance(): number {
    return Math.min(...[...this.paths].map((path) => path.distance));
  }
}

import { isUsable } from '../../../shared/health.ts';
import type { Disk, Path } from '../../../shared/model/disk.ts';
import type { Unit } from '../../../shared/model/unit.ts';

/** What goes with the link to a peer. */
export interface Losses {
  /** Units with no usable path but over it. */
  readonly pathless: readonly string[];
  /** Units with others left. */
  readonly weaker: readonly string[];
  /** Disks nobody else offers, attached or not. */
  readonly disks: number;
}

type Ways = { readonly paths: readonly Pick<Path, 'peer_id' | 'state' | 'link' | 'use'>[] };

export function lossesOf(
  peerId: string,
  units: readonly (Pick<Unit, 'name'> & Ways)[],
  disks: readonly (Pick<Disk, 'offered'> & Ways)[],
): Losses {
  const uses = ({ paths }: Ways) => paths.some((path) => path.peer_id === peerId && isUsable(path));
  const keeps = ({ paths }: Ways) => paths.some((path) => path.peer_id !== peerId && isUsable(path));
  const names = (chosen: readonly Pick<Unit, 'name'>[]) => chosen.map(({ name }) => name);
  return {
    pathless: names(units.filter((unit) => uses(unit) && !keeps(unit))),
    weaker: names(units.filter((unit) => uses(unit) && keeps(unit))),
    disks: disks.filter((disk) => disk.offered && uses(disk) && !keeps(disk)).length,
  };
}

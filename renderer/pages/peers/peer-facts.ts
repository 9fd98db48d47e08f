import type { Peer } from '../../../shared/model/peer.ts';
import type { Unit } from '../../../shared/model/unit.ts';

/** Why there is no link; null where there is nothing to say. How unsteady it is, its state tells. */
export function peerSentence({ error, address }: Pick<Peer, 'error' | 'address'>): string | null {
  // The address stands in a column of its own.
  return error?.replace(`${address}: `, '') ?? null;
}

/** Units with a disk open through a peer. */
export function sessionsOf(peerId: string, units: readonly Unit[]): readonly Unit[] {
  return units.filter(({ paths }) => paths.some((path) => path.peer_id === peerId && path.state === 'open'));
}

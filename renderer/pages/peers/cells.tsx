import type { Peer } from '../../../shared/model/peer.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { PeerBadge } from '../../components/status/badges.tsx';
import { FLAPPING } from '../../components/status/words.ts';
import { useStale } from '../../stores/freshness.ts';
import { useRows } from '../../stores/tables.ts';
import styles from './peers.module.css';

/** Why there is no link, or how unsteady it is; null where there is nothing to say. */
export function peerSentence(
  peer: Pick<Peer, 'state' | 'error' | 'recent_losses' | 'address'>,
): string | null {
  const flapping =
    peer.recent_losses >= FLAPPING && peer.state !== 'disconnected'
      ? `Lost ${peer.recent_losses} times in 10 min`
      : null;
  // The address stands in a column of its own.
  const error = peer.error?.replace(`${peer.address}: `, '') ?? null;
  return [flapping, error].filter((text) => text !== null).join('. ') || null;
}

export function PeerState({ peer }: { peer: Peer }) {
  const stale = useStale();
  const sentence = peerSentence(peer);
  return (
    <span className={styles.state}>
      <PeerBadge peer={peer} />
      {sentence !== null && !stale && (
        <span className={styles.sentence} data-hint={sentence}>
          {sentence}
        </span>
      )}
    </span>
  );
}

/** Units with a disk open through a peer. */
export function sessionsOf(peerId: string, units: readonly Unit[]): readonly Unit[] {
  return units.filter(({ paths }) => paths.some((path) => path.peer_id === peerId && path.state === 'open'));
}

export function SessionsCell({ peer }: { peer: Peer }) {
  const sessions = sessionsOf(peer.id, useRows('units'));
  const names = sessions.map(({ name }) => name).join(', ');
  return (
    <span className="live" data-hint={names === '' ? 'No disk is open through it' : `Open: ${names}`}>
      {sessions.length}
    </span>
  );
}

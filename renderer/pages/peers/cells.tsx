import type { Peer } from '../../../shared/model/peer.ts';
import { PeerBadge } from '../../components/status/badges.tsx';
import { SentenceCell } from '../../components/table/sentence-cell.tsx';
import { useStale } from '../../stores/freshness.ts';
import { useRows } from '../../stores/tables.ts';
import { peerSentence, sessionsOf } from './peer-facts.ts';

export function PeerState({ peer }: { peer: Peer }) {
  const stale = useStale();
  const sentence = peerSentence(peer);
  return (
    <SentenceCell sentence={stale ? null : sentence}>
      <PeerBadge peer={peer} />
    </SentenceCell>
  );
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

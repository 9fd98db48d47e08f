import type { Peer } from '../../../shared/model/peer.ts';
import { SecurityBadge } from '../../components/status/badges.tsx';
import { peerLook, SECURITY_LOOKS } from '../../components/status/words.ts';
import { type Column, figureColumn, type Grouping } from '../../components/table/index.ts';
import { Age, Count, NoValue } from '../../components/values.tsx';
import { getRows } from '../../stores/tables.ts';
import { PeerState, SessionsCell } from './cells.tsx';
import { peerSentence, sessionsOf } from './peer-facts.ts';

/** How a role reads. */
export const ROLE_WORDS: Readonly<Record<NonNullable<Peer['role']>, string>> = {
  exporter: 'Exporter',
  router: 'Router',
  client: 'Client',
  other: 'Other',
};
const roleText = ({ role }: Peer) => (role === null ? null : ROLE_WORDS[role]);
const sessions = ({ id }: Peer) => sessionsOf(id, getRows('units')).length;

export const PEER_COLUMNS: readonly Column<Peer>[] = [
  {
    id: 'state',
    header: 'State',
    width: 280,
    value: (peer) => peerLook(peer).word,
    text: (peer) => `${peerLook(peer).word} ${peerSentence(peer) ?? ''}`,
    cell: (peer) => <PeerState peer={peer} />,
  },
  { id: 'name', header: 'Name', width: 140, fixed: true, grow: true, value: (peer) => peer.name },
  {
    id: 'address',
    header: 'Address',
    width: 150,
    value: (peer) => peer.address,
    cell: (peer) => (
      <span className="mono" data-hint={peer.address}>
        {peer.address}
      </span>
    ),
  },
  { id: 'role', header: 'Role', description: 'What it says it is', width: 88, value: roleText },
  {
    id: 'security',
    header: 'Link',
    description: 'How the link is protected',
    width: 138,
    value: (peer) => SECURITY_LOOKS[peer.security].word,
    cell: (peer) => <SecurityBadge security={peer.security} />,
  },
  figureColumn<Peer>('rtt_ms', { width: 86 }),
  {
    id: 'spans',
    header: 'Spans',
    description: 'Disks it offers now',
    width: 70,
    align: 'right',
    value: (peer) => peer.spans,
    cell: (peer) => <Count value={peer.spans} />,
  },
  {
    id: 'sessions',
    header: 'Sessions',
    description: 'Attached disks open through it',
    width: 92,
    align: 'right',
    value: sessions,
    text: () => '',
    cell: (peer) => <SessionsCell peer={peer} />,
  },
  {
    id: 'uptime',
    header: 'Uptime',
    description: 'How long the link has been up',
    width: 84,
    align: 'right',
    value: (peer) => (peer.state === 'up' ? -peer.since : null),
    text: () => '',
    cell: (peer) => (peer.state === 'up' ? <Age at={peer.since} /> : <NoValue />),
  },
  {
    id: 'reconnects',
    header: 'Reconnects',
    description: 'Times the link was lost since Spandrel started',
    width: 108,
    align: 'right',
    value: (peer) => peer.reconnects,
    cell: (peer) => <Count value={peer.reconnects} />,
  },
  {
    id: 'auto',
    header: 'Auto',
    description: 'Connected when Spandrel starts',
    width: 62,
    value: (peer) => (peer.auto_connect ? 'Yes' : 'No'),
  },
  {
    id: 'label',
    header: 'Calls itself',
    description: 'Its own name for itself',
    width: 160,
    hidden: true,
    value: (peer) => peer.label,
  },
  {
    id: 'dialect',
    header: 'Dialect',
    description: 'Which DMSG it speaks: that of 2014 or the current one',
    width: 80,
    hidden: true,
    value: (peer) => peer.dialect,
  },
  {
    id: 'losses',
    header: 'Lost in 10 m',
    description: 'Times the link was lost in the last 10 minutes; 3 and more is flapping',
    width: 116,
    align: 'right',
    hidden: true,
    value: (peer) => peer.recent_losses,
  },
  {
    id: 'since',
    header: 'State since',
    width: 110,
    align: 'right',
    hidden: true,
    value: (peer) => peer.since,
    text: () => '',
    cell: (peer) => <Age at={peer.since} />,
  },
];

export const PEER_GROUPS: readonly Grouping<Peer>[] = [
  { id: 'state', label: 'state', of: (peer) => peerLook(peer).word },
  { id: 'role', label: 'role', of: (peer) => roleText(peer) ?? 'Role not known' },
];

/** `nas, Unreachable, connection refused` */
export function peerName(peer: Peer): string {
  const sentence = peerSentence(peer);
  return `${peer.name}, ${peerLook(peer).word}${sentence === null ? '' : `, ${sentence}`}`;
}

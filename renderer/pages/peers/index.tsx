import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Peer } from '../../../shared/model/peer.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { PeerBadge, SecurityBadge } from '../../components/status/badges.tsx';
import { peerLook } from '../../components/status/words.ts';
import { type Column, DataTable, figureColumn } from '../../components/table/index.ts';
import { Age } from '../../components/values.tsx';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';

const COLUMNS: readonly Column<Peer>[] = [
  {
    id: 'state',
    header: 'State',
    width: 130,
    value: (peer) => peer.state,
    text: (peer) => peerLook(peer).word,
    cell: (peer) => <PeerBadge peer={peer} />,
  },
  { id: 'name', header: 'Name', width: 180, fixed: true, grow: true, value: (peer) => peer.name },
  { id: 'address', header: 'Address', width: 200, value: (peer) => peer.address },
  { id: 'role', header: 'Role', width: 90, value: (peer) => peer.role },
  {
    id: 'security',
    header: 'Protection',
    width: 130,
    value: (peer) => peer.security,
    cell: (peer) => <SecurityBadge security={peer.security} />,
  },
  figureColumn<Peer>('rtt_ms'),
  { id: 'spans', header: 'Disks', width: 70, align: 'right', value: (peer) => peer.spans },
  {
    id: 'since',
    header: 'Since',
    width: 100,
    align: 'right',
    value: (peer) => -peer.since,
    cell: (peer) => <Age at={peer.since} />,
  },
  { id: 'reconnects', header: 'Reconnects', width: 100, align: 'right', value: (peer) => peer.reconnects },
];
const idOf = (peer: Peer) => peer.id;
const nameOf = (peer: Peer) => `${peer.name}, ${peerLook(peer).word}`;
const figuresOf = (peer: Peer) => `peer:${peer.id}` as const;

export function PeersPage() {
  const { object } = useRoute();
  return (
    <Page title="Peers" scroll={false}>
      <DataTable
        id="peers"
        label="Peers"
        noun={['peer', 'peers']}
        rows={useRows('peers')}
        ready={useReady()}
        columns={COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        figureKey={figuresOf}
        watch={(ids) => ({ peers: ids })}
        defaultSort={{ id: 'name', desc: false }}
        openId={object?.kind === 'peer' ? object.id : null}
        onOpen={(peer, options) => openObject({ kind: 'peer', id: peer.id }, options)}
        acts={{
          detach: ([peer]) => peer !== undefined && openDialog({ kind: 'forget_peer', peer_id: peer.id }),
        }}
        toolbar={() => (
          <Button leftSection={<Plus size={14} />} onClick={() => openDialog({ kind: 'add_peer' })}>
            Add peer
          </Button>
        )}
        empty={
          <EmptyState
            text="No peers yet. A peer is a machine that offers disks."
            action={{ label: 'Add peer', run: () => openDialog({ kind: 'add_peer' }) }}
          />
        }
      />
    </Page>
  );
}

import { Button, Group } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Peer } from '../../../shared/model/peer.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { DataTable, type TableProps } from '../../components/table/index.ts';
import { StartDemo } from '../../drawers/demo.tsx';
import { askForget, copyAddress, isWanted, peerActs, setConnected } from '../../drawers/peer/acts.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';
import { PEER_COLUMNS, PEER_GROUPS, peerName } from './columns.tsx';

const idOf = (peer: Peer) => peer.id;
const figuresOf = (peer: Peer) => `peer:${peer.id}` as const;
const watch = (ids: readonly string[]) => ({ peers: ids });
const addPeer = () => openDialog({ kind: 'add_peer' });
const ACTS: NonNullable<TableProps<Peer>['acts']> = {
  detach: ([peer]) => peer !== undefined && askForget(peer),
  copy: ([peer]) => peer !== undefined && copyAddress(peer),
};

/** The machines this one connects to, and the state of their links. */
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
        columns={PEER_COLUMNS}
        rowId={idOf}
        rowName={peerName}
        figureKey={figuresOf}
        watch={watch}
        groupings={PEER_GROUPS}
        defaultSort={{ id: 'name', desc: false }}
        selectable
        openId={object?.kind === 'peer' ? object.id : null}
        onOpen={(peer, options) => openObject({ kind: 'peer', id: peer.id }, options)}
        acts={ACTS}
        menu={peerActs}
        toolbar={(selected) => <Toolbar selected={selected} />}
        empty={
          <EmptyState
            text="No peers yet. A peer is a machine that offers its disks; connect to it and they appear under Remote disks."
            action={{ label: 'Add peer', run: addPeer }}
          >
            <StartDemo />
          </EmptyState>
        }
      />
    </Page>
  );
}

function Toolbar({ selected }: { selected: readonly Peer[] }) {
  const linked = selected.filter(isWanted);
  const unlinked = selected.filter((peer) => !isWanted(peer));
  const none = selected.length === 0 ? 'Select peers first: with the boxes at the left, or with Space' : null;
  return (
    <Group gap="xs">
      <ActButton
        reason={none ?? (unlinked.length === 0 ? 'All selected are connected or tried' : null)}
        onClick={() => setConnected(unlinked, true)}
      >
        Connect
      </ActButton>
      <ActButton
        reason={none ?? (linked.length === 0 ? 'All selected are disconnected' : null)}
        onClick={() => setConnected(linked, false)}
      >
        Disconnect
      </ActButton>
      <Button leftSection={<Plus size={14} />} onClick={addPeer}>
        Add peer
      </Button>
    </Group>
  );
}

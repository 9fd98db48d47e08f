import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Disk } from '../../../shared/model/disk.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { DataTable, type TableProps } from '../../components/table/index.ts';
import { StartDemo } from '../../drawers/demo.tsx';
import { attach, copySerial, diskActs, giveUp, openDisk } from '../../drawers/disk/acts.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, openPage, useRoute } from '../../stores/ui.ts';
import { DISK_COLUMNS, DISK_GROUPS, DISK_PATHS, diskName } from './columns.tsx';

const idOf = (disk: Disk) => disk.id;
const addPeer = () => openDialog({ kind: 'add_peer' });
const ACTS: NonNullable<TableProps<Disk>['acts']> = {
  attach: ([disk]) => disk !== undefined && attach(disk),
  detach: ([disk]) => disk !== undefined && giveUp(disk),
  expose: ([disk]) => disk?.unit != null && openDialog({ kind: 'expose', unit: disk.unit }),
  paths: ([disk]) => disk !== undefined && openDisk(disk, 'paths'),
  copy: ([disk]) => disk !== undefined && copySerial(disk),
};

/** The disks peers offer, and those they offered: one row each, whatever number of paths leads to it. */
export function DisksPage() {
  const { object } = useRoute();
  return (
    <Page title="Remote disks" scroll={false}>
      <DataTable
        id="disks"
        label="Remote disks"
        noun={['disk', 'disks']}
        rows={useRows('disks')}
        ready={useReady()}
        columns={DISK_COLUMNS}
        rowId={idOf}
        rowName={diskName}
        subRows={DISK_PATHS}
        groupings={DISK_GROUPS}
        defaultSort={{ id: 'label', desc: false }}
        openId={object?.kind === 'disk' ? object.id : null}
        onOpen={(disk, options) => openObject({ kind: 'disk', id: disk.id }, options)}
        acts={ACTS}
        menu={([disk]) => (disk === undefined ? [] : diskActs(disk))}
        toolbar={() => (
          <Button leftSection={<Plus size={14} />} onClick={addPeer}>
            Add peer
          </Button>
        )}
        empty={<NoDisks />}
      />
    </Page>
  );
}

/** Why there are none depends on whether there is anybody who could offer some. */
function NoDisks() {
  const peers = useRows('peers');
  if (peers.length === 0) {
    return (
      <EmptyState
        text="No remote disks yet. Connect to a peer: peers advertise their disks (spans) when linked."
        action={{ label: 'Add peer', run: addPeer }}
      >
        <StartDemo />
      </EmptyState>
    );
  }
  const up = peers.filter(({ state }) => state === 'up').length;
  return (
    <EmptyState
      text={
        up === 0
          ? 'No remote disks: none of the peers is connected. They advertise their disks when linked.'
          : 'No remote disks: the peers that are connected offer none. Those they offer appear by themselves.'
      }
      action={{ label: 'Peers', run: () => openPage('peers') }}
    />
  );
}

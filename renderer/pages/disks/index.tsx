import type { Disk, Path } from '../../../shared/model/disk.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { PathBadge } from '../../components/status/badges.tsx';
import { pathLook } from '../../components/status/words.ts';
import { type Column, DataTable, type SubRows } from '../../components/table/index.ts';
import { Age, Size } from '../../components/values.tsx';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';

const peersOf = (disk: Disk) => [...new Set(disk.paths.map(({ peer }) => peer))].join(', ');

const COLUMNS: readonly Column<Disk, Path>[] = [
  {
    id: 'label',
    header: 'Label',
    width: 220,
    fixed: true,
    grow: true,
    value: (disk) => disk.label,
    sub: (path) => path.label,
  },
  {
    id: 'serial',
    header: 'Serial',
    width: 190,
    value: (disk) => disk.serial,
    cell: (disk) => <span className="mono">{disk.serial}</span>,
  },
  { id: 'peers', header: 'Peers', width: 180, value: peersOf, sub: (path) => path.peer },
  {
    id: 'size',
    header: 'Size',
    width: 110,
    align: 'right',
    value: (disk) => disk.size_bytes,
    cell: (disk) => <Size bytes={disk.size_bytes} blockBytes={disk.block_bytes} />,
  },
  { id: 'block', header: 'Block', width: 70, align: 'right', value: (disk) => disk.block_bytes },
  {
    id: 'distance',
    header: 'Distance',
    width: 84,
    align: 'right',
    value: (disk) => disk.distance,
    sub: (path) => path.distance,
  },
  {
    id: 'paths',
    header: 'Paths',
    width: 120,
    value: (disk) => disk.paths.length,
    sub: (path) => <PathBadge path={path} />,
  },
  { id: 'unit', header: 'Attached as', width: 100, value: (disk) => disk.unit },
  {
    id: 'last_seen',
    header: 'Last seen',
    width: 110,
    align: 'right',
    value: (disk) => disk.last_seen,
    cell: (disk) => (disk.offered ? 'now' : <Age at={disk.last_seen} suffix=" ago" />),
  },
];
const PATHS: SubRows<Disk, Path> = {
  rows: (disk) => disk.paths,
  id: (path) => path.id,
  name: (path) => `path over ${path.peer}, ${pathLook(path).word}`,
  noun: 'paths',
};
const idOf = (disk: Disk) => disk.id;
const nameOf = (disk: Disk) =>
  `${disk.label}, ${disk.unit === null ? 'not attached' : `attached as ${disk.unit}`}, ${disk.paths.length} paths`;
const GROUPS = [{ id: 'peer', label: 'peer', of: peersOf }];

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
        columns={COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        subRows={PATHS}
        groupings={GROUPS}
        defaultSort={{ id: 'label', desc: false }}
        openId={object?.kind === 'disk' ? object.id : null}
        onOpen={(disk, options) => openObject({ kind: 'disk', id: disk.id }, options)}
        acts={{ attach: ([disk]) => disk !== undefined && openDialog({ kind: 'attach', disk_id: disk.id }) }}
        empty={
          <EmptyState
            text="No remote disks yet. Connect to a peer, or wait: peers advertise disks when linked."
            action={{ label: 'Add peer', run: () => openDialog({ kind: 'add_peer' }) }}
          />
        }
      />
    </Page>
  );
}

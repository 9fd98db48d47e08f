import type { Disk, Path } from '../../../shared/model/disk.ts';
import { AccessBadge, Badge, LinkBadge, PathBadge } from '../../components/status/badges.tsx';
import { ACCESS_LOOKS, pathLook } from '../../components/status/words.ts';
import type { Column, Grouping, SubRows } from '../../components/table/index.ts';
import { Age, Count, Size } from '../../components/values.tsx';
import { openDisk } from '../../drawers/disk/acts.ts';
import { getRow } from '../../stores/tables.ts';
import { AttachedCell, DiskHealth, faded, SerialCell } from './cells.tsx';
import { peersOf } from './conflict.ts';
import { ACCESS_WORDS, diskAccess, diskLook, healthRank } from './disk-state.ts';

const unitOf = ({ unit }: Disk) => (unit === null ? undefined : getRow('units', unit));
const stateWord = (disk: Disk) => diskLook(disk, unitOf(disk)).word;
const peersText = (disk: Disk) => peersOf(disk).join(', ');
const losses = ({ paths }: Disk) => paths.reduce((sum, { failures }) => sum + failures, 0);

export const DISK_COLUMNS: readonly Column<Disk, Path>[] = [
  {
    id: 'health',
    header: 'Health',
    width: 150,
    value: (disk) => healthRank(disk, unitOf(disk)),
    text: stateWord,
    cell: (disk) => <DiskHealth disk={disk} />,
    sub: (path) => <PathBadge path={path} />,
  },
  {
    id: 'label',
    header: 'Label',
    description: 'Machine and device, as the far end calls it',
    width: 160,
    fixed: true,
    grow: true,
    value: (disk) => disk.label,
    cell: (disk) => faded(disk, disk.label),
    sub: (path) => path.label,
  },
  {
    id: 'unit',
    header: 'Attached as',
    width: 112,
    value: (disk) => disk.unit,
    cell: (disk) => <AttachedCell disk={disk} />,
    sub: (path) => <LinkBadge link={path.link} />,
  },
  {
    id: 'serial',
    header: 'Serial',
    description: 'What identifies the disk, with its size and block size',
    width: 150,
    value: (disk) => disk.serial,
    cell: (disk) => <SerialCell disk={disk} />,
  },
  {
    id: 'peers',
    header: 'Peers',
    description: 'The peers it is reached through',
    width: 150,
    value: peersText,
    cell: (disk) => faded(disk, peersText(disk)),
    sub: (path) => path.peer,
  },
  {
    id: 'size',
    header: 'Size',
    width: 98,
    align: 'right',
    value: (disk) => disk.size_bytes,
    cell: (disk) => faded(disk, <Size bytes={disk.size_bytes} blockBytes={disk.block_bytes} />),
  },
  {
    id: 'block',
    header: 'Block',
    description: 'Size of a block',
    width: 72,
    align: 'right',
    value: (disk) => disk.block_bytes,
    cell: (disk) => faded(disk, `${disk.block_bytes} B`),
  },
  {
    id: 'distance',
    header: 'Distance',
    description: 'Hops of the nearest path; 0: the peer has the disk itself',
    width: 92,
    align: 'right',
    value: (disk) => disk.distance,
    sub: (path) => path.distance,
  },
  {
    id: 'paths',
    header: 'Paths',
    description: 'Paths that are there now, of all that were seen',
    width: 70,
    align: 'right',
    value: (disk) => upCount(disk),
    text: () => '',
    cell: (disk) => faded(disk, `${upCount(disk)}/${disk.paths.length}`),
  },
  {
    id: 'access',
    header: 'Access',
    description: 'What the far end says when it is asked: it is when the disk is attached',
    width: 118,
    value: (disk) => ACCESS_WORDS[diskAccess(disk.paths)],
    cell: (disk) => {
      const access = diskAccess(disk.paths);
      return faded(disk, <Badge look={ACCESS_LOOKS[access]} word={ACCESS_WORDS[access]} />);
    },
    sub: (path) => <AccessBadge access={path.access} />,
  },
  {
    id: 'first_seen',
    header: 'First seen',
    width: 112,
    align: 'right',
    value: (disk) => disk.first_seen,
    cell: (disk) => faded(disk, <Age at={disk.first_seen} suffix=" ago" />),
  },
  {
    id: 'last_seen',
    header: 'Last seen',
    width: 112,
    align: 'right',
    value: (disk) => (disk.offered ? Number.MAX_SAFE_INTEGER : disk.last_seen),
    text: () => '',
    cell: (disk) => (disk.offered ? 'now' : faded(disk, <Age at={disk.last_seen} suffix=" ago" />)),
    sub: (path) => <Age at={path.changed_at} suffix=" ago" />,
  },
  {
    id: 'failures',
    header: 'Failures',
    description: 'How often its paths were lost or did not work',
    width: 92,
    align: 'right',
    hidden: true,
    value: losses,
    cell: (disk) => faded(disk, <Count value={losses(disk)} />),
    sub: (path) => <Count value={path.failures} />,
  },
];

function upCount({ paths }: Disk): number {
  return paths.filter(({ link }) => link === 'up').length;
}

export const DISK_PATHS: SubRows<Disk, Path> = {
  rows: (disk) => disk.paths,
  id: (path) => path.id,
  name: (path) => `path over ${path.peer}, ${pathLook(path).word}`,
  noun: 'paths',
  onOpen: (_, disk) => openDisk(disk, 'paths'),
};

export const DISK_GROUPS: readonly Grouping<Disk>[] = [
  { id: 'peer', label: 'peer', of: (disk) => peersText(disk) || 'No peer' },
  { id: 'label', label: 'label', of: (disk) => disk.label },
  { id: 'health', label: 'health', of: stateWord },
];

/** `nas/alpha, Optimal, 2 of 2 paths, not attached` */
export function diskName(disk: Disk): string {
  const paths = `${upCount(disk)} of ${disk.paths.length} ${disk.paths.length === 1 ? 'path' : 'paths'}`;
  const attached = disk.unit === null ? 'not attached' : `attached as ${disk.unit}`;
  return `${disk.label}, ${stateWord(disk)}, ${paths}, ${attached}${disk.conflict ? ', its serial is also of another disk' : ''}`;
}

import type { Export } from '../../../shared/model/export.ts';
import { EXPORT_LOOKS } from '../../components/status/words.ts';
import { type Column, figureColumn, type Grouping } from '../../components/table/index.ts';
import { Age } from '../../components/values.tsx';
import { AccessCell, AllowCell, accessText, ExportSize, StateCell } from './cells.tsx';

const stateWord = ({ state }: Export) => EXPORT_LOOKS[state].word;

export const EXPORT_COLUMNS: readonly Column<Export>[] = [
  {
    id: 'state',
    header: 'State',
    width: 130,
    value: stateWord,
    text: (item) => `${stateWord(item)} ${item.error ?? ''} ${item.warning ?? ''}`,
    cell: (item) => <StateCell item={item} />,
  },
  {
    id: 'label',
    header: 'Label',
    description: 'What peers see it as',
    width: 150,
    fixed: true,
    value: (item) => item.label,
  },
  {
    id: 'source',
    header: 'Source',
    description: 'The file, device or memory behind it',
    width: 180,
    grow: true,
    value: (item) => item.source,
    cell: (item) => (
      <span className="mono" data-hint={item.source}>
        {item.source}
      </span>
    ),
  },
  {
    id: 'size',
    header: 'Size',
    width: 98,
    align: 'right',
    value: (item) => item.size_bytes,
    cell: (item) => <ExportSize item={item} of="size_bytes" />,
  },
  {
    id: 'allocated',
    header: 'Allocated',
    description: 'Storage in use behind it',
    width: 98,
    align: 'right',
    value: (item) => item.allocated_bytes,
    cell: (item) => <ExportSize item={item} of="allocated_bytes" />,
  },
  {
    id: 'block',
    header: 'Block',
    description: 'Size of a block',
    width: 72,
    align: 'right',
    value: (item) => item.block_bytes,
    cell: (item) => `${item.block_bytes} B`,
  },
  {
    id: 'access',
    header: 'Access',
    width: 124,
    value: accessText,
    cell: (item) => <AccessCell item={item} />,
  },
  {
    id: 'allow',
    header: 'Allowed',
    description: 'Whose keys may use it; without any, this machine',
    width: 132,
    value: ({ allow }) => allow.length,
    text: (item) => item.allow.map(({ name, fingerprint }) => `${name ?? ''} ${fingerprint}`).join(' '),
    cell: (item) => <AllowCell item={item} />,
  },
  {
    id: 'clients',
    header: 'Clients',
    description: 'Peers that have it open now',
    width: 78,
    align: 'right',
    value: (item) => item.clients.length,
    text: (item) => item.clients.join(' '),
    cell: (item) => (
      <span className="live" data-hint={item.clients.join(', ')}>
        {item.clients.length}
      </span>
    ),
  },
  figureColumn('reads'),
  figureColumn('writes'),
  figureColumn('read_bytes'),
  figureColumn('written_bytes'),
  figureColumn('errors_total'),
  {
    id: 'since',
    header: 'Since',
    description: 'How long the state has been as it is',
    width: 92,
    align: 'right',
    value: (item) => -item.since,
    text: () => '',
    cell: (item) => <Age at={item.since} />,
  },
  {
    id: 'serial',
    header: 'Serial',
    description: 'What identifies the disk to peers',
    width: 150,
    hidden: true,
    value: (item) => item.serial,
    cell: (item) => <span className="mono">{item.serial}</span>,
  },
  figureColumn('flushes', { hidden: true }),
  figureColumn('discards', { hidden: true }),
  figureColumn('await_ms', { hidden: true }),
  figureColumn('queue_length', { hidden: true }),
  figureColumn('in_flight', { hidden: true }),
  figureColumn('utilization', { hidden: true }),
  figureColumn('read_p99_us', { hidden: true }),
  figureColumn('write_p99_us', { hidden: true }),
];

export const EXPORT_GROUPS: readonly Grouping<Export>[] = [
  { id: 'state', label: 'state', of: stateWord },
  { id: 'access', label: 'access', of: (item) => (item.read_only ? 'Read-only' : 'Read-write') },
];

/** `box/disk.img, Online, 2 clients` */
export function exportName(item: Export): string {
  const { length } = item.clients;
  const clients = length === 1 ? '1 client' : `${length} clients`;
  return `${item.label}, ${stateWord(item)}, ${clients}${item.read_only ? ', read-only' : ''}`;
}

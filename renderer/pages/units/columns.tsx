import { countPaths, HEALTH_ORDER } from '../../../shared/health.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { AccessBadge, LinkBadge, PathBadge, UseBadge } from '../../components/status/badges.tsx';
import { pathLook, unitLook } from '../../components/status/words.ts';
import { type Column, figureColumn, type Grouping, type SubRows } from '../../components/table/index.ts';
import { Age, Size } from '../../components/values.tsx';
import { openUnit, unitLabel } from '../../drawers/unit/acts.ts';
import { noPathWords, POLICY_WORDS } from '../../drawers/unit/words.ts';
import { ExposedCell, exposedAs, LabelCell, readOnlyReason } from './cells.tsx';
import { HealthCell } from './health-cell.tsx';

export function pathsText({ paths }: Pick<Unit, 'paths'>): string {
  const { usable, all } = countPaths(paths);
  return `${usable}/${all}`;
}
const usersText = ({ users }: Unit) => users.join(', ');
const isUnit = ({ use }: Path) => use === 'active';

export const UNIT_COLUMNS: readonly Column<Unit, Path>[] = [
  {
    id: 'health',
    header: 'Health',
    width: 222,
    value: (unit) => HEALTH_ORDER.indexOf(unit.health),
    text: (unit) => unitLook(unit).word,
    cell: (unit) => <HealthCell unit={unit} />,
    sub: (path) => <PathBadge path={path} />,
  },
  {
    id: 'name',
    header: 'Name',
    width: 100,
    fixed: true,
    value: (unit) => unit.name,
    sub: (path) => <UseBadge use={path.use} />,
  },
  {
    id: 'label',
    header: 'Label',
    description: 'The alias you gave it, or else what the far end calls it',
    width: 200,
    grow: true,
    value: unitLabel,
    text: (unit) => `${unitLabel(unit)} ${unit.label}${unit.read_only ? ` ${readOnlyReason(unit)}` : ''}`,
    cell: (unit) => <LabelCell unit={unit} />,
    sub: (path) => `${path.peer}  ${path.label}`,
  },
  {
    id: 'serial',
    header: 'Serial',
    width: 136,
    value: (unit) => unit.serial,
    cell: (unit) => <span className="mono">{unit.serial}</span>,
    sub: (path) => <AccessBadge access={path.access} />,
  },
  {
    id: 'size',
    header: 'Size',
    width: 98,
    align: 'right',
    value: (unit) => unit.size_bytes,
    cell: (unit) => <Size bytes={unit.size_bytes} blockBytes={unit.block_bytes} />,
  },
  {
    id: 'paths',
    header: 'Paths',
    description: 'Paths that can be used, of all but those you disabled',
    width: 84,
    align: 'right',
    value: (unit) => countPaths(unit.paths).usable,
    text: () => '',
    cell: (unit) => <span className="live">{pathsText(unit)}</span>,
    sub: (path) => <LinkBadge link={path.link} />,
  },
  {
    id: 'policy',
    header: 'Policy',
    description: 'Which path is used, and whether a better one is gone back to',
    width: 92,
    value: (unit) => POLICY_WORDS[unit.options.path_policy].word,
    cell: ({ options: { path_policy } }) => (
      <span data-hint={POLICY_WORDS[path_policy].text}>{POLICY_WORDS[path_policy].word}</span>
    ),
    sub: (path) => (path.preferred ? 'Preferred' : isUnit(path) ? 'In use' : null),
  },
  figureColumn('reads'),
  figureColumn('writes'),
  figureColumn('read_bytes'),
  figureColumn('written_bytes'),
  figureColumn('await_ms'),
  figureColumn('read_p99_us'),
  figureColumn('write_p99_us'),
  figureColumn('queue_length'),
  figureColumn('errors_total'),
  {
    id: 'exposed',
    header: 'Exposed as',
    description: 'Where programs of this machine reach it: a device, or an NBD URI',
    width: 210,
    value: (unit) => exposedAs(unit),
    text: (unit) => exposedAs(unit) ?? 'Hidden',
    cell: (unit) => <ExposedCell unit={unit} />,
  },
  {
    id: 'users',
    header: 'Used by',
    width: 160,
    value: usersText,
    cell: (unit) => {
      const text = usersText(unit);
      return text === '' ? <span className="dim">Nobody</span> : <span data-hint={text}>{text}</span>;
    },
  },
  figureColumn('flushes', { hidden: true }),
  figureColumn('discards', { hidden: true }),
  figureColumn('read_p50_us', { hidden: true }),
  figureColumn('write_p50_us', { hidden: true }),
  figureColumn('in_flight', { hidden: true }),
  figureColumn('waiting', { hidden: true }),
  figureColumn('utilization', { hidden: true }),
  figureColumn('retries_total', { hidden: true }),
  figureColumn('rtt_ms', { hidden: true }),
  {
    id: 'block',
    header: 'Block',
    description: 'Size of a block',
    width: 72,
    align: 'right',
    hidden: true,
    value: (unit) => unit.block_bytes,
    cell: (unit) => `${unit.block_bytes} B`,
  },
  {
    id: 'access',
    header: 'Access',
    width: 110,
    hidden: true,
    value: (unit) => (unit.read_only ? 'Read-only' : 'Read-write'),
  },
  {
    id: 'no_path',
    header: 'No path',
    description: 'What requests get while there is no path',
    width: 200,
    hidden: true,
    value: (unit) => noPathWords(unit.options.no_path),
  },
  {
    id: 'attached',
    header: 'Attached',
    width: 112,
    align: 'right',
    hidden: true,
    value: (unit) => unit.attached_at,
    cell: (unit) => <Age at={unit.attached_at} suffix=" ago" />,
    sub: (path) => <Age at={path.changed_at} suffix=" ago" />,
  },
];

export const UNIT_PATHS: SubRows<Unit, Path> = {
  rows: (unit) => unit.paths,
  id: (path) => path.id,
  name: (path) => `path over ${path.peer}, ${pathLook(path).word}`,
  // Figures of a path that is gone are of the past.
  figureKey: (path) => (path.link === 'up' ? `path:${path.id}` : undefined),
  noun: 'paths',
  onOpen: (_, unit) => openUnit(unit, 'paths'),
};

export const UNIT_GROUPS: readonly Grouping<Unit>[] = [
  {
    id: 'peer',
    label: 'peer',
    of: ({ paths }) => [...new Set(paths.map(({ peer }) => peer))].join(', ') || 'No peer',
  },
  { id: 'label', label: 'label', of: unitLabel },
  { id: 'health', label: 'health', of: (unit) => unitLook(unit).word },
];

/** `backup, Degraded, 3 of 4 paths` */
export function unitName(unit: Unit): string {
  const { usable, all } = countPaths(unit.paths);
  const paths = `${usable} of ${all} ${all === 1 ? 'path' : 'paths'}`;
  return `${unit.name} ${unitLabel(unit)}, ${unitLook(unit).word}, ${paths}${unit.read_only ? ', read-only' : ''}`;
}

import { Button } from '@mantine/core';
import { countPaths, HEALTH_ORDER } from '../../../shared/health.ts';
import type { Path } from '../../../shared/model/disk.ts';
import type { Unit } from '../../../shared/model/unit.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { HealthBadge, PathBadge } from '../../components/status/badges.tsx';
import { pathLook, unitLook } from '../../components/status/words.ts';
import { type Column, DataTable, figureColumn, type SubRows } from '../../components/table/index.ts';
import { Size } from '../../components/values.tsx';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, openPage, useRoute } from '../../stores/ui.ts';

const pathsText = ({ paths }: Unit) => {
  const { usable, all } = countPaths(paths);
  return `${usable}/${all}`;
};

const COLUMNS: readonly Column<Unit, Path>[] = [
  {
    id: 'health',
    header: 'Health',
    width: 158,
    value: (unit) => HEALTH_ORDER.indexOf(unit.health),
    text: (unit) => unitLook(unit).word,
    cell: (unit) => <HealthBadge unit={unit} />,
    sub: (path) => <PathBadge path={path} />,
  },
  { id: 'name', header: 'Name', width: 80, fixed: true, value: (unit) => unit.name, sub: (path) => path.use },
  {
    id: 'label',
    header: 'Label',
    width: 180,
    grow: true,
    value: (unit) => unit.options.alias ?? unit.label,
    sub: (path) => `${path.peer}  ${path.label}`,
  },
  {
    id: 'size',
    header: 'Size',
    width: 100,
    align: 'right',
    value: (unit) => unit.size_bytes,
    cell: (unit) => <Size bytes={unit.size_bytes} blockBytes={unit.block_bytes} />,
  },
  {
    id: 'paths',
    header: 'Paths',
    width: 70,
    align: 'right',
    value: (unit) => countPaths(unit.paths).usable,
    cell: pathsText,
  },
  figureColumn('reads'),
  figureColumn('writes'),
  figureColumn('read_bytes'),
  figureColumn('written_bytes'),
  figureColumn('await_ms'),
  figureColumn('read_p99_us'),
  figureColumn('write_p99_us', { hidden: true }),
  figureColumn('queue_length'),
  figureColumn('errors_total'),
];
const PATHS: SubRows<Unit, Path> = {
  rows: (unit) => unit.paths,
  id: (path) => path.id,
  name: (path) => `path over ${path.peer}, ${pathLook(path).word}`,
  figureKey: (path) => `path:${path.id}`,
  noun: 'paths',
};
const idOf = (unit: Unit) => unit.name;
const nameOf = (unit: Unit) =>
  `${unit.options.alias ?? unit.label}, ${unitLook(unit).word}, ${pathsText(unit).replace('/', ' of ')} paths`;
const figuresOf = (unit: Unit) => `unit:${unit.name}` as const;
const GROUPS = [{ id: 'health', label: 'health', of: (unit: Unit) => unitLook(unit).word }];

export function UnitsPage() {
  const { object } = useRoute();
  return (
    <Page title="Attached disks" scroll={false}>
      <DataTable
        id="units"
        label="Attached disks"
        noun={['disk', 'disks']}
        rows={useRows('units')}
        ready={useReady()}
        columns={COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        figureKey={figuresOf}
        subRows={PATHS}
        groupings={GROUPS}
        watch={(ids, open) => ({ units: ids, paths_of: open })}
        defaultSort={{ id: 'name', desc: false }}
        selectable
        openId={object?.kind === 'unit' ? object.id : null}
        onOpen={(unit, options) => openObject({ kind: 'unit', id: unit.name }, options)}
        acts={{
          detach: (units) => openDialog({ kind: 'detach', units: units.map(idOf) }),
          paths: ([unit]) =>
            unit !== undefined && openObject({ kind: 'unit', id: unit.name }, { tab: 'paths' }),
        }}
        menu={(units) => [
          {
            label: 'Detach…',
            act: 'detach',
            run: () => openDialog({ kind: 'detach', units: units.map(idOf) }),
          },
        ]}
        toolbar={(selected) => (
          <Button
            variant="default"
            disabled={selected.length === 0}
            onClick={() => openDialog({ kind: 'detach', units: selected.map(idOf) })}
          >
            Detach…
          </Button>
        )}
        empty={
          <EmptyState
            text="No disks attached."
            action={{ label: 'Remote disks', run: () => openPage('disks') }}
          />
        }
      />
    </Page>
  );
}

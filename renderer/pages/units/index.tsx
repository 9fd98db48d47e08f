import { Group } from '@mantine/core';
import type { Unit } from '../../../shared/model/unit.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { DataTable, type TableProps } from '../../components/table/index.ts';
import { StartDemo } from '../../drawers/demo.tsx';
import { askDetach, askExpose, copySerial, openUnit, unitActs } from '../../drawers/unit/acts.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openObject, openPage, useRoute } from '../../stores/ui.ts';
import { UNIT_COLUMNS, UNIT_GROUPS, UNIT_PATHS, unitName } from './columns.tsx';

const idOf = (unit: Unit) => unit.name;
const figuresOf = (unit: Unit) => `unit:${unit.name}` as const;
const watch = (ids: readonly string[], open: readonly string[]) => ({ units: ids, paths_of: open });
const ACTS: NonNullable<TableProps<Unit>['acts']> = {
  detach: askDetach,
  expose: ([unit]) => unit !== undefined && askExpose(unit),
  paths: ([unit]) => unit !== undefined && openUnit(unit, 'paths'),
  copy: ([unit]) => unit !== undefined && copySerial(unit),
};

/** The disks attached here, with what they do now. */
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
        columns={UNIT_COLUMNS}
        rowId={idOf}
        rowName={unitName}
        figureKey={figuresOf}
        subRows={UNIT_PATHS}
        groupings={UNIT_GROUPS}
        watch={watch}
        defaultSort={{ id: 'name', desc: false }}
        selectable
        openId={object?.kind === 'unit' ? object.id : null}
        onOpen={(unit, options) => openObject({ kind: 'unit', id: unit.name }, options)}
        acts={ACTS}
        menu={unitActs}
        toolbar={(selected) => <Toolbar selected={selected} />}
        empty={<NoUnits />}
      />
    </Page>
  );
}

function Toolbar({ selected }: { selected: readonly Unit[] }) {
  const [first] = selected;
  const none = first === undefined ? 'Select disks first: with the boxes at the left, or with Space' : null;
  return (
    <Group gap="xs">
      <ActButton
        reason={none ?? (selected.length > 1 ? 'Select one disk' : null)}
        onClick={() => first !== undefined && askExpose(first)}
      >
        Expose or hide…
      </ActButton>
      <ActButton reason={none} onClick={() => askDetach(selected)}>
        Detach…
      </ActButton>
    </Group>
  );
}

function NoUnits() {
  const disks = useRows('disks');
  const peers = useRows('peers');
  return (
    <EmptyState
      text={
        disks.length === 0
          ? 'No disks attached, and no peer offers one yet. A remote disk is attached to use it here as if it were local.'
          : 'No disks attached. Choose one of the remote disks to use it here as if it were local.'
      }
      action={{ label: 'Remote disks', run: () => openPage('disks') }}
    >
      {peers.length === 0 && <StartDemo />}
    </EmptyState>
  );
}

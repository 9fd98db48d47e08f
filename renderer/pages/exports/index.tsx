import { Button, Group } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Export } from '../../../shared/model/export.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { DataTable, type TableProps } from '../../components/table/index.ts';
import {
  askStop,
  copySerial,
  exportActs,
  isOffered,
  setOnline,
  whyNotStop,
} from '../../drawers/export/acts.ts';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';
import { EXPORT_COLUMNS, EXPORT_GROUPS, exportName } from './columns.tsx';
import styles from './exports.module.css';
import { Listeners } from './listeners.tsx';

const idOf = (item: Export) => item.id;
const figuresOf = (item: Export) => `export:${item.id}` as const;
const watch = (ids: readonly string[]) => ({ exports: ids });
const addExport = () => openDialog({ kind: 'export' });
const ACTS: NonNullable<TableProps<Export>['acts']> = {
  detach: ([item]) => item !== undefined && askStop(item),
  expose: addExport,
  copy: ([item]) => item !== undefined && copySerial(item),
};

/** Files, devices and memory of this machine that peers are offered. */
export function ExportsPage() {
  const { object } = useRoute();
  return (
    <Page title="Exports" scroll={false}>
      <div className={styles.page}>
        <Listeners />
        <div className={styles.table}>
          <DataTable
            id="exports"
            label="Exports"
            noun={['export', 'exports']}
            rows={useRows('exports')}
            ready={useReady()}
            columns={EXPORT_COLUMNS}
            rowId={idOf}
            rowName={exportName}
            figureKey={figuresOf}
            watch={watch}
            groupings={EXPORT_GROUPS}
            defaultSort={{ id: 'label', desc: false }}
            selectable
            openId={object?.kind === 'export' ? object.id : null}
            onOpen={(item, options) => openObject({ kind: 'export', id: item.id }, options)}
            acts={ACTS}
            menu={exportActs}
            toolbar={(selected) => <Toolbar selected={selected} />}
            empty={
              <EmptyState
                text="Nothing is exported. An export offers a file, a device or memory of this machine to peers as a disk."
                action={{ label: 'Export…', run: addExport }}
              />
            }
          />
        </div>
      </div>
    </Page>
  );
}

function Toolbar({ selected }: { selected: readonly Export[] }) {
  const [first] = selected;
  const on = selected.filter(isOffered);
  const off = selected.filter((item) => !isOffered(item));
  const none = first === undefined ? 'Select exports first: with the boxes at the left, or with Space' : null;
  const stop = first === undefined ? none : selected.length > 1 ? 'Select one export' : whyNotStop(first);
  return (
    <Group gap="xs">
      <ActButton
        reason={none ?? (off.length === 0 ? 'All selected are online' : null)}
        onClick={() => setOnline(off, true)}
      >
        Put online
      </ActButton>
      <ActButton
        reason={none ?? (on.length === 0 ? 'All selected are offline' : null)}
        onClick={() => setOnline(on, false)}
      >
        Take offline
      </ActButton>
      <ActButton reason={stop} onClick={() => first !== undefined && askStop(first)}>
        Stop exporting…
      </ActButton>
      <Button leftSection={<Plus size={14} />} onClick={addExport}>
        Export…
      </Button>
    </Group>
  );
}

import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import type { Export } from '../../../shared/model/export.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { ExportBadge } from '../../components/status/badges.tsx';
import { EXPORT_LOOKS } from '../../components/status/words.ts';
import { type Column, DataTable, figureColumn } from '../../components/table/index.ts';
import { Size } from '../../components/values.tsx';
import { useReady, useRows } from '../../stores/tables.ts';
import { openDialog, openObject, useRoute } from '../../stores/ui.ts';

const COLUMNS: readonly Column<Export>[] = [
  {
    id: 'state',
    header: 'State',
    width: 120,
    value: (item) => item.state,
    text: (item) => EXPORT_LOOKS[item.state].word,
    cell: (item) => <ExportBadge item={item} />,
  },
  { id: 'label', header: 'Label', width: 180, fixed: true, value: (item) => item.label },
  { id: 'source', header: 'Source', width: 240, grow: true, value: (item) => item.source },
  {
    id: 'size',
    header: 'Size',
    width: 100,
    align: 'right',
    value: (item) => item.size_bytes,
    cell: (item) => <Size bytes={item.size_bytes} blockBytes={item.block_bytes} />,
  },
  { id: 'clients', header: 'Clients', width: 80, align: 'right', value: (item) => item.clients.length },
  figureColumn('reads'),
  figureColumn('writes'),
  figureColumn('read_bytes'),
  figureColumn('written_bytes'),
];
const idOf = (item: Export) => item.id;
const nameOf = (item: Export) => `${item.label}, ${EXPORT_LOOKS[item.state].word}`;
const figuresOf = (item: Export) => `export:${item.id}` as const;

export function ExportsPage() {
  const { object } = useRoute();
  return (
    <Page title="Exports" scroll={false}>
      <DataTable
        id="exports"
        label="Exports"
        noun={['export', 'exports']}
        rows={useRows('exports')}
        ready={useReady()}
        columns={COLUMNS}
        rowId={idOf}
        rowName={nameOf}
        figureKey={figuresOf}
        watch={(ids) => ({ exports: ids })}
        defaultSort={{ id: 'label', desc: false }}
        openId={object?.kind === 'export' ? object.id : null}
        onOpen={(item, options) => openObject({ kind: 'export', id: item.id }, options)}
        toolbar={() => (
          <Button leftSection={<Plus size={14} />} onClick={() => openDialog({ kind: 'export' })}>
            Export
          </Button>
        )}
        empty={
          <EmptyState
            text="Nothing is exported. An export offers a file or device of this machine to peers."
            action={{ label: 'Export', run: () => openDialog({ kind: 'export' }) }}
          />
        }
      />
    </Page>
  );
}

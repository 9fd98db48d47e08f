import type { Export } from '../../../shared/model/export.ts';
import { ActButton } from '../../components/act-button.tsx';
import { RawView } from '../../components/raw-view.tsx';
import { ExportBadge } from '../../components/status/badges.tsx';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';
import { EventsTab } from '../events/events-tab.tsx';
import { MoreMenu } from '../more-menu.tsx';
import { PerformanceTab } from '../performance/performance-tab.tsx';
import { askStop, exportActs, isOffered, setOnline, whyNotStop, whyNotSwitch } from './acts.ts';
import { ClientsTab } from './clients-tab.tsx';
import { OptionsTab } from './options-tab.tsx';
import { SummaryTab } from './summary-tab.tsx';
import { useExportCommand } from './use-export-command.ts';

/** A disk of this machine that peers are offered. */
export function ExportDrawer({ id }: { id: string }) {
  const item = useRow('exports', id);
  if (item === undefined) return <Gone what="This export" />;
  const offered = isOffered(item);
  return (
    <DrawerPage
      title={item.label}
      sub={<ExportBadge item={item} />}
      actions={
        <>
          <ActButton reason={whyNotSwitch(item)} onClick={() => setOnline([item], !offered)}>
            {offered ? 'Take offline' : 'Put online'}
          </ActButton>
          <ActButton reason={whyNotStop(item)} onClick={() => askStop(item)}>
            Stop exporting…
          </ActButton>
          <MoreMenu entries={exportActs([item])} />
        </>
      }
      tabs={[
        { id: 'summary', label: 'Summary', render: () => <SummaryTab item={item} /> },
        { id: 'clients', label: 'Clients', render: () => <ClientsTab item={item} /> },
        {
          id: 'performance',
          label: 'Performance',
          render: () => <PerformanceTab figureKey={`export:${id}`} label={item.label} />,
        },
        { id: 'options', label: 'Options', render: () => <OptionsTab item={item} /> },
        { id: 'events', label: 'Events', render: () => <EventsTab objectId={id} /> },
        { id: 'raw', label: 'Raw', render: () => <Raw item={item} /> },
      ]}
    />
  );
}

function Raw({ item }: { item: Export }) {
  return <RawView value={item} command={useExportCommand(item, item.allow, item.writers)} />;
}

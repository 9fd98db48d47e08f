import type { Unit } from '../../../shared/model/unit.ts';
import { ActButton } from '../../components/act-button.tsx';
import { HealthBadge } from '../../components/status/badges.tsx';
import { useWatch } from '../../connection/index.ts';
import { UnitMarks } from '../../pages/units/cells.tsx';
import { HealthSentence } from '../../pages/units/health-cell.tsx';
import { useRow } from '../../stores/tables.ts';
import { ContentsTab } from '../contents/contents-tab.tsx';
import { DrawerPage, type DrawerTab, Gone } from '../drawer-page.tsx';
import { EventsTab } from '../events/events-tab.tsx';
import { MoreMenu } from '../more-menu.tsx';
import { PerformanceTab } from '../performance/performance-tab.tsx';
import { askDetach, askExpose, unitActs, unitLabel } from './acts.ts';
import { ClientsTab } from './clients-tab.tsx';
import { OptionsTab } from './options-tab.tsx';
import { PathsTab } from './paths-tab.tsx';
import { RawTab } from './raw-tab.tsx';
import { SummaryTab } from './summary-tab.tsx';
import styles from './unit.module.css';

/** An attached disk, `xaN`. */
export function UnitDrawer({ id }: { id: string }) {
  const unit = useRow('units', id);
  useWatch({ units: [id] });
  if (unit === undefined) return <Gone what={id} />;
  return (
    <DrawerPage
      title={`${unit.name}  ${unitLabel(unit)}`}
      sub={
        // Two lines, whatever the state: what stands below does not move when it changes.
        <div className={styles.sub}>
          <span>
            <HealthBadge unit={unit} />
            <UnitMarks unit={unit} />
          </span>
          <span>
            <HealthSentence unit={unit} />
          </span>
        </div>
      }
      actions={
        <>
          <ActButton reason={null} onClick={() => askExpose(unit)}>
            {unit.options.exposed ? 'Hide…' : 'Expose…'}
          </ActButton>
          <ActButton reason={null} onClick={() => askDetach([unit])}>
            Detach…
          </ActButton>
          <MoreMenu entries={unitActs([unit])} />
        </>
      }
      tabs={tabsOf(unit)}
    />
  );
}

function tabsOf(unit: Unit): readonly DrawerTab[] {
  const { name } = unit;
  return [
    { id: 'summary', label: 'Summary', render: () => <SummaryTab unit={unit} /> },
    { id: 'paths', label: 'Paths', render: () => <PathsTab unit={unit} /> },
    {
      id: 'performance',
      label: 'Performance',
      render: () => <PerformanceTab figureKey={`unit:${name}`} label={name} />,
    },
    { id: 'clients', label: 'Clients', render: () => <ClientsTab unit={unit} /> },
    { id: 'contents', label: 'Contents', render: () => <ContentsTab target={{ unit: name }} /> },
    { id: 'events', label: 'Events', render: () => <EventsTab objectId={name} /> },
    { id: 'options', label: 'Options', render: () => <OptionsTab unit={unit} /> },
    { id: 'raw', label: 'Raw', render: () => <RawTab unit={unit} /> },
  ];
}

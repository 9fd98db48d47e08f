import { Tabs } from '@mantine/core';
import { Page } from '../../components/page.tsx';
import { openSection, useRoute } from '../../stores/ui.ts';
import styles from './activity.module.css';
import { EventsPanel } from './events-panel.tsx';
import { JobsPanel } from './jobs-panel.tsx';
import { LogPanel } from './log-panel.tsx';

const SECTIONS = [
  { id: 'jobs', label: 'Jobs', panel: JobsPanel },
  { id: 'events', label: 'Events', panel: EventsPanel },
  { id: 'log', label: 'Log', panel: LogPanel },
] as const;

/** What runs, what happened, and what the host says of itself. */
export function ActivityPage() {
  const { section } = useRoute();
  const current = SECTIONS.find(({ id }) => id === section) ?? SECTIONS[1];
  return (
    <Page title="Activity" scroll={false}>
      <Tabs
        value={current.id}
        onChange={(id) => id !== null && openSection(id)}
        keepMounted={false}
        className={styles.tabs}
      >
        <Tabs.List className={styles.tabList}>
          {SECTIONS.map(({ id, label }) => (
            <Tabs.Tab key={id} value={id}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {SECTIONS.map(({ id, panel: Panel }) => (
          <Tabs.Panel key={id} value={id} className={styles.panel}>
            <Panel />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

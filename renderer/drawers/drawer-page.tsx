import { Group, Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { useReady } from '../stores/tables.ts';
import { closeObject, openTab, useRoute } from '../stores/ui.ts';
import styles from './drawers.module.css';

export interface DrawerTab {
  /** `[a-z_]+`: it stands in the address bar. */
  readonly id: string;
  readonly label: string;
  /** Drawn only while it is open. */
  render(): ReactNode;
}

/** What all drawers share: a head that stays, and tabs that the address bar remembers. */
export function DrawerPage(props: {
  title: ReactNode;
  sub?: ReactNode;
  actions?: ReactNode;
  tabs: readonly DrawerTab[];
}) {
  const { tab } = useRoute();
  const [first] = props.tabs;
  const current = props.tabs.find(({ id }) => id === tab) ?? first;
  return (
    <div className={styles.drawer}>
      <div className={styles.head}>
        <h2 className={styles.title}>{props.title}</h2>
        {props.sub !== undefined && <Group gap="sm">{props.sub}</Group>}
        {props.actions !== undefined && (
          <Group gap="xs" mt={8}>
            {props.actions}
          </Group>
        )}
      </div>
      {props.tabs.length > 1 ? (
        <Tabs
          value={current?.id ?? null}
          onChange={(id) => id !== null && openTab(id)}
          className={styles.tabs}
          keepMounted={false}
        >
          <Tabs.List className={styles.tabList}>
            {props.tabs.map(({ id, label }) => (
              <Tabs.Tab key={id} value={id}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {props.tabs.map(({ id, render }) => (
            <Tabs.Panel key={id} value={id} className={styles.panel}>
              {render()}
            </Tabs.Panel>
          ))}
        </Tabs>
      ) : (
        <div className={styles.panel}>{current?.render()}</div>
      )}
    </div>
  );
}

/** The object of the drawer is not there: not yet, or no more. */
export function Gone({ what }: { what: string }) {
  const ready = useReady();
  return (
    <div className={styles.gone}>
      {ready ? (
        <EmptyState text={`${what} is not there any more.`} action={{ label: 'Close', run: closeObject }} />
      ) : null}
    </div>
  );
}

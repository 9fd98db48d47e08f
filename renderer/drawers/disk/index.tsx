import { Text } from '@mantine/core';
import { spansCommand } from '../../../shared/command-line.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { RawView } from '../../components/raw-view.tsx';
import { Age } from '../../components/values.tsx';
import { DiskHealth } from '../../pages/disks/cells.tsx';
import { useRow } from '../../stores/tables.ts';
import { openObject, openPage } from '../../stores/ui.ts';
import { ContentsTab } from '../contents/contents-tab.tsx';
import { DrawerPage, Gone } from '../drawer-page.tsx';
import { EventsTab } from '../events/events-tab.tsx';
import { CardList } from '../item-card.tsx';
import { MoreMenu } from '../more-menu.tsx';
import { PathCard } from '../path-card.tsx';
import { attach, diskActs, whyNotAttach } from './acts.ts';
import styles from './disk.module.css';
import { SummaryTab } from './summary-tab.tsx';

/** A remote disk, before and after it is attached. */
export function DiskDrawer({ id }: { id: string }) {
  const disk = useRow('disks', id);
  const peer = useRow('peers', disk?.paths.find(({ peer_id }) => peer_id !== null)?.peer_id ?? null);
  if (disk === undefined) return <Gone what="This disk" />;
  return (
    <DrawerPage
      title={disk.label}
      sub={
        <>
          <DiskHealth disk={disk} />
          {!disk.offered && (
            <span className="dim">
              last seen <Age at={disk.last_seen} suffix=" ago" />
            </span>
          )}
        </>
      }
      actions={
        <>
          <ActButton variant="filled" reason={whyNotAttach(disk)} onClick={() => attach(disk)}>
            Attach…
          </ActButton>
          <MoreMenu entries={diskActs(disk)} />
        </>
      }
      tabs={[
        { id: 'summary', label: 'Summary', render: () => <SummaryTab disk={disk} /> },
        { id: 'paths', label: 'Paths', render: () => <Paths disk={disk} /> },
        { id: 'contents', label: 'Contents', render: () => <Contents disk={disk} /> },
        { id: 'events', label: 'Events', render: () => <EventsTab objectId={disk.id} /> },
        {
          id: 'raw',
          label: 'Raw',
          render: () => (
            <RawView value={disk} {...(peer === undefined ? {} : { command: spansCommand(peer) })} />
          ),
        },
      ]}
    />
  );
}

function Paths({ disk }: { disk: Disk }) {
  const { unit } = disk;
  return (
    <div className={styles.stack}>
      {unit === null ? (
        <Text size="sm" c="dimmed">
          What a path does can be chosen and measured once the disk is attached.
        </Text>
      ) : (
        <div>
          <ActButton reason={null} onClick={() => openObject({ kind: 'unit', id: unit }, { tab: 'paths' })}>
            Figures and acts at {unit}
          </ActButton>
        </div>
      )}
      <CardList label={`Paths to ${disk.label}`}>
        {disk.paths.map((path) => (
          <PathCard key={path.id} path={path} />
        ))}
      </CardList>
    </div>
  );
}

/** What is on it can be looked at before it is attached, but not while nobody offers it. */
function Contents({ disk }: { disk: Disk }) {
  if (disk.offered) return <ContentsTab target={{ disk_id: disk.id }} />;
  return (
    <EmptyState
      text={`No peer offers ${disk.label} now, so what is on it cannot be read.`}
      action={{ label: 'Peers', run: () => openPage('peers') }}
    />
  );
}

import type { Disk } from '../../../shared/model/disk.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import { ActButton } from '../../components/act-button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { type Field, Fields } from '../../components/fields.tsx';
import { PathBadge } from '../../components/status/badges.tsx';
import { Size } from '../../components/values.tsx';
import { useRows } from '../../stores/tables.ts';
import { attach, openDisk, whyNotAttach } from '../disk/acts.ts';
import { CardList, ItemCard } from '../item-card.tsx';
import { setConnected } from './acts.ts';

/** The disks a peer offers, and those it offered before. */
export function DisksTab({ peer }: { peer: Peer }) {
  const disks = useRows('disks').filter(({ paths }) => paths.some(({ peer_id }) => peer_id === peer.id));
  if (disks.length === 0) return <NoDisks peer={peer} />;
  return (
    <CardList label={`Disks of ${peer.name}`}>
      {disks.map((disk) => (
        <DiskCard key={disk.id} disk={disk} peer={peer} />
      ))}
    </CardList>
  );
}

function NoDisks({ peer }: { peer: Peer }) {
  if (peer.state === 'disconnected') {
    return (
      <EmptyState
        text={`${peer.name} is disconnected: what it offers is known when it is connected.`}
        action={{ label: 'Connect', run: () => setConnected([peer], true) }}
      />
    );
  }
  return (
    <EmptyState
      text={
        peer.state === 'up'
          ? `${peer.name} offers no disk. Those it offers appear by themselves.`
          : `${peer.name} is not connected yet: what it offers is known when it is.`
      }
    />
  );
}

function DiskCard({ disk, peer }: { disk: Disk; peer: Peer }) {
  const path = disk.paths.find(({ peer_id }) => peer_id === peer.id);
  const others = disk.paths.length - 1;
  const facts: readonly (Field | null)[] = [
    { name: 'Serial', value: <span className="mono">{disk.serial}</span>, copy: disk.serial },
    { name: 'Size', value: <Size bytes={disk.size_bytes} blockBytes={disk.block_bytes} /> },
    { name: 'Attached as', value: disk.unit ?? 'Not attached' },
    others === 0 ? null : { name: 'Other paths', value: others },
  ];
  return (
    <ItemCard
      title={disk.label}
      aside={path === undefined ? null : <PathBadge path={path} />}
      acts={
        <>
          <ActButton
            size="compact-xs"
            label={`Open the disk ${disk.label}`}
            reason={null}
            onClick={() => openDisk(disk, 'summary')}
          >
            Open
          </ActButton>
          <ActButton
            size="compact-xs"
            label={`Attach ${disk.label}`}
            reason={whyNotAttach(disk)}
            onClick={() => attach(disk)}
          >
            Attach…
          </ActButton>
        </>
      }
    >
      <Fields items={facts} />
    </ItemCard>
  );
}

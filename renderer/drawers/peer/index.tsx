import { spansCommand } from '../../../shared/command-line.ts';
import { ActButton } from '../../components/act-button.tsx';
import { RawView } from '../../components/raw-view.tsx';
import { PeerBadge, SecurityBadge } from '../../components/status/badges.tsx';
import { useRow } from '../../stores/tables.ts';
import { openDialog } from '../../stores/ui.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';
import { EventsTab } from '../events/events-tab.tsx';
import { MoreMenu } from '../more-menu.tsx';
import { isWanted, peerActs, setConnected, whyNotEdit } from './acts.ts';
import { DisksTab } from './disks-tab.tsx';
import { SummaryTab } from './summary-tab.tsx';

/** A machine we connect to. */
export function PeerDrawer({ id }: { id: string }) {
  const peer = useRow('peers', id);
  if (peer === undefined) return <Gone what="This peer" />;
  const wanted = isWanted(peer);
  return (
    <DrawerPage
      title={peer.name}
      sub={
        <>
          <PeerBadge peer={peer} />
          <SecurityBadge security={peer.security} />
        </>
      }
      actions={
        <>
          <ActButton reason={null} onClick={() => setConnected([peer], !wanted)}>
            {wanted ? 'Disconnect' : 'Connect'}
          </ActButton>
          <ActButton reason={whyNotEdit(peer)} onClick={() => openDialog({ kind: 'edit_peer', peer_id: id })}>
            Edit…
          </ActButton>
          <MoreMenu entries={peerActs([peer])} />
        </>
      }
      tabs={[
        { id: 'summary', label: 'Summary', render: () => <SummaryTab peer={peer} /> },
        { id: 'disks', label: 'Disks', render: () => <DisksTab peer={peer} /> },
        { id: 'events', label: 'Events', render: () => <EventsTab objectId={peer.id} /> },
        {
          id: 'raw',
          label: 'Raw',
          render: () => <RawView value={peer} command={spansCommand(peer)} />,
        },
      ]}
    />
  );
}

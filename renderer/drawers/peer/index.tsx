import { RawView } from '../../components/raw-view.tsx';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';

export function PeerDrawer({ id }: { id: string }) {
  const peer = useRow('peers', id);
  if (peer === undefined) return <Gone what="This peer" />;
  return (
    <DrawerPage
      title={peer.name}
      tabs={[{ id: 'raw', label: 'Raw', render: () => <RawView value={peer} /> }]}
    />
  );
}

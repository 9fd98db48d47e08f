import { RawView } from '../../components/raw-view.tsx';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';

export function DiskDrawer({ id }: { id: string }) {
  const disk = useRow('disks', id);
  if (disk === undefined) return <Gone what="This disk" />;
  return (
    <DrawerPage
      title={disk.label}
      tabs={[{ id: 'raw', label: 'Raw', render: () => <RawView value={disk} /> }]}
    />
  );
}

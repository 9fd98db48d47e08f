import { RawView } from '../../components/raw-view.tsx';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';

export function ExportDrawer({ id }: { id: string }) {
  const item = useRow('exports', id);
  if (item === undefined) return <Gone what="This export" />;
  return (
    <DrawerPage
      title={item.label}
      tabs={[{ id: 'raw', label: 'Raw', render: () => <RawView value={item} /> }]}
    />
  );
}

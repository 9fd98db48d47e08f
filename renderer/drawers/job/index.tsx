import { RawView } from '../../components/raw-view.tsx';
import { useRow } from '../../stores/tables.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';

export function JobDrawer({ id }: { id: string }) {
  const job = useRow('jobs', id);
  if (job === undefined) return <Gone what="This job" />;
  return (
    <DrawerPage
      title={job.title}
      tabs={[{ id: 'raw', label: 'Raw', render: () => <RawView value={job} /> }]}
    />
  );
}

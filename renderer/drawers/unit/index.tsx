import { Button } from '@mantine/core';
import { countPaths } from '../../../shared/health.ts';
import { Fields } from '../../components/fields.tsx';
import { RawView } from '../../components/raw-view.tsx';
import { HealthBadge } from '../../components/status/badges.tsx';
import { SizeForms } from '../../components/values.tsx';
import { useRow } from '../../stores/tables.ts';
import { openDialog } from '../../stores/ui.ts';
import { DrawerPage, Gone } from '../drawer-page.tsx';

export function UnitDrawer({ id }: { id: string }) {
  const unit = useRow('units', id);
  if (unit === undefined) return <Gone what={id} />;
  const { usable, all } = countPaths(unit.paths);
  return (
    <DrawerPage
      title={`${unit.name}  ${unit.options.alias ?? unit.label}`}
      sub={
        <>
          <HealthBadge unit={unit} />
          <span className="live">
            {usable}/{all} paths
          </span>
        </>
      }
      actions={
        <Button variant="default" onClick={() => openDialog({ kind: 'detach', units: [unit.name] })}>
          Detach…
        </Button>
      }
      tabs={[
        {
          id: 'summary',
          label: 'Summary',
          render: () => (
            <Fields
              items={[
                { name: 'Serial', value: <span className="mono">{unit.serial}</span>, copy: unit.serial },
                { name: 'Size', value: <SizeForms bytes={unit.size_bytes} blockBytes={unit.block_bytes} /> },
                unit.nbd === null
                  ? null
                  : { name: 'NBD', value: <span className="mono">{unit.nbd}</span>, copy: unit.nbd },
              ]}
            />
          ),
        },
        { id: 'raw', label: 'Raw', render: () => <RawView value={unit} /> },
      ]}
    />
  );
}

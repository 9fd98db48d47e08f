import { Button, Group } from '@mantine/core';
import { Download, Upload } from 'lucide-react';
import { download } from '../../../components/chart/download.ts';
import { call } from '../../../connection/index.ts';
import { toastFailed } from '../../../stores/toast.ts';
import { openDialog } from '../../../stores/ui.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';
import { Versions } from '../versions.tsx';

export function ImportExportSection() {
  const save = async () => {
    try {
      const { text } = await call('config.export', {});
      download('spandrel-config.json', text, 'application/json');
    } catch (error) {
      toastFailed('The configuration was not exported', error);
    }
  };
  return (
    <div className={styles.body}>
      <Setting
        label="Configuration"
        hint="Peers, exports, attached disks with their options, settings and layout, as one file without secrets. An import first shows what would change."
      >
        <Group gap="xs">
          <Button variant="default" leftSection={<Download size={13} />} onClick={() => void save()}>
            Export configuration
          </Button>
          <Button
            variant="default"
            leftSection={<Upload size={13} />}
            onClick={() => openDialog({ kind: 'import_config' })}
          >
            Import configuration…
          </Button>
        </Group>
      </Setting>
      <Setting
        label="Earlier versions"
        hint="Every change keeps the configuration before it, the last ten. Restoring one can be undone."
      >
        <Versions />
      </Setting>
    </div>
  );
}

import { Button } from '@mantine/core';
import { Fields } from '../../../components/fields.tsx';
import { Age } from '../../../components/values.tsx';
import { useHello } from '../../../stores/settings.ts';
import { openDialog } from '../../../stores/ui.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';

export function AboutSection() {
  const hello = useHello();
  return (
    <div className={styles.body}>
      {hello !== null && (
        <Fields
          items={[
            { name: 'Version', value: hello.version, copy: hello.version },
            hello.commit === null
              ? null
              : { name: 'Commit', value: <span className="mono">{hello.commit}</span>, copy: hello.commit },
            { name: 'Machine', value: hello.machine },
            { name: 'Running for', value: <Age at={hello.started_at} /> },
            {
              name: 'State directory',
              value: <span className="mono">{hello.state_directory}</span>,
              copy: hello.state_directory,
            },
          ]}
        />
      )}
      <p className={styles.hint}>
        No account, no telemetry, no advertisements: nothing connects anywhere but to the peers you add.
      </p>
      <Setting>
        <Button variant="default" onClick={() => openDialog({ kind: 'about' })}>
          About and licences
        </Button>
      </Setting>
    </div>
  );
}

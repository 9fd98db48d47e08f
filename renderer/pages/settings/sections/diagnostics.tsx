import { Button } from '@mantine/core';
import type { Capability } from '../../../../shared/model/host.ts';
import { CodeBlock } from '../../../components/code-block.tsx';
import { Badge } from '../../../components/status/badges.tsx';
import { useHello } from '../../../stores/settings.ts';
import { openDialog, openPage } from '../../../stores/ui.ts';
import { Setting } from '../setting.tsx';
import styles from '../settings.module.css';

const NAMES = {
  kernel_nbd: 'Units as block devices (/dev/nbdN)',
  process_names: 'Names of the programs that use units',
  native_picker: 'File pickers of the system',
  tray: 'Tray icon',
} as const;

export function DiagnosticsSection() {
  const hello = useHello();
  return (
    <div className={styles.body}>
      <Setting
        label="Diagnostics bundle"
        hint="Version, configuration without secrets, state, the last events and log lines, to send with a report. You see all of it before it is saved; nothing is sent."
      >
        <Button variant="default" onClick={() => openDialog({ kind: 'diagnostics' })}>
          Look at the bundle…
        </Button>
      </Setting>
      <Setting label="Log">
        <Button variant="default" onClick={() => openPage('activity', 'log')}>
          Open the log
        </Button>
      </Setting>
      {hello !== null && (
        <Setting label="What this host can do">
          <ul className={styles.entries}>
            {(['kernel_nbd', 'process_names', 'native_picker', 'tray'] as const).map((name) => (
              <Ability key={name} name={NAMES[name]} ability={hello.capabilities[name]} />
            ))}
          </ul>
        </Setting>
      )}
    </div>
  );
}

function Ability({ name, ability }: { name: string; ability: Capability }) {
  return (
    <li className={styles.ability}>
      <Badge
        look={
          ability.available
            ? { word: 'Yes', glyph: 'check', tone: 'ok', hint: '' }
            : { word: 'No', glyph: 'dash', tone: 'unknown', hint: '' }
        }
      />
      <div>
        {name}
        {ability.reason !== null && <p className={styles.hint}>{ability.reason}</p>}
        {ability.fix !== null && <CodeBlock label={`fix: ${name}`} text={ability.fix} />}
      </div>
    </li>
  );
}

import { Text } from '@mantine/core';
import type { Unit } from '../../../shared/model/unit.ts';
import { ActButton } from '../../components/act-button.tsx';
import { CodeBlock } from '../../components/code-block.tsx';
import { useHello } from '../../stores/settings.ts';
import { askExpose } from './acts.ts';
import { deviceCommands } from './device-command.ts';
import styles from './unit.module.css';

/** How to have the unit as `/dev/nbdN`, and what this machine lacks for that. */
export function Device({ unit }: { unit: Unit }) {
  const kernel = useHello()?.capabilities.kernel_nbd;
  const commands = deviceCommands(unit);
  return (
    <section>
      <h3 className={styles.section}>Block device of this machine</h3>
      {commands === null ? (
        <div className={styles.stack}>
          <Text size="sm">
            {unit.name} has to be exposed over NBD first. Then a command makes it /dev/nbdN.
          </Text>
          <div>
            <ActButton reason={null} onClick={() => askExpose(unit)}>
              Expose…
            </ActButton>
          </div>
        </div>
      ) : (
        <div className={styles.stack}>
          {unit.device !== null && (
            <Text size="sm">
              Connected as <span className="mono">{unit.device}</span>.
            </Text>
          )}
          {kernel?.available === false && (
            <div className={styles.stack} role="note">
              <Text size="sm" c="dimmed">
                Before it works here: {kernel.reason ?? 'this machine lacks what it takes'}.
              </Text>
              {kernel.fix !== null && <CodeBlock label="fix" text={kernel.fix} />}
            </div>
          )}
          <CodeBlock label="nbd-client command" text={commands.connect} />
          <CodeBlock label="command to disconnect the device" text={commands.disconnect} />
        </div>
      )}
    </section>
  );
}

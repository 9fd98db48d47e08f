import { Button, Skeleton } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ConfigVersion } from '../../../shared/model/host.ts';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Time } from '../../components/values.tsx';
import { call } from '../../connection/index.ts';
import { useAnswer } from '../../connection/use-answer.ts';
import { toastWithAct } from '../../dialogs/parts/act-toast.tsx';
import { useSettings } from '../../stores/settings.ts';
import { useTables } from '../../stores/tables.ts';
import { toastDone, toastFailed } from '../../stores/toast.ts';
import styles from './settings.module.css';

const SHOWN_CHANGES = 6;
const UNDO_MS = 8000;

/** Configurations there were, each with what was changed afterwards. */
export function Versions() {
  const { value, error, retry } = useAnswer('config.versions', {});
  const [busy, setBusy] = useState(false);
  useReread(retry);

  const restore = async (version: ConfigVersion) => {
    setBusy(true);
    try {
      const { changes } = await call('config.restore', { id: version.id });
      const [before] = (await call('config.versions', {})).versions;
      retry();
      const count = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}`;
      const undo = async () => {
        if (before === undefined) return;
        try {
          await call('config.restore', { id: before.id });
          toastDone('The configuration is as before');
        } catch (thrown) {
          toastFailed('The restore was not undone', thrown);
        }
        retry();
      };
      toastWithAct(
        `The earlier configuration is restored: ${count}`,
        { label: 'Undo', run: () => void undo() },
        UNDO_MS,
      );
    } catch (thrown) {
      toastFailed('The configuration was not restored', thrown);
    }
    setBusy(false);
  };

  if (error !== null)
    return (
      <ErrorPanel title="Earlier versions cannot be read" error={error} events={false} onRetry={retry} />
    );
  if (value === null) return <Skeleton height={80} />;
  if (value.versions.length === 0)
    return <p className={styles.hint}>Nothing was changed yet, so there is no earlier version.</p>;
  return (
    <ol className={styles.entries} aria-label="Earlier versions, newest first">
      {value.versions.map((version) => (
        <li key={version.id} className={styles.version}>
          <div>
            Before <Time at={version.at} />, then:
            <ul className={styles.changes}>
              {version.changes.slice(0, SHOWN_CHANGES).map((change) => (
                <li key={change}>{change}</li>
              ))}
              {version.changes.length > SHOWN_CHANGES && (
                <li>and {version.changes.length - SHOWN_CHANGES} more</li>
              )}
            </ul>
          </div>
          <Button
            variant="default"
            disabled={busy}
            aria-label={`Restore the configuration of before ${version.changes[0] ?? 'that change'}`}
            onClick={() => void restore(version)}
          >
            Restore
          </Button>
        </li>
      ))}
    </ol>
  );
}

/** A change of the configuration makes a version: of settings, or of what the tables hold. */
function useReread(retry: () => void): void {
  const settings = useSettings();
  const tables = useTables(
    (state) => `${state.tables.peers.size} ${state.tables.exports.size} ${state.tables.units.size}`,
  );
  const first = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: these tell that there may be a new version
  useEffect(() => {
    if (first.current) first.current = false;
    else retry();
  }, [settings, tables]);
}

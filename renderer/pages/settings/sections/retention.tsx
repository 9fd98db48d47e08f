import { formatBytes } from '../../../../shared/format.ts';
import { useHello, useSettings, useUnits } from '../../../stores/settings.ts';
import { useRows } from '../../../stores/tables.ts';
import { Setting, Toggle } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

/** What one object's history takes once all its rings are full. */
const HISTORY_BYTES = 4_116_736;
/** What events take at most: the file that is written and the one before. */
const EVENT_BYTES = 8 << 20;

export function RetentionSection() {
  const { history } = useSettings();
  const units = useUnits();
  const hello = useHello();
  // Each attached disk, each export, and all disks together.
  const kept = useRows('units').length + useRows('exports').length + 1;
  const { error, save } = useSetting();
  return (
    <div className={styles.body}>
      <Toggle
        label="Keep the history of figures"
        hint={
          <>
            Each second for an hour, each 10 seconds for a day, each minute for 30 days; then the oldest is
            overwritten. That is at most {formatBytes(HISTORY_BYTES, units)} on disk for each attached disk
            and export: with the {kept === 1 ? '1 series' : `${kept} series`} there are now{' '}
            {formatBytes(HISTORY_BYTES * kept, units)}. Off: charts begin when they are opened.
          </>
        }
        error={error}
        checked={history}
        onChange={(value) => void save({ history: value })}
      />
      <Setting
        label="Events"
        hint={`Kept across restarts, the newest ${formatBytes(EVENT_BYTES, units)} of them: some twenty thousand.`}
      >
        {null}
      </Setting>
      {hello !== null && (
        <Setting label="Kept in">
          <span className="mono">{hello.state_directory}</span>
        </Setting>
      )}
    </div>
  );
}

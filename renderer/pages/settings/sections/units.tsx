import { useState } from 'react';
import { formatByteRate, formatBytes, formatIso } from '../../../../shared/format.ts';
import type { Settings } from '../../../../shared/model/settings.ts';
import { useSettings } from '../../../stores/settings.ts';
import { Choice } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

const UNITS = [
  { value: 'iec', label: 'KiB, MiB, GiB (powers of 1024)' },
  { value: 'si', label: 'kB, MB, GB (powers of 1000)' },
] satisfies { value: Settings['units']; label: string }[];
const CLOCKS = [
  { value: 'local', label: 'Local time' },
  { value: 'utc', label: 'UTC' },
] satisfies { value: Settings['clock']; label: string }[];

const EXAMPLE_BYTES = 1_000_204_886_016;

export function UnitsSection() {
  const { units, clock } = useSettings();
  const [now] = useState(Date.now);
  const saveUnits = useSetting();
  const saveClock = useSetting();
  return (
    <div className={styles.body}>
      <Choice
        label="Units of sizes and rates"
        hint={
          <>
            A disk of 1 TB: <b className="num">{formatBytes(EXAMPLE_BYTES, units)}</b>, at{' '}
            <b className="num">{formatByteRate(101_082_726, units)}</b>. A click on any size changes them too.
            Sizes you type may be in either.
          </>
        }
        error={saveUnits.error}
        options={UNITS}
        value={units}
        onChange={(value) => void saveUnits.save({ units: value })}
      />
      <Choice
        label="Times"
        hint={
          <>
            Now: <b className="num">{formatIso(now, clock)}</b>. Exports are in UTC whatever is chosen.
          </>
        }
        error={saveClock.error}
        options={CLOCKS}
        value={clock}
        onChange={(value) => void saveClock.save({ clock: value })}
      />
      <p className={styles.hint}>Numbers are written the English way everywhere: 1,234.5.</p>
    </div>
  );
}

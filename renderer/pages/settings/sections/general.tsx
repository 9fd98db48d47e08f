import type { Settings } from '../../../../shared/model/settings.ts';
import { useHello, useSettings } from '../../../stores/settings.ts';
import { Choice, Toggle } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

const THEMES = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
  { value: 'contrast', label: 'High contrast' },
] satisfies { value: Settings['theme']; label: string }[];

export function GeneralSection() {
  const settings = useSettings();
  const tray = useHello()?.capabilities.tray;
  const theme = useSetting();
  const close = useSetting();
  return (
    <div className={styles.body}>
      <Choice
        label="Theme"
        error={theme.error}
        options={THEMES}
        value={settings.theme}
        onChange={(value) => void theme.save({ theme: value })}
      />
      <Toggle
        label="Keep running when the window is closed"
        hint="Attached disks and jobs go on; the tray icon brings the window back. Off: closing the window quits."
        error={close.error}
        checked={settings.close_to_tray}
        blocked={
          tray?.available === false
            ? `There is no tray here: ${tray.reason ?? 'this system has none'}.${tray.fix === null ? '' : ` ${tray.fix}`}`
            : null
        }
        onChange={(close_to_tray) => void close.save({ close_to_tray })}
      />
    </div>
  );
}

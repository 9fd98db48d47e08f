import type { Settings } from '../../../../shared/model/settings.ts';
import { useSettings } from '../../../stores/settings.ts';
import { Choice } from '../setting.tsx';
import styles from '../settings.module.css';
import { useSetting } from '../use-setting.ts';

const CHOICES = [
  { value: 'all', label: 'Problems and recoveries' },
  { value: 'problems', label: 'Problems only' },
  { value: 'off', label: 'Off' },
] satisfies { value: Settings['notifications']; label: string }[];

export function NotificationsSection() {
  const { notifications } = useSettings();
  const { error, save } = useSetting();
  return (
    <div className={styles.body}>
      <Choice
        label="Notifications of the system"
        hint="Sent when a disk’s health changes, such as from Optimal to Degraded; what repeats is sent once. A click shows the disk."
        error={error}
        options={CHOICES}
        value={notifications}
        onChange={(value) => void save({ notifications: value })}
      />
      {window.spandrel === undefined && (
        <p className={styles.hint}>
          This page runs in a browser, which shows none: they come from the window of the desktop app. Every
          event is in Activity, whatever is chosen here.
        </p>
      )}
    </div>
  );
}

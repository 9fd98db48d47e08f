import { Button } from '@mantine/core';
import { Badge } from '../../components/status/badges.tsx';
import { useCurrentHello } from '../../stores/hello.ts';
import { openPage } from '../../stores/ui.ts';
import styles from './overview.module.css';

/** What the host has to say: a damaged config kept aside, an address that cannot be listened on. */
export function Notices() {
  const notices = useCurrentHello()?.notices ?? [];
  return notices.map((notice) => (
    <div key={notice} className={`${styles.banner} ${styles.notice}`} role="status">
      <Badge look={{ word: 'Notice', glyph: 'triangle', tone: 'warn', hint: '' }} />
      <span>{notice}</span>
      <Button variant="subtle" onClick={() => openPage('settings', 'connections')}>
        Settings
      </Button>
    </div>
  ));
}

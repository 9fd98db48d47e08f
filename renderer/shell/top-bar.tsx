import { ActionIcon, Kbd, Tooltip } from '@mantine/core';
import { CircleHelp, Search } from 'lucide-react';
import { keyHint } from '../keys/keymap.ts';
import { useHello } from '../stores/settings.ts';
import { openDialog, openPalette } from '../stores/ui.ts';
import styles from './shell.module.css';

/** Whose host this is, search, help. */
export function TopBar() {
  const hello = useHello();
  return (
    <header className={styles.top} data-region>
      <div className={styles.brand}>
        <img src="icon.svg" width={22} height={22} alt="" />
        <span>Spandrel</span>
        {hello !== null && <span className={styles.machine}>on {hello.machine}</span>}
      </div>
      <button type="button" className={styles.search} onClick={openPalette} aria-label="Search and commands">
        <Search size={14} aria-hidden="true" />
        <span className={styles.searchText}>Search disks, peers, exports and commands</span>
        <Kbd size="xs">{keyHint('palette')}</Kbd>
      </button>
      <Tooltip label={`Keys (${keyHint('help')})`}>
        <ActionIcon aria-label="Keyboard help" onClick={() => openDialog({ kind: 'help' })}>
          <CircleHelp size={18} />
        </ActionIcon>
      </Tooltip>
    </header>
  );
}

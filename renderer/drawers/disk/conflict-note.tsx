import { Text, UnstyledButton } from '@mantine/core';
import { formatBytes } from '../../../shared/format.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import { Glyph } from '../../components/status/glyph.tsx';
import { conflictText, twinsOf } from '../../pages/disks/conflict.ts';
import { useUnits } from '../../stores/settings.ts';
import { useRows } from '../../stores/tables.ts';
import { openObject } from '../../stores/ui.ts';
import styles from './disk.module.css';

/** Two disks of one serial are two disks: which is which has to be looked at. */
export function ConflictNote({ disk }: { disk: Disk }) {
  const disks = useRows('disks');
  const units = useUnits();
  return (
    <div className={styles.conflict} role="note">
      <span className={styles.conflictGlyph}>
        <Glyph name="triangle" />
      </span>
      <div>
        <Text size="sm" fw={650}>
          {conflictText(disk, disks, (bytes) => formatBytes(bytes, units))}
        </Text>
        <Text size="sm">
          They differ in size or block size, so they are two disks and are kept apart. Their contents tell
          which is which.
        </Text>
        {twinsOf(disk, disks).map(({ id, label }) => (
          <div key={id}>
            <UnstyledButton className={styles.link} onClick={() => openObject({ kind: 'disk', id })}>
              Open {label}
            </UnstyledButton>
          </div>
        ))}
      </div>
    </div>
  );
}

import { Button, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatBytes } from '../../../shared/format.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import { LiveBadge } from '../../components/status/badges.tsx';
import { Glyph } from '../../components/status/glyph.tsx';
import { attach, whyNotAttach, whyNotForget } from '../../drawers/disk/acts.ts';
import { useUnits } from '../../stores/settings.ts';
import { useRow, useRows } from '../../stores/tables.ts';
import { openDialog, openObject } from '../../stores/ui.ts';
import { conflictText } from './conflict.ts';
import { diskLook } from './disk-state.ts';
import styles from './disks.module.css';

/** What was said of a disk nobody offers any more is old. */
export function faded(disk: Disk, content: ReactNode): ReactNode {
  return disk.offered ? content : <span className="stale">{content}</span>;
}

export function DiskHealth({ disk }: { disk: Disk }) {
  return <LiveBadge look={diskLook(disk, useRow('units', disk.unit))} />;
}

/** A serial should be of one disk; where it is not, the others are named. */
export function SerialCell({ disk }: { disk: Disk }) {
  const disks = useRows('disks');
  const units = useUnits();
  const serial = <span className="mono">{disk.serial}</span>;
  const conflict = conflictText(disk, disks, (bytes) => formatBytes(bytes, units));
  if (conflict === null) return faded(disk, serial);
  return (
    <span data-hint={conflict} className={styles.conflict}>
      <Glyph name="triangle" />
      {serial}
      <span className="visually-hidden">{conflict}</span>
    </span>
  );
}

/** The unit, or what can be done to have one. */
export function AttachedCell({ disk }: { disk: Disk }) {
  const { unit, label } = disk;
  if (unit !== null) {
    return (
      <UnstyledButton
        tabIndex={-1}
        className={styles.link}
        aria-label={`Open ${unit}`}
        onClick={(event) => {
          event.stopPropagation();
          openObject({ kind: 'unit', id: unit });
        }}
      >
        {unit}
      </UnstyledButton>
    );
  }
  const attachable = whyNotAttach(disk) === null;
  if (!attachable && whyNotForget(disk) !== null) return null;
  return (
    <Button
      tabIndex={-1}
      size="compact-xs"
      variant="default"
      aria-label={`${attachable ? 'Attach' : 'Forget'} ${label}`}
      onClick={(event) => {
        event.stopPropagation();
        if (attachable) attach(disk);
        else openDialog({ kind: 'forget_disk', disk_id: disk.id });
      }}
    >
      {attachable ? 'Attach…' : 'Forget…'}
    </Button>
  );
}

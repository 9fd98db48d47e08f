import { diskUri } from '../../../shared/command-line.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import type { MenuEntry } from '../../components/table/index.ts';
import { getRow } from '../../stores/tables.ts';
import { openDialog, openObject } from '../../stores/ui.ts';
import { copyIdentity } from '../copy-identity.ts';

/** Why it cannot be attached now; null: it can. */
export function whyNotAttach({ unit, offered, label }: Disk): string | null {
  if (unit !== null) return `It is attached, as ${unit}`;
  return offered ? null : `No peer offers ${label} now: connect to one that does`;
}

/** Why it cannot be forgotten; null: it can. */
export function whyNotForget({ unit, offered }: Disk): string | null {
  if (offered) return 'It is offered now: it would come back at once';
  return unit === null ? null : `It is attached, as ${unit}: detach it first`;
}

export function attach(disk: Disk): void {
  if (whyNotAttach(disk) === null) openDialog({ kind: 'attach', disk_id: disk.id });
}
export const openDisk = ({ id }: Disk, tab: string) => openObject({ kind: 'disk', id }, { tab });
export const copySerial = ({ label, serial }: Disk) => void copyIdentity(`Serial of ${label}`, serial);

/** The key for giving it up: detach what is attached, forget what is gone. */
export function giveUp(disk: Disk): void {
  if (disk.unit !== null) openDialog({ kind: 'detach', units: [disk.unit] });
  else if (!disk.offered) openDialog({ kind: 'forget_disk', disk_id: disk.id });
}

/** The disk as `copy` takes it, through the nearest peer that offers it; null where none does. */
export function uriOf(disk: Disk): string | null {
  const path = [...disk.paths]
    .filter(({ link, peer_id }) => link === 'up' && peer_id !== null)
    .sort((a, b) => a.distance - b.distance)[0];
  const peer = path?.peer_id == null ? undefined : getRow('peers', path.peer_id);
  return peer === undefined ? null : diskUri(peer.address, disk.serial);
}

/** Everything that can be done with a disk. */
export function diskActs(disk: Disk): readonly MenuEntry[] {
  const { unit } = disk;
  const uri = uriOf(disk);
  return [
    {
      label: 'Attach…',
      act: 'attach',
      disabled: whyNotAttach(disk) ?? undefined,
      run: () => attach(disk),
    },
    ...(unit === null
      ? []
      : [{ label: `Open ${unit}`, run: () => openObject({ kind: 'unit', id: unit }, { tab: 'summary' }) }]),
    { label: 'Show paths', act: 'paths', run: () => openDisk(disk, 'paths') },
    {
      label: 'Look at contents',
      disabled: disk.offered ? undefined : 'No peer offers it now',
      run: () => openDisk(disk, 'contents'),
    },
    {
      label: 'Copy to a file or disk…',
      disabled: uri === null ? 'No configured peer offers it now' : undefined,
      run: () => uri !== null && openDialog({ kind: 'copy', from: unit ?? uri }),
    },
    { label: 'Copy serial', act: 'copy', run: () => copySerial(disk) },
    ...(unit === null
      ? []
      : [
          {
            label: `Detach ${unit}…`,
            act: 'detach' as const,
            danger: true,
            run: () => openDialog({ kind: 'detach', units: [unit] }),
          },
        ]),
    {
      label: 'Forget…',
      ...(unit === null ? { act: 'detach' as const } : {}),
      danger: true,
      disabled: whyNotForget(disk) ?? undefined,
      run: () => openDialog({ kind: 'forget_disk', disk_id: disk.id }),
    },
  ];
}

import type { Disk } from '../../../shared/model/disk.ts';

/** The other disks that have the serial of this one: two disks are never shown as one. */
export function twinsOf(disk: Disk, all: readonly Disk[]): readonly Disk[] {
  return disk.conflict ? all.filter(({ id, serial }) => serial === disk.serial && id !== disk.id) : [];
}

/** `Also the serial of nas/beta (2.00 GiB, offered by nas-2)`; null where it is the only one. */
export function conflictText(
  disk: Disk,
  all: readonly Disk[],
  size: (bytes: number) => string,
): string | null {
  if (!disk.conflict) return null;
  const twins = twinsOf(disk, all).map(
    (twin) => `${twin.label} (${size(twin.size_bytes)}, ${offeredBy(twin)})`,
  );
  return `Also the serial of ${twins.length === 0 ? 'another disk' : twins.join(' and ')}`;
}

function offeredBy(disk: Disk): string {
  const peers = peersOf(disk);
  return disk.offered ? `offered by ${peers.join(', ')}` : 'offered no more';
}

/** The peers it is reached through, each once. */
export function peersOf({ paths }: Pick<Disk, 'paths'>): readonly string[] {
  return [...new Set(paths.map(({ peer }) => peer))];
}

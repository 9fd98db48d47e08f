import type { Contents, Partition, Signature } from '../../../shared/model/contents.ts';
import type { Disk } from '../../../shared/model/disk.ts';
import type { Export } from '../../../shared/model/export.ts';

/** Other rows with the serial of a disk: they may be the same storage under another size, or a mix-up. */
export function twinsOf(disk: Pick<Disk, 'id' | 'serial'>, disks: readonly Disk[]): Disk[] {
  return disks.filter(({ id, serial }) => serial === disk.serial && id !== disk.id);
}

/**
 * Why a disk had better be attached read-only: another writer may be at work, and two of them destroy a
 * file system. Each reason is a sentence.
 */
export function writersOf(
  disk: Pick<Disk, 'serial' | 'paths'>,
  contents: Contents | null,
  exports: readonly Export[],
): string[] {
  const reasons: string[] = [];
  for (const item of exports) {
    if (item.serial !== disk.serial || item.read_only || item.clients.length === 0) continue;
    reasons.push(
      `This machine exports it (${item.source}), and ${item.clients.join(', ')} may write it already.`,
    );
  }
  if (disk.paths.some(({ access }) => access === 'read_only'))
    reasons.push('The far end gave it for reading only when it was opened last.');
  for (const { at, signature } of contents === null ? [] : signaturesOf(contents)) {
    if (signature.detail?.includes('in use') === true)
      reasons.push(`${at}: ${signature.type}, ${signature.detail}.`);
  }
  return reasons;
}

/** Every structure found, with where it stands. */
export function signaturesOf(contents: Contents): { at: string; signature: Signature }[] {
  return [
    ...contents.signatures.map((signature) => ({ at: 'Whole disk', signature })),
    ...contents.partitions.flatMap((partition) =>
      partition.signatures.map((signature) => ({ at: `Partition ${partition.number}`, signature })),
    ),
  ];
}

const TABLES: Readonly<Record<Contents['table'], string>> = {
  none: 'No partition table',
  mbr: 'MBR',
  gpt: 'GPT',
  disklabel64: 'DragonFly disklabel64',
};

/** What is on a disk, in a line: `GPT, 3 partitions`, `ext4 “data”`, `Blank: the first 64 KiB are zeros`. */
export function contentsLine(contents: Contents): string {
  if (contents.blank && contents.table === 'none' && contents.signatures.length === 0)
    return 'Blank: the first 64 KiB are zeros';
  const count = contents.partitions.length;
  const table =
    contents.table === 'none'
      ? null
      : `${TABLES[contents.table]}, ${count === 1 ? '1 partition' : `${count} partitions`}`;
  const whole = contents.signatures.filter((found) => table === null || !isTable(found)).map(signatureName);
  const parts = table === null ? whole : [table, ...whole];
  return parts.length > 0 ? parts.join('; ') : `${TABLES.none}, nothing known by its signature`;
}

/** The table's own magic, which is told as the table. */
export function isTable({ type }: Signature): boolean {
  return /^(GPT|MBR)\b/.test(type);
}

/** `ext4 “data”`. */
export function signatureName({ type, label }: Signature): string {
  return label === null ? type : `${type} “${label}”`;
}

/** What a partition holds, in a line. */
export function partitionLine({ type, name, signatures }: Partition): string {
  const found = signatures.map(signatureName);
  return [name === null ? type : `${type} “${name}”`, ...found].join(', ');
}

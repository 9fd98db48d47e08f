import { crc32 } from '../crc32.ts';
import { guid, text, u64 } from '../fields.ts';
import { type Found, fromStart, hex, type Probe, signature, sized } from '../probe.ts';
import type { View } from '../view.ts';
import { gptTypeName } from './gpt-types.ts';
import { type Entry, misplaced, type Table } from './table.ts';

/**
 * DragonFly's disk label (sys/disklabel64.h), at the start of a disk or of a slice of one. It counts in
 * bytes, from the start of what it stands on.
 */

const LABEL_BYTES = 2048;
const MAGIC_AT = 512;
const CRC_AT = 516;
const FIRST_PARTITION = 712;
const PARTITION_BYTES = 64;
const MAX_PARTITIONS = 16;
/** From sys/dtype.h; most tell the same as the type's UUID, which is newer. */
const TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'unused'],
  [1, 'swap'],
  [7, 'UFS'],
  [8, 'FAT'],
  [12, 'ISO 9660'],
  [13, 'boot'],
  [14, 'vinum'],
  [15, 'RAID'],
  [19, 'ccd'],
  [22, 'HAMMER'],
  [23, 'HAMMER2'],
  [24, 'UDF'],
  [27, 'ZFS'],
]);

export async function readDisklabel64(view: View): Promise<Table | null> {
  const block = await view.read(0, LABEL_BYTES);
  if (block === null || !isLabel(block)) return null;
  const problem = damageOf(block);
  const entries = problem === null ? partitionsOf(block) : [];
  const { type, uuid = null, label = null } = identityOf(block);
  return {
    kind: 'disklabel64',
    entries,
    problems: problem === null ? misplaced(entries, view.sizeBytes) : [`the disk label ${problem}`],
    signatures: [signature({ type, uuid, label }, view.offset, LABEL_BYTES)],
  };
}

/** The same in a partition, where its own partitions are told in words. */
export const DISKLABEL64: Probe = {
  at: fromStart(0),
  bytes: LABEL_BYTES,
  magic: { at: MAGIC_AT, any: [hex('594c46c4')] },
  read(block): Found {
    const problem = damageOf(block);
    const detail =
      problem === null
        ? partitionsOf(block).map(({ name, type, sizeBytes }) => `${name}: ${type} ${sized(sizeBytes)}`)
        : [problem];
    return { ...identityOf(block), detail };
  },
};

function isLabel(block: Buffer): boolean {
  return DISKLABEL64.magic.any.some((magic) =>
    magic.equals(block.subarray(MAGIC_AT, MAGIC_AT + magic.length)),
  );
}

function identityOf(block: Buffer): Found {
  return { type: 'disklabel64', uuid: guid(block, 528), label: text(block, 584, 64) };
}

/** What is wrong with the label itself, or null. */
function damageOf(block: Buffer): string | null {
  const count = block.readUInt32LE(524);
  if (count > MAX_PARTITIONS) return `claims to have ${count} partitions`;
  const covered = Buffer.from(block.subarray(MAGIC_AT, FIRST_PARTITION + count * PARTITION_BYTES));
  covered.writeUInt32LE(0, CRC_AT - MAGIC_AT);
  return crc32(covered) === block.readUInt32LE(CRC_AT) ? null : 'has a bad checksum';
}

/** Partitions are called by letters; those without a size are free. */
function partitionsOf(block: Buffer): Entry[] {
  return Array.from({ length: block.readUInt32LE(524) }, (_, index): Entry => {
    const at = FIRST_PARTITION + index * PARTITION_BYTES;
    const byNumber = TYPES.get(block.readUInt8(at + 16)) ?? `type ${block.readUInt8(at + 16)}`;
    const byId = guid(block, at + 32);
    return {
      number: index + 1,
      type: byId === null ? byNumber : gptTypeName(byId),
      name: String.fromCharCode('a'.charCodeAt(0) + index),
      startBytes: u64(block, at),
      sizeBytes: u64(block, at + 8),
      bootable: false,
    };
  }).filter(
    ({ startBytes, sizeBytes }) => sizeBytes > 0 && startBytes + sizeBytes <= Number.MAX_SAFE_INTEGER,
  );
}

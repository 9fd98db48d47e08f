import { isPowerOfTwo, text } from '../fields.ts';
import { ascii, type Found, fromStart, type Probe, sized } from '../probe.ts';
import type { View } from '../view.ts';

/** ISO 9660 and UDF. Their descriptors begin after 32 KiB, one each 2 KiB. */

const SECTOR_BYTES = 2048;
const FIRST = 16 * SECTOR_BYTES;

export const ISO9660: Probe = {
  at: fromStart(FIRST),
  bytes: SECTOR_BYTES,
  magic: { at: 0, any: [ascii('\x01CD001')] },
  read(block): Found {
    const sizeBytes = block.readUInt32LE(80) * block.readUInt16LE(128);
    return {
      type: 'iso9660',
      label: text(block, 40, 32),
      uuid: createdAt(block),
      detail: [sized(sizeBytes)],
    };
  },
};

/** The time of creation, which tools take for an identity, as they write it. */
function createdAt(block: Buffer): string | null {
  const digits = block.toString('latin1', 813, 829);
  if (!/^\d{16}$/.test(digits) || /^0+$/.test(digits)) return null;
  return (digits.match(/^\d{4}|\d\d/g) ?? []).join('-');
}

/** The volume recognition sequence names UDF within its first eight sectors. */
const RECOGNITION = Array.from({ length: 8 }, (_, index) => FIRST + index * SECTOR_BYTES);
const DESCRIPTORS = 16;
const Tag = { anchor: 2, logicalVolume: 6, terminator: 8 } as const;

export const UDF: Probe = {
  at: fromStart(...RECOGNITION),
  bytes: SECTOR_BYTES,
  magic: { at: 1, any: [ascii('NSR02'), ascii('NSR03')] },
  async read(_, view): Promise<Found> {
    for (const blockBytes of [SECTOR_BYTES, 512, 4096, 1024]) {
      const label = await volumeName(view, blockBytes);
      if (label !== undefined) return { type: 'udf', label };
    }
    return { type: 'udf' };
  },
};

/** The logical volume's name; undefined where there is no anchor for blocks of this size. */
async function volumeName(view: View, blockBytes: number): Promise<string | null | undefined> {
  const anchor = await view.read(256 * blockBytes, 512);
  if (anchor === null || anchor.readUInt16LE(0) !== Tag.anchor || anchor.readUInt32LE(12) !== 256)
    return undefined;
  const sequenceAt = anchor.readUInt32LE(20) * blockBytes;
  for (let i = 0; i < DESCRIPTORS; i++) {
    const descriptor = await view.read(sequenceAt + i * blockBytes, 512);
    const tag = descriptor?.readUInt16LE(0);
    if (descriptor === null || tag === Tag.terminator) break;
    if (tag === Tag.logicalVolume && isPowerOfTwo(descriptor.readUInt32LE(212), 512, 65_536)) {
      return dstring(descriptor.subarray(84, 84 + 128));
    }
  }
  return null;
}

/** OSTA's text: how it is coded, the text, and in the last byte how much of the field is used. */
function dstring(field: Buffer): string | null {
  const used = Math.min(field.readUInt8(field.length - 1), field.length - 1);
  if (used < 1) return null;
  if (field[0] === 8) return text(Buffer.from(field.toString('latin1', 1, used)), 0, field.length * 2);
  if (field[0] !== 16) return null;
  const wide = Buffer.from(field.subarray(1, 1 + ((used - 1) & ~1)));
  return text(Buffer.from(wide.swap16().toString('utf16le')), 0, field.length * 2);
}

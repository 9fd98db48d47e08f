import { isPowerOfTwo, text, text16, u64 } from '../fields.ts';
import { ascii, type Found, fromStart, hex, type Probe, sized } from '../probe.ts';
import type { View } from '../view.ts';

/** FAT, exFAT and NTFS. Their labels lie in files of theirs, whose place the boot sector tells. */

/** The most of a root directory that is searched for a label, which stands among its first entries. */
const MAX_DIRECTORY_BYTES = 64 << 10;
const ENTRY_BYTES = 32;

export const FAT: Probe = {
  at: fromStart(0),
  bytes: 512,
  magic: { at: 510, any: [hex('55aa')] },
  async read(block, view): Promise<Found | null> {
    const fat = geometryOf(block);
    if (fat === null) return null;
    const at = fat.kind === 'fat32' ? 67 : 39;
    const hasFields = block[at - 1] === 0x29;
    const directory = await view.read(fat.rootAt, Math.min(fat.rootBytes, MAX_DIRECTORY_BYTES));
    const inBootSector = hasFields ? text(block, at + 4, 11) : null;
    return {
      type: fat.kind,
      label: (directory && labelEntry(directory)) ?? (inBootSector === 'NO NAME' ? null : inBootSector),
      uuid: hasFields ? serial(block.readUInt32LE(at)) : null,
      detail: [sized(fat.sizeBytes)],
    };
  },
};

interface FatGeometry {
  readonly kind: 'fat12' | 'fat16' | 'fat32';
  readonly sizeBytes: number;
  /** The root directory, or its first cluster. */
  readonly rootAt: number;
  readonly rootBytes: number;
}

/** The layout a boot sector tells, or null where it is none of FAT. */
function geometryOf(block: Buffer): FatGeometry | null {
  const sectorBytes = block.readUInt16LE(11);
  const clusterSectors = block.readUInt8(13);
  const reserved = block.readUInt16LE(14);
  const fats = block.readUInt8(16);
  const media = block.readUInt8(21);
  if (!isPowerOfTwo(sectorBytes, 512, 4096) || !isPowerOfTwo(clusterSectors, 1, 128)) return null;
  if (reserved === 0 || fats < 1 || fats > 2 || (media !== 0xf0 && media < 0xf8)) return null;
  const rootEntries = block.readUInt16LE(17);
  const sectors = block.readUInt16LE(19) || block.readUInt32LE(32);
  const fatSectors = block.readUInt16LE(22) || block.readUInt32LE(36);
  const rootSectors = Math.ceil((rootEntries * ENTRY_BYTES) / sectorBytes);
  const dataAt = reserved + fats * fatSectors + rootSectors;
  const clusters = Math.floor((sectors - dataAt) / clusterSectors);
  if (fatSectors === 0 || clusters < 1) return null;
  const sizeBytes = sectors * sectorBytes;
  if (block.readUInt16LE(22) === 0) {
    const rootCluster = block.readUInt32LE(44);
    return {
      kind: 'fat32',
      sizeBytes,
      rootAt: (dataAt + (rootCluster - 2) * clusterSectors) * sectorBytes,
      rootBytes: clusterSectors * sectorBytes,
    };
  }
  return {
    kind: clusters < 4085 ? 'fat12' : 'fat16',
    sizeBytes,
    rootAt: (dataAt - rootSectors) * sectorBytes,
    rootBytes: rootEntries * ENTRY_BYTES,
  };
}

/** The label among the entries of a FAT directory. */
function labelEntry(directory: Buffer): string | null {
  for (let at = 0; at + ENTRY_BYTES <= directory.length; at += ENTRY_BYTES) {
    const first = directory[at];
    const attributes = directory.readUInt8(at + 11);
    if (first === 0) return null;
    // Not deleted, a volume label, and no part of a long name.
    if (first !== 0xe5 && (attributes & 0x08) !== 0 && (attributes & 0x0f) !== 0x0f)
      return text(directory, at, 11);
  }
  return null;
}

export const EXFAT: Probe = {
  at: fromStart(0),
  bytes: 512,
  magic: { at: 3, any: [ascii('EXFAT   ')] },
  async read(block, view): Promise<Found | null> {
    const sectorBytes = 2 ** block.readUInt8(108);
    const clusterBytes = sectorBytes * 2 ** block.readUInt8(109);
    if (!isPowerOfTwo(sectorBytes, 512, 4096) || clusterBytes > 32 << 20) return null;
    const root = block.readUInt32LE(88) * sectorBytes + (block.readUInt32LE(96) - 2) * clusterBytes;
    const directory = await view.read(root, Math.min(clusterBytes, MAX_DIRECTORY_BYTES));
    return {
      type: 'exfat',
      label: directory === null ? null : exfatLabel(directory),
      uuid: serial(block.readUInt32LE(100)),
      detail: [sized(u64(block, 72) * sectorBytes)],
    };
  },
};

function exfatLabel(directory: Buffer): string | null {
  for (let at = 0; at + ENTRY_BYTES <= directory.length && directory[at] !== 0; at += ENTRY_BYTES) {
    if (directory[at] === 0x83)
      return text16(directory, at + 2, Math.min(11, directory.readUInt8(at + 1)) * 2);
  }
  return null;
}

/** Record 3 of the master file table is the file $Volume, whose attribute 0x60 is the label. */
const VOLUME_RECORD = 3;
const NAME_ATTRIBUTE = 0x60;
const LAST_ATTRIBUTE = 0xffffffff;

export const NTFS: Probe = {
  at: fromStart(0),
  bytes: 512,
  magic: { at: 3, any: [ascii('NTFS    ')] },
  async read(block, view): Promise<Found | null> {
    const sectorBytes = block.readUInt16LE(11);
    if (!isPowerOfTwo(sectorBytes, 256, 4096)) return null;
    const clusterBytes = sectorBytes * unitsOf(block.readUInt8(13));
    const recordCode = block.readInt8(64);
    const recordBytes = recordCode > 0 ? recordCode * clusterBytes : 2 ** -recordCode;
    if (!isPowerOfTwo(recordBytes, 256, 65_536)) return null;
    return {
      type: 'ntfs',
      label: await ntfsLabel(view, u64(block, 48) * clusterBytes + VOLUME_RECORD * recordBytes, recordBytes),
      uuid: block.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0'),
      detail: [sized(u64(block, 40) * sectorBytes)],
    };
  },
};

/** Sectors per cluster: above 0x80 the negative of an exponent of two. */
function unitsOf(code: number): number {
  return code <= 0x80 ? code : 2 ** (256 - code);
}

async function ntfsLabel(view: View, at: number, recordBytes: number): Promise<string | null> {
  const found = await view.read(at, recordBytes);
  if (found === null || found.toString('latin1', 0, 4) !== 'FILE') return null;
  const record = unfixed(found);
  for (let place = record.readUInt16LE(20); place + 24 <= record.length; ) {
    const type = record.readUInt32LE(place);
    const length = record.readUInt32LE(place + 4);
    if (type === LAST_ATTRIBUTE || length < 24) return null;
    if (type === NAME_ATTRIBUTE) {
      const valueAt = place + record.readUInt16LE(place + 20);
      return text16(record, valueAt, record.readUInt32LE(place + 16));
    }
    place += length;
  }
  return null;
}

/** Each sector's last two bytes were moved to a table, to find torn writes; put them back. */
function unfixed(found: Buffer): Buffer {
  const record = Buffer.from(found);
  const table = record.readUInt16LE(4);
  const count = record.readUInt16LE(6);
  for (let i = 1; i < count && i * 512 <= record.length && table + i * 2 + 2 <= record.length; i++) {
    record.writeUInt16LE(record.readUInt16LE(table + i * 2), i * 512 - 2);
  }
  return record;
}

/** A volume serial number as Windows writes it. */
function serial(number: number): string {
  const digits = number.toString(16).toUpperCase().padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4)}`;
}

import { text, u64, uuid } from '../fields.ts';
import { ascii, type Found, fromStart, hex, type Probe, sized } from '../probe.ts';
import type { View } from '../view.ts';

/** What holds other volumes: LUKS, LVM2, md. */

export const LUKS: Probe = {
  at: fromStart(0),
  bytes: 512,
  magic: { at: 0, any: [hex('4c554b53babe')] },
  read(block): Found | null {
    const version = block.readUInt16BE(6);
    if (version === 1) {
      const cipher = `${text(block, 8, 32)}-${text(block, 40, 32)}`;
      return { type: 'LUKS1', uuid: text(block, 168, 40), detail: [cipher] };
    }
    if (version !== 2) return null;
    return {
      type: 'LUKS2',
      label: text(block, 24, 48),
      uuid: text(block, 168, 40),
      detail: [text(block, 208, 48)],
    };
  },
};

const SECTOR_BYTES = 512;
/** The label stands in one of the first four sectors. */
const LABEL_SECTORS = [0, 1, 2, 3].map((sector) => sector * SECTOR_BYTES);
/** More areas of data or metadata than this no physical volume has. */
const MAX_AREAS = 8;
const METADATA_MAGIC = '\x20LVM2\x20x[5A%r0N*>';

export const LVM2: Probe = {
  at: fromStart(...LABEL_SECTORS),
  bytes: SECTOR_BYTES,
  magic: { at: 0, any: [ascii('LABELONE')] },
  async read(block, view): Promise<Found | null> {
    const headerAt = block.readUInt32LE(20);
    if (block.toString('latin1', 24, 32) !== 'LVM2 001' || headerAt > SECTOR_BYTES - 72) return null;
    const group = await groupOf(block, headerAt + 40, view);
    return {
      type: 'LVM2',
      uuid: volumeId(block.toString('latin1', headerAt, headerAt + 32)),
      detail: [sized(u64(block, headerAt + 32)), group === null ? null : `of the volume group ${group}`],
    };
  },
};

/** 32 letters, in groups of 6, 4, 4, 4, 4, 4 and 6. */
function volumeId(letters: string): string | null {
  const groups = /^(\w{6})(\w{4})(\w{4})(\w{4})(\w{4})(\w{4})(\w{6})$/.exec(letters);
  return groups === null ? null : groups.slice(1).join('-');
}

/** The name of the volume group: the metadata, a text, begins with it. */
async function groupOf(block: Buffer, listsAt: number, view: View): Promise<string | null> {
  // Two lists of offset and size, each ended by zeros: areas of data, then of metadata.
  let at = listsAt;
  let lists = 0;
  for (let areas = 0; areas < MAX_AREAS && at + 16 <= block.length; areas++, at += 16) {
    const offset = u64(block, at);
    if (offset === 0) lists++;
    else if (lists === 1) return groupAt(view, offset, u64(block, at + 8));
    if (lists === 2) break;
  }
  return null;
}

async function groupAt(view: View, areaAt: number, areaBytes: number): Promise<string | null> {
  const header = await view.read(areaAt, SECTOR_BYTES);
  if (header === null || header.toString('latin1', 4, 20) !== METADATA_MAGIC) return null;
  const textAt = u64(header, 40);
  if (textAt === 0 || textAt >= areaBytes) return null;
  const metadata = await view.read(areaAt + textAt, SECTOR_BYTES);
  return /^([\w+.-]{1,128}) \{/.exec(metadata?.toString('latin1') ?? '')?.[1] ?? null;
}

const MD_MAGIC = hex('fc4e2ba9');

/**
 * Version 1: at the start, 4 KiB behind it, or 8 KiB before the end. It knows its place, so that the one at
 * the end of a disk is not taken for that of its last partition.
 */
export const MD: Probe = {
  at: (sizeBytes) => [0, 4096, Math.floor((sizeBytes - 8192) / 4096) * 4096],
  bytes: 256,
  magic: { at: 0, any: [MD_MAGIC] },
  read(block, _, at): Found | null {
    if (block.readUInt32LE(4) !== 1 || u64(block, 144) * SECTOR_BYTES !== at) return null;
    return {
      type: 'mdraid',
      label: text(block, 32, 32),
      uuid: uuid(block, 16),
      detail: [levelOf(block.readInt32LE(72)), devices(block.readUInt32LE(92))],
    };
  },
};

/** Version 0.90: in the last 64 KiB that begin at a multiple of 64 KiB. */
export const MD_090: Probe = {
  at: (sizeBytes) => [Math.floor(sizeBytes / 65_536) * 65_536 - 65_536],
  bytes: 4096,
  magic: { at: 0, any: [MD_MAGIC] },
  read(block): Found | null {
    if (block.readUInt32LE(4) !== 0) return null;
    // The first word of the UUID stands apart from the others, and each is little-endian.
    const words = [20, 52, 56, 60].map((at) => Buffer.from(block.subarray(at, at + 4)).reverse());
    return {
      type: 'mdraid',
      uuid: uuid(Buffer.concat(words), 0),
      detail: [levelOf(block.readInt32LE(28)), devices(block.readUInt32LE(40)), 'metadata 0.90'],
    };
  },
};

function levelOf(level: number): string {
  return level >= 0 ? `RAID ${level}` : level === -1 ? 'linear' : `level ${level}`;
}

function devices(count: number): string {
  return `${count} device${count === 1 ? '' : 's'}`;
}

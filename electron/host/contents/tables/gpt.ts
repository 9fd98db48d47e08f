import { crc32 } from '../crc32.ts';
import { guid, text16, u64 } from '../fields.ts';
import { ascii, type Found, type Probe, signature } from '../probe.ts';
import { isOfMedium, type View } from '../view.ts';
import { gptTypeName } from './gpt-types.ts';
import { isProtected } from './mbr.ts';
import { type Entry, MAX_ENTRIES, misplaced, type Table } from './table.ts';

const MAGIC = ascii('EFI PART');
const HEADER_BYTES = 92;
const MAX_ENTRY_BYTES = 4096;
/** A table is 16 KiB in practice; more than this is not read. */
const MAX_TABLE_BYTES = 1 << 20;
const LEGACY_BOOTABLE = 1 << 2;

/** A header whose own checksum is right. */
interface Header {
  readonly at: number;
  readonly disk: string | null;
  readonly otherSector: number;
  readonly tableAt: number;
  readonly entryBytes: number;
  readonly entries: number;
  readonly tableCrc: number;
}

/** A header, or why there is none: `missing` where not even its magic is there. */
type Attempt = Header | { readonly trouble: string; readonly missing: boolean };

/**
 * A GUID partition table: the primary one, or where that is bad the backup at the end of the disk.
 * @param blockBytes block size of the disk, which the table should have been made for
 */
export async function readGpt(view: View, blockBytes: number): Promise<Table | null> {
  const own = await readWith(view, blockBytes);
  if (own !== null) return own;
  // An image of a disk of other blocks: what it holds can be told, though nobody else will find it.
  const other = blockBytes === 512 ? 4096 : 512;
  const foreign = await readWith(view, other);
  if (foreign === null) return null;
  const problem =
    `the GPT was made for blocks of ${other} bytes, and the disk has blocks of ${blockBytes}: ` +
    'systems will not find its partitions';
  return { ...foreign, problems: [problem, ...foreign.problems] };
}

async function readWith(view: View, sectorBytes: number): Promise<Table | null> {
  const lastSector = Math.floor(view.sizeBytes / sectorBytes) - 1;
  const primary = await readHeader(view, 1, sectorBytes);
  const backupSector = 'at' in primary ? primary.otherSector : lastSector;
  const backup = await readHeader(view, backupSector, sectorBytes);
  const isGuarded = await isProtected(view);
  // Without a good primary one, only a protective MBR tells that the rest is not left from former times.
  if ('trouble' in primary && (!isGuarded || (primary.missing && 'trouble' in backup))) return null;
  const problems: string[] = [];
  if (!isGuarded) problems.push('there is no protective MBR: some systems will not see the GPT');
  if ('trouble' in primary) problems.push(`the primary GPT header ${primary.trouble}`);
  if ('trouble' in backup) problems.push(`the backup GPT header ${backup.trouble}`);
  else if (backupSector !== lastSector) {
    problems.push(
      'the backup GPT is not at the end of the disk: the disk was made larger, or the table copied',
    );
  }
  const entries = (await firstWhole(view, [primary, backup], problems)) ?? [];
  const found = [primary, backup].filter((header): header is Header => 'at' in header);
  const listed = partitions(entries, sectorBytes, problems);
  return {
    kind: 'gpt',
    entries: listed,
    problems: [...problems, ...misplaced(listed, view.sizeBytes)],
    signatures: found.map(({ at, disk }) => {
      const detail = at === sectorBytes ? [] : ['backup'];
      return signature({ type: 'GPT', uuid: disk, detail }, view.offset + at, HEADER_BYTES);
    }),
  };
}

async function readHeader(view: View, sector: number, sectorBytes: number): Promise<Attempt> {
  const at = sector * sectorBytes;
  const block = await tryRead(view, at, sectorBytes);
  if (block === 'unreadable') return { trouble: 'cannot be read', missing: true };
  if (block === null) return { trouble: 'lies beyond the end of the disk', missing: true };
  if (!MAGIC.equals(block.subarray(0, MAGIC.length))) return { trouble: 'is not there', missing: true };
  const bad = (trouble: string): Attempt => ({ trouble, missing: false });
  const headerBytes = block.readUInt32LE(12);
  if (headerBytes < HEADER_BYTES || headerBytes > sectorBytes)
    return bad(`claims to have ${headerBytes} bytes`);
  const header = Buffer.from(block.subarray(0, headerBytes));
  header.writeUInt32LE(0, 16);
  if (crc32(header) !== block.readUInt32LE(16)) return bad('has a bad checksum');
  if (u64(block, 24) !== sector) return bad('was written for another place');
  return {
    at,
    disk: guid(block, 56),
    otherSector: u64(block, 32),
    tableAt: u64(block, 72) * sectorBytes,
    entries: block.readUInt32LE(80),
    entryBytes: block.readUInt32LE(84),
    tableCrc: block.readUInt32LE(88),
  };
}

/** There are two of everything, so that one may be bad. */
async function tryRead(view: View, at: number, bytes: number): Promise<Buffer | null | 'unreadable'> {
  try {
    return await view.read(at, bytes);
  } catch (error) {
    if (!isOfMedium(error)) throw error;
    return 'unreadable';
  }
}

/** The entries of the first header whose table is whole. */
async function firstWhole(
  view: View,
  headers: readonly Attempt[],
  problems: string[],
): Promise<Buffer[] | null> {
  for (const [index, header] of headers.entries()) {
    if ('trouble' in header) continue;
    const table = await readTable(view, header);
    if (typeof table !== 'string') {
      if (index > 0) problems.push('the partitions shown are those of the backup GPT');
      return table;
    }
    problems.push(`the table of the ${index === 0 ? 'primary' : 'backup'} GPT ${table}`);
  }
  return null;
}

/** @returns the entries, or what is wrong */
async function readTable(view: View, header: Header): Promise<Buffer[] | string> {
  const { entries, entryBytes, tableAt } = header;
  const bytes = entries * entryBytes;
  if (entryBytes < 128 || entryBytes > MAX_ENTRY_BYTES || entryBytes % 8 !== 0) {
    return `has entries of ${entryBytes} bytes`;
  }
  if (entries === 0 || bytes > MAX_TABLE_BYTES) return `claims to have ${entries} entries`;
  const table = await tryRead(view, tableAt, bytes);
  if (table === 'unreadable') return 'cannot be read';
  if (table === null) return 'lies beyond the end of the disk';
  if (crc32(table) !== header.tableCrc) return 'has a bad checksum';
  return Array.from({ length: entries }, (_, index) =>
    table.subarray(index * entryBytes, (index + 1) * entryBytes),
  );
}

function partitions(entries: readonly Buffer[], sectorBytes: number, problems: string[]): Entry[] {
  const found: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const type = guid(entry, 0);
    if (type === null) continue;
    const number = index + 1;
    const [first, last] = [u64(entry, 32), u64(entry, 40)];
    const startBytes = first * sectorBytes;
    const sizeBytes = (last - first + 1) * sectorBytes;
    if (last < first || startBytes + sizeBytes > Number.MAX_SAFE_INTEGER) {
      problems.push(`partition ${number} goes from sector ${first} to sector ${last}`);
    } else if (found.length === MAX_ENTRIES) {
      problems.push(`there are more than ${MAX_ENTRIES} partitions: the others are not shown`);
      break;
    } else {
      const bootable = (entry.readUInt32LE(48) & LEGACY_BOOTABLE) !== 0;
      const name = text16(entry, 56, 72);
      found.push({ number, type: gptTypeName(type), name, startBytes, sizeBytes, bootable });
    }
  }
  return found;
}

/** A backup at the end of a disk that has no GPT any more. */
export const STRAY_GPT: Probe = {
  at: (sizeBytes) => [512, 4096].map((sectorBytes) => sizeBytes - sectorBytes),
  bytes: HEADER_BYTES,
  magic: { at: 0, any: [MAGIC] },
  read(block): Found {
    return { type: 'GPT', uuid: guid(block, 56), detail: ['backup of a table that is gone'] };
  },
};

import { signature } from '../probe.ts';
import type { View } from '../view.ts';
import { EXTENDED, mbrTypeName, PROTECTIVE } from './mbr-types.ts';
import { type Entry, MAX_ENTRIES, misplaced, type Table } from './table.ts';

const SECTOR_BYTES = 512;
const FIRST_SLOT = 446;
const SLOT_BYTES = 16;
const FIRST_LOGICAL = 5;
/** The chain of logical partitions can lead anywhere, also back. */
const MAX_LOGICAL = 128;

/** One of the four slots of a table; sectors are the disk's. */
interface Slot {
  readonly number: number;
  readonly bootable: boolean;
  readonly type: number;
  readonly firstSector: number;
  readonly sectors: number;
}

/**
 * A master boot record with its logical partitions.
 * @param sectorBytes in what partitions are counted: the block size of the disk
 * @returns null where there is none: boot sectors of file systems end in the same two bytes
 */
export async function readMbr(view: View, sectorBytes: number): Promise<Table | null> {
  const block = await view.read(0, SECTOR_BYTES);
  if (block === null || !isTable(block)) return null;
  const slots = slotsOf(block);
  if (slots.length === 0 || slots.every(({ firstSector }) => firstSector * sectorBytes >= view.sizeBytes)) {
    return null;
  }
  const problems: string[] = [];
  const entries = slots.map((slot) => entryOf(slot, slot.number, slot.firstSector, sectorBytes));
  for (const slot of slots.filter(({ type }) => EXTENDED.has(type))) {
    const room = MAX_LOGICAL - (entries.length - slots.length);
    entries.push(...(await logicals(view, sectorBytes, slot, entries.length - slots.length, room, problems)));
  }
  if (slots.some(({ type }) => type === PROTECTIVE)) {
    problems.push(
      'the MBR says that a GPT follows, but there is none: it was overwritten, or the disk is cut',
    );
  }
  const identity = block.readUInt32LE(440);
  return {
    kind: 'mbr',
    entries: entries.slice(0, MAX_ENTRIES),
    problems: [...problems, ...misplaced(entries, view.sizeBytes)],
    signatures: [
      signature(
        { type: 'MBR', uuid: identity === 0 ? null : identity.toString(16).padStart(8, '0') },
        view.offset,
        SECTOR_BYTES,
      ),
    ],
  };
}

/** Whether a table says that all of the disk belongs to a GPT. */
export async function isProtected(view: View): Promise<boolean> {
  const block = await view.read(0, SECTOR_BYTES);
  return block !== null && isTable(block) && slotsOf(block).some(({ type }) => type === PROTECTIVE);
}

/** The two bytes at the end, and boot flags that are flags: code and texts of boot sectors are not. */
function isTable(block: Buffer): boolean {
  if (block.readUInt16BE(510) !== 0x55aa) return false;
  return [0, 1, 2, 3].every((slot) => (block[FIRST_SLOT + slot * SLOT_BYTES] & 0x7f) === 0);
}

/** The slots in use. */
function slotsOf(block: Buffer): Slot[] {
  return [0, 1, 2, 3]
    .map((index): Slot => {
      const at = FIRST_SLOT + index * SLOT_BYTES;
      return {
        number: index + 1,
        bootable: block[at] === 0x80,
        type: block.readUInt8(at + 4),
        firstSector: block.readUInt32LE(at + 8),
        sectors: block.readUInt32LE(at + 12),
      };
    })
    .filter(({ type, sectors }) => type !== 0 && sectors !== 0);
}

function entryOf(slot: Slot, number: number, firstSector: number, sectorBytes: number): Entry {
  return {
    number,
    type: mbrTypeName(slot.type),
    name: null,
    startBytes: firstSector * sectorBytes,
    sizeBytes: slot.sectors * sectorBytes,
    bootable: slot.bootable,
    isContainer: EXTENDED.has(slot.type),
  };
}

/**
 * The logical partitions of an extended one: a chain of tables, each with a partition, counted from that
 * table, and the next table, counted from the start of the extended partition.
 * @param before logical partitions there are already
 */
async function logicals(
  view: View,
  sectorBytes: number,
  extended: Slot,
  before: number,
  room: number,
  problems: string[],
): Promise<Entry[]> {
  const found: Entry[] = [];
  const seen = new Set<number>();
  for (let link = 0; ; ) {
    const broken = (what: string): Entry[] => {
      problems.push(`the chain of logical partitions of partition ${extended.number} ${what}`);
      return found;
    };
    if (seen.has(link)) return broken('leads back to itself');
    if (link >= extended.sectors) return broken('leaves it');
    if (seen.size >= room) return broken(`is longer than ${MAX_LOGICAL}`);
    seen.add(link);
    const tableSector = extended.firstSector + link;
    const block = await view.read(tableSector * sectorBytes, SECTOR_BYTES);
    if (block === null || !isTable(block)) return broken(`breaks off at sector ${tableSector}`);
    const [own, next] = [slotsOf(block).find(({ type }) => !EXTENDED.has(type)), nextOf(block)];
    if (own !== undefined) {
      const number = FIRST_LOGICAL + before + found.length;
      found.push(entryOf(own, number, tableSector + own.firstSector, sectorBytes));
    }
    if (next === undefined) return found;
    link = next.firstSector;
  }
}

function nextOf(block: Buffer): Slot | undefined {
  return slotsOf(block).find(({ type }) => EXTENDED.has(type));
}

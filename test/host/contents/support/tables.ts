import { crc32 } from '../../../../electron/host/contents/crc32.ts';
import type { Piece } from './disk.ts';

/** Partition tables made by hand, so that anything in them can be wrong. */

export interface MbrSlot {
  readonly type: number;
  readonly first: number;
  readonly sectors: number;
  readonly flag?: number;
}

/** A master boot record, or a table of the chain of logical partitions. */
export function mbr(...slots: readonly MbrSlot[]): Buffer {
  const block = Buffer.alloc(512);
  slots.forEach(({ type, first, sectors, flag = 0 }, index) => {
    const at = 446 + index * 16;
    block.writeUInt8(flag, at);
    block.writeUInt8(type, at + 4);
    block.writeUInt32LE(first, at + 8);
    block.writeUInt32LE(sectors, at + 12);
  });
  block.writeUInt16BE(0x55aa, 510);
  return block;
}

/** A GUID as GPT and DragonFly store it. */
export function guidBytes(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  for (const [start, end] of [
    [0, 4],
    [4, 6],
    [6, 8],
  ]) {
    bytes.subarray(start, end).reverse();
  }
  return bytes;
}

export const LINUX = '0fc63daf-8483-4772-8e79-3d69d8477de4';
export const DISK = '11223344-5566-7788-99aa-bbccddeeff00';

export interface GptEntry {
  readonly first: number | bigint;
  readonly last: number | bigint;
  readonly type?: string;
  readonly name?: string;
  readonly attributes?: bigint;
}

export interface GptOptions {
  readonly sectorBytes?: number;
  readonly entries?: number;
  readonly entryBytes?: number;
  /** Fields to spoil before the checksum of the header is made. */
  readonly spoil?: (header: Buffer) => void;
  /** Which of the two are written. */
  readonly primary?: boolean;
  readonly backup?: boolean;
  readonly protective?: boolean;
}

/** A GPT with its protective MBR and backup, as pieces of a disk. */
export function gpt(diskBytes: number, partitions: readonly GptEntry[], options: GptOptions = {}): Piece[] {
  const { sectorBytes = 512, entries = 128, entryBytes = 128 } = options;
  const table = Buffer.alloc(entries * entryBytes);
  partitions.forEach((partition, index) => {
    const at = index * entryBytes;
    guidBytes(partition.type ?? LINUX).copy(table, at);
    table.fill(index + 1, at + 16, at + 32);
    table.writeBigUInt64LE(BigInt(partition.first), at + 32);
    table.writeBigUInt64LE(BigInt(partition.last), at + 40);
    table.writeBigUInt64LE(partition.attributes ?? 0n, at + 48);
    table.write(partition.name ?? '', at + 56, 72, 'utf16le');
  });
  const sectors = diskBytes / sectorBytes;
  const tableSectors = Math.ceil(table.length / sectorBytes);
  const header = (own: number, other: number, tableAt: number): Buffer => {
    const block = Buffer.alloc(sectorBytes);
    block.write('EFI PART');
    block.writeUInt32LE(0x10000, 8);
    block.writeUInt32LE(92, 12);
    block.writeBigUInt64LE(BigInt(own), 24);
    block.writeBigUInt64LE(BigInt(other), 32);
    block.writeBigUInt64LE(BigInt(2 + tableSectors), 40);
    block.writeBigUInt64LE(BigInt(sectors - 2 - tableSectors), 48);
    guidBytes(DISK).copy(block, 56);
    block.writeBigUInt64LE(BigInt(tableAt), 72);
    block.writeUInt32LE(entries, 80);
    block.writeUInt32LE(entryBytes, 84);
    block.writeUInt32LE(crc32(table), 88);
    options.spoil?.(block);
    block.writeUInt32LE(crc32(block.subarray(0, 92)), 16);
    return block;
  };
  const last = sectors - 1;
  const backupTable = last - tableSectors;
  const pieces: Piece[] = [];
  if (options.protective !== false) pieces.push([0, mbr({ type: 0xee, first: 1, sectors: last })]);
  if (options.primary !== false) pieces.push([sectorBytes, header(1, last, 2)], [2 * sectorBytes, table]);
  if (options.backup !== false) {
    pieces.push([backupTable * sectorBytes, table], [last * sectorBytes, header(last, 1, backupTable)]);
  }
  return pieces;
}

export interface LabelPartition {
  readonly offset: number | bigint;
  readonly bytes: number | bigint;
  readonly fstype?: number;
  readonly type?: string;
}

/** DragonFly's 64-bit disk label. */
export function disklabel64(partitions: readonly LabelPartition[], spoil?: (label: Buffer) => void): Buffer {
  const label = Buffer.alloc(2048);
  label.writeUInt32LE(0xc4464c59, 512);
  label.writeUInt32LE(4096, 520);
  label.writeUInt32LE(16, 524);
  guidBytes(DISK).copy(label, 528);
  label.write('dfly', 584);
  partitions.forEach(({ offset, bytes, fstype = 0, type }, index) => {
    const at = 712 + index * 64;
    label.writeBigUInt64LE(BigInt(offset), at);
    label.writeBigUInt64LE(BigInt(bytes), at + 8);
    label.writeUInt8(fstype, at + 16);
    if (type !== undefined) guidBytes(type).copy(label, at + 32);
  });
  label.writeUInt32LE(crc32(label.subarray(512, 712 + 16 * 64)), 516);
  spoil?.(label);
  return label;
}

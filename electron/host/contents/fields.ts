import { printable } from '../../stream/text.ts';

/** Fields of structures on disks. All are foreign: text is made printable, numbers may be anything. */

/** Text up to its NUL, as UTF-8; null where there is none. */
export function text(block: Buffer, at: number, length: number): string | null {
  const field = block.subarray(at, at + length);
  const end = field.indexOf(0);
  return shown(field.toString('utf8', 0, end < 0 ? field.length : end));
}

/** Text of UTF-16 up to its NUL; null where there is none. */
export function text16(block: Buffer, at: number, length: number): string | null {
  const all = block.subarray(at, at + (length & ~1)).toString('utf16le');
  const end = all.indexOf('\0');
  return shown(end < 0 ? all : all.slice(0, end));
}

function shown(found: string): string | null {
  const trimmed = found.trim();
  return trimmed === '' ? null : printable(trimmed);
}

/** A UUID in the order its digits are written; null where all are zero. */
export function uuid(block: Buffer, at: number): string | null {
  return dashed(block.subarray(at, at + 16));
}

/** A UUID whose first three fields are little-endian: GPT, Microsoft and DragonFly. */
export function guid(block: Buffer, at: number): string | null {
  const bytes = Buffer.from(block.subarray(at, at + 16));
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return dashed(bytes);
}

function dashed(bytes: Buffer): string | null {
  if (bytes.every((byte) => byte === 0)) return null;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * A 64-bit number. Beyond 2^53 it is not exact, which does not matter: no disk is that large, so whoever
 * compares it with the size of one finds it too large all the same.
 */
export function u64(block: Buffer, at: number): number {
  return Number(block.readBigUInt64LE(at));
}
export function u64be(block: Buffer, at: number): number {
  return Number(block.readBigUInt64BE(at));
}

export function isPowerOfTwo(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && Number.isInteger(Math.log2(value));
}

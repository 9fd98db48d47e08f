/** What the checker writes: each block tells which disk, block and version it is, and cannot be mistaken for another. */

export const BLOCK_BYTES = 4096;
const WORDS = BLOCK_BYTES / 4;
const MAGIC = 0x5350424b;
/** Words that tell; the rest is a pattern that follows from them. */
const HEAD = 4;

/** What never was written. */
export const UNWRITTEN = 0;

/** Fill a block. @param version 1 … 2^32-1, new for each write of the block */
export function fillBlock(into: Uint32Array, disk: number, block: number, version: number): void {
  into[0] = MAGIC;
  into[1] = disk;
  into[2] = block;
  into[3] = version;
  let state = (disk ^ Math.imul(block + 1, 0x9e3779b1) ^ Math.imul(version, 0x85ebca6b)) | 1;
  for (let i = HEAD; i < WORDS; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    into[i] = state;
  }
}

const expected = new Uint32Array(WORDS);

/** The version a block holds, UNWRITTEN for zeros; or what is wrong with it, where nobody can have written that. */
export function readBlock(bytes: Uint8Array, disk: number, block: number): number | string {
  const words = wordsOf(bytes);
  if (words[0] === 0 && words.every((word) => word === 0)) return UNWRITTEN;
  if (words[0] !== MAGIC) return `foreign bytes ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`;
  if (words[1] !== disk) return `content of disk ${words[1]}`;
  if (words[2] !== block) return `content of block ${words[2]}`;
  const version = words[3] as number;
  fillBlock(expected, disk, block, version);
  const wrong = words.findIndex((word, i) => word !== expected[i]);
  return wrong < 0 ? version : `version ${version}, torn at byte ${4 * wrong}`;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.byteOffset % 4 === 0) return new Uint32Array(bytes.buffer, bytes.byteOffset, WORDS);
  return new Uint32Array(Uint8Array.from(bytes.subarray(0, BLOCK_BYTES)).buffer);
}

/**
 * Reused memory for the data path. Allocating 4 KiB or more costs 287 ns in Node and then page faults;
 * a block taken from here costs a pop.
 */

/** Room beyond the power of two in each block, so that a header and a full payload fit in one. */
const HEADER_ROOM_BYTES = 2048;
const SMALLEST_SHIFT = 12;
const LARGEST_SHIFT = 25;
/** Free blocks kept for reuse, all sizes together; what comes back beyond it is left to the collector. */
const KEPT_BYTES = 64 << 20;

const free: Block[][] = Array.from({ length: LARGEST_SHIFT + 1 }, () => []);
let keptBytes = 0;

/** A piece of reusable memory with a count of its holders. Its contents are whatever was there before. */
export class Block {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly #shift: number;
  #holders = 1;

  constructor(shift: number) {
    this.bytes = Buffer.allocUnsafeSlow((1 << shift) + HEADER_ROOM_BYTES);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.#shift = shift;
  }

  /** One more holder, who owes one `release`. */
  retain(): void {
    this.#holders++;
  }

  /** Give up one hold; the last one returns the memory. */
  release(): void {
    if (--this.#holders > 0) return;
    if (this.#holders < 0) throw new Error('memory block released twice');
    if (keptBytes + this.bytes.length > KEPT_BYTES) return;
    keptBytes += this.bytes.length;
    (free[this.#shift] as Block[]).push(this);
  }

  static acquire(bytes: number): Block {
    const shift = Math.max(SMALLEST_SHIFT, 32 - Math.clz32(Math.max(1, bytes - HEADER_ROOM_BYTES) - 1));
    if (shift > LARGEST_SHIFT) throw new RangeError(`a memory block of ${bytes} bytes is over the limit`);
    const block = free[shift]?.pop();
    if (block === undefined) return new Block(shift);
    keptBytes -= block.bytes.length;
    block.#holders = 1;
    return block;
  }
}

/** A block of at least `bytes` bytes (at most 32 MiB + 2 KiB), held once by the caller. */
export function acquire(bytes: number): Block {
  return Block.acquire(bytes);
}

/**
 * The memory all streams of this thread receive into. Sharing it is safe because a read and its
 * `received` run in one turn: whoever has an incomplete message at the end of that copies it out. It keeps
 * an idle link at a few KiB, and fits the second-level cache.
 */
export const receiveMemory = Block.acquire(256 << 10);

/** The memory a block-sized part of which is asked when only the start of a message is wanted. */
export const peekTarget = receiveMemory.bytes.subarray(0, 4096);

import { BlockOp, type BlockRequest } from '../../../electron/block/device.ts';
import { BlockError } from '../../../electron/block/error.ts';
import type { Medium } from '../../../electron/target/media/medium.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { holds } from './target.ts';

const BLOCK = 512;
const SECTOR_SHIFT = 9;

/** A medium in memory that lets nothing pass that an exporter must check, and tells what it was told to change. */
export class WatchedMedium implements Medium {
  readonly sizeBytes: number;
  readonly blockBytes = BLOCK;
  readonly readOnly: boolean;
  readonly synchronous: boolean;
  readonly description = 'fuzz';
  readonly readOnlyReason = null;
  readonly warning = null;
  readonly identity = 'fuzz';
  readonly bytes: Buffer;
  readonly #fill: number;
  readonly #random: Random;
  #waiting: BlockRequest[] = [];
  underWay = 0;

  constructor(bytes: Buffer, fill: number, random: Random) {
    this.bytes = bytes.fill(fill);
    this.sizeBytes = bytes.length;
    this.#fill = fill;
    this.#random = random;
    this.readOnly = random.chance(0.1);
    this.synchronous = random.chance(0.5);
  }

  async allocatedBytes(): Promise<number> {
    return 0;
  }
  async close(): Promise<void> {
    holds(this.underWay === 0, `the medium is closed with ${this.underWay} requests under way`);
  }

  submit(request: BlockRequest): void {
    const { op, offset, length, buffer } = request;
    if (op !== BlockOp.flush) {
      holds(
        Number.isSafeInteger(offset) && offset >= 0 && length >= 0 && offset + length <= this.sizeBytes,
        `the medium is asked for ${length} bytes at ${offset} of ${this.sizeBytes}`,
      );
      holds(
        ((offset | length) & (BLOCK - 1)) === 0,
        `the medium is asked for parts of blocks: ${length} at ${offset}`,
      );
    }
    holds(
      !this.readOnly || op === BlockOp.read || op === BlockOp.flush,
      'a medium that may not be written is changed',
    );
    holds(
      (op !== BlockOp.read && op !== BlockOp.write) || buffer.length === length,
      `a buffer of ${buffer.length} bytes for ${length}`,
    );
    this.underWay++;
    if (this.synchronous) this.#run(request);
    else this.#waiting.push(request);
  }

  /** Answer some of what waits, in any order. */
  answer(all: boolean): void {
    while (this.#waiting.length > 0 && (all || this.#random.chance(0.7))) {
      const at = this.#random.integer(0, this.#waiting.length - 1);
      this.#run(this.#waiting.splice(at, 1)[0] as BlockRequest);
    }
  }

  /** @param touched sectors anybody asked to change @throws Finding where another one is changed */
  checkUntouched(touched: Uint8Array): void {
    for (let sector = 0; sector < this.sizeBytes >>> SECTOR_SHIFT; ) {
      if (touched[sector] !== 0) {
        sector++;
        continue;
      }
      let end = sector + 1;
      while (end < this.sizeBytes >>> SECTOR_SHIFT && touched[end] === 0) end++;
      const part = this.bytes.subarray(sector << SECTOR_SHIFT, end << SECTOR_SHIFT);
      const isAsItWas = part[0] === this.#fill && part.subarray(1).equals(part.subarray(0, -1));
      holds(isAsItWas, `sectors ${sector} to ${end} are changed, which nobody asked for`);
      sector = end;
    }
  }

  #run(request: BlockRequest): void {
    const { op, offset, length } = request;
    this.underWay--;
    if (this.#random.chance(0.03)) {
      request.done(new BlockError(this.#random.pick(['io', 'nospace', 'unsupported']), 'the medium failed'));
      return;
    }
    if (op === BlockOp.read) {
      const filled = this.#random.chance(0.1) ? 0 : length;
      if (filled > 0) this.bytes.copy(request.buffer, 0, offset, offset + length);
      request.filled = filled;
    } else if (op === BlockOp.write) this.bytes.set(request.buffer, offset);
    else if (op !== BlockOp.flush) this.bytes.fill(0, offset, offset + length);
    request.done(null);
  }
}

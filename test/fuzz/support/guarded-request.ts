import { BlockOp, BlockRequest } from '../../../electron/block/device.ts';
import type { BlockError } from '../../../electron/block/error.ts';
import { checkNoCanary } from './canary.ts';
import { holds } from './target.ts';

const GUARD_BYTES = 64;
/** What a request's memory is filled with once it is its owner's again. */
const OWNED = 0x77;
/** What nobody put there. */
const UNTOUCHED = 0xee;
/** What writes carry. */
const WRITTEN = 0x61;

/**
 * A block request whose memory is looked after: nothing may be written beside it, and once it is done, nothing
 * into it. It ends once.
 */
export class GuardedRequest extends BlockRequest {
  readonly #memory: Buffer;
  error: BlockError | null = null;
  isDone = false;

  constructor(op: BlockOp, offset: number, length: number) {
    super();
    this.op = op;
    this.offset = offset;
    this.length = length;
    const bytes = op === BlockOp.read || op === BlockOp.write ? length : 0;
    this.#memory = Buffer.alloc(bytes + 2 * GUARD_BYTES, UNTOUCHED);
    this.buffer = this.#memory.subarray(GUARD_BYTES, GUARD_BYTES + bytes);
    if (op === BlockOp.write) this.buffer.fill(WRITTEN);
  }

  override done(error: BlockError | null): void {
    holds(!this.isDone, 'a request ended twice');
    this.isDone = true;
    this.error = error;
    const { buffer, op, length, filled } = this;
    if (op === BlockOp.write) holds(isAll(buffer, WRITTEN), 'the data of a write was changed');
    if (op === BlockOp.read && error === null) {
      holds(filled >= 0 && filled <= length, `a read of ${length} bytes is filled with ${filled}`);
      const data = buffer.subarray(0, filled);
      checkNoCanary(data, 'what was read');
      holds(
        Buffer.from(data.buffer, data.byteOffset, data.length).indexOf(HOLE) < 0,
        'a read is not filled as it says',
      );
    }
    buffer.fill(OWNED);
  }

  /** When nothing more can come. @throws Finding */
  check(): void {
    holds(this.isDone, `a request (${this.op}, ${this.length} bytes at ${this.offset}) has no end`);
    holds(isAll(this.buffer, OWNED), 'memory was written into after its request was done');
    const end = this.#memory.length - GUARD_BYTES;
    holds(
      isAll(this.#memory.subarray(0, GUARD_BYTES), UNTOUCHED) && isAll(this.#memory.subarray(end), UNTOUCHED),
      'memory beside that of a request was written into',
    );
  }
}

const HOLE = Buffer.alloc(16, UNTOUCHED);

function isAll(bytes: Uint8Array, value: number): boolean {
  if (bytes.length === 0) return true;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer[0] === value && buffer.subarray(1).equals(buffer.subarray(0, -1));
}

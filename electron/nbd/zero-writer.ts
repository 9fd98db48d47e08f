import { type BlockDevice, BlockOp, BlockRequest } from '../block/device.ts';
import type { BlockError } from '../block/error.ts';

const PIECE_BYTES = 1 << 20;
const ZEROS = Buffer.alloc(PIECE_BYTES);

/** Zeroes a range by writing zeros piece by piece, giving other work its turn after each. */
export class ZeroWriter extends BlockRequest {
  readonly #device: BlockDevice;
  readonly #end: number;
  readonly #finished: (error: BlockError | null) => void;
  readonly #isAbandoned: () => boolean;

  /**
   * @param range what to zero; its `fua` applies to every piece
   * @param isAbandoned asked before each piece: true ends the work early
   * @param finished called once
   */
  constructor(
    device: BlockDevice,
    range: BlockRequest,
    isAbandoned: () => boolean,
    finished: (error: BlockError | null) => void,
  ) {
    super();
    this.#device = device;
    this.#end = range.offset + range.length;
    this.#isAbandoned = isAbandoned;
    this.#finished = finished;
    this.op = BlockOp.write;
    this.offset = range.offset;
    this.fua = range.fua;
  }

  readonly start = (): void => {
    if (this.#isAbandoned()) {
      this.#finished(null);
      return;
    }
    this.length = Math.min(PIECE_BYTES, this.#end - this.offset);
    this.buffer = this.length === PIECE_BYTES ? ZEROS : ZEROS.subarray(0, this.length);
    this.#device.submit(this);
  };

  override done(error: BlockError | null): void {
    this.offset += this.length;
    if (error !== null || this.offset === this.#end) this.#finished(error);
    else setImmediate(this.start);
  }
}

import { BlockOp, BlockRequest } from '../../../electron/block/device.ts';
import type { BlockError } from '../../../electron/block/error.ts';

/** A block request whose end can be awaited. */
export class TestRequest extends BlockRequest {
  readonly ended: Promise<BlockError | null>;
  over = false;
  #end: (error: BlockError | null) => void = () => {};

  constructor(op: BlockOp, offset: number, length: number, data?: Uint8Array) {
    super();
    this.op = op;
    this.offset = offset;
    this.length = length;
    if (op === BlockOp.read) this.buffer = Buffer.alloc(length, 0xee);
    else if (data !== undefined) this.buffer = data;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  override done(error: BlockError | null): void {
    if (this.over) throw new Error('a request ended twice');
    this.over = true;
    this.#end(error);
  }

  /** What a read brought. */
  get data(): Buffer {
    return Buffer.concat([this.buffer.subarray(0, this.filled), Buffer.alloc(this.length - this.filled)]);
  }
}

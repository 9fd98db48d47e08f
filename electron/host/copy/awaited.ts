import { type BlockDevice, type BlockOp, BlockRequest } from '../../block/device.ts';
import type { BlockError } from '../../block/error.ts';

/**
 * A request whose end is awaited. A promise each is cheap where requests are large or few; set `buffer`
 * before a read or write. It may run again after its end.
 */
export class Awaited extends BlockRequest {
  #settle: ((error: BlockError | null) => void) | undefined;

  run(device: BlockDevice, op: BlockOp, offset: number, length: number): Promise<BlockError | null> {
    this.op = op;
    this.offset = offset;
    this.length = length;
    return new Promise((resolve) => {
      this.#settle = resolve;
      device.submit(this);
    });
  }

  override done(error: BlockError | null): void {
    this.#settle?.(error);
  }
}

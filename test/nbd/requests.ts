import { type BlockDevice, type BlockOp, BlockRequest, NO_BYTES } from '../../electron/block/device.ts';
import type { BlockError } from '../../electron/block/error.ts';

/** A block request as a promise of its own error or success. Counts its ends: each must have one. */
export class TestRequest extends BlockRequest {
  ends = 0;
  readonly over: Promise<BlockError | null>;
  #resolve: (error: BlockError | null) => void = () => {};

  constructor(op: BlockOp, offset: number, length: number, buffer: Uint8Array = NO_BYTES, fua = false) {
    super();
    this.op = op;
    this.offset = offset;
    this.length = length;
    this.buffer = buffer;
    this.fua = fua;
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  override done(error: BlockError | null): void {
    this.ends++;
    this.#resolve(error);
  }
}

/** Submit and wait. */
export async function io(
  device: BlockDevice,
  op: BlockOp,
  offset: number,
  length: number,
  buffer?: Uint8Array,
  fua?: boolean,
): Promise<{ error: BlockError | null; filled: number }> {
  const request = new TestRequest(op, offset, length, buffer, fua);
  device.submit(request);
  const error = await request.over;
  return { error, filled: request.filled };
}

/** Bytes that tell their place, so that a wrong offset shows. */
export function pattern(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (Math.imul(i + seed, 2654435761) >>> 24) ^ (i & 0xff);
  return bytes;
}

import { type BlockDevice, BlockOp, BlockRequest } from '../../electron/block/device.ts';
import type { BlockError } from '../../electron/block/error.ts';

/** What a request ended with. A second `done` throws, and so fails the test. */
export class TestRequest extends BlockRequest {
  readonly over: Promise<BlockError | null>;
  isOver = false;
  #resolve: (error: BlockError | null) => void = () => {};

  constructor() {
    super();
    this.over = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  done(error: BlockError | null): void {
    if (this.isOver) throw new Error('done was called twice');
    this.isOver = true;
    this.#resolve(error);
  }
}

export interface RequestOptions {
  readonly offset?: number;
  readonly length?: number;
  readonly buffer?: Uint8Array;
  readonly fua?: boolean;
}

/** Submit a request and give it back, perhaps still running. */
export function submit(device: BlockDevice, op: BlockOp, options: RequestOptions = {}): TestRequest {
  const request = new TestRequest();
  request.op = op;
  request.offset = options.offset ?? 0;
  request.length = options.length ?? options.buffer?.length ?? 0;
  if (options.buffer !== undefined) request.buffer = options.buffer;
  request.fua = options.fua ?? false;
  device.submit(request);
  return request;
}

/** Run a request and throw its error. */
export async function run(
  device: BlockDevice,
  op: BlockOp,
  options: RequestOptions = {},
): Promise<TestRequest> {
  const request = submit(device, op, options);
  const error = await request.over;
  if (error !== null) throw error;
  return request;
}

/** The content of a range as its consumer sees it: what lies beyond `filled` is zeros. */
export async function read(device: BlockDevice, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length, 0xee);
  const request = await run(device, BlockOp.read, { offset, buffer });
  return buffer.fill(0, request.filled);
}

export async function write(device: BlockDevice, offset: number, data: Uint8Array): Promise<void> {
  await run(device, BlockOp.write, { offset, buffer: data });
}

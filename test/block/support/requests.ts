import assert from 'node:assert/strict';
import { type BlockDevice, BlockOp, BlockRequest } from '../../../electron/block/device.ts';
import type { BlockError } from '../../../electron/block/error.ts';

/** What a buffer holds that its owner has back: whoever still sends or fills it is found out. */
export const GIVEN_BACK = 0xdb;

interface Wanted {
  readonly offset?: number;
  /** Of a read or discard. */
  readonly length?: number;
  /** Of a write. */
  readonly data?: Uint8Array;
  readonly fua?: boolean;
}

/** A request that tells its end, and ends the process should it end twice. */
export class Request extends BlockRequest {
  readonly ended: Promise<BlockError | null>;
  /** Undefined until it is over. */
  error: BlockError | null | undefined;
  /** What a read brought. */
  found: Buffer = Buffer.alloc(0);
  #tell: (error: BlockError | null) => void = () => {};

  constructor(op: BlockOp, wanted: Wanted) {
    super();
    this.op = op;
    this.offset = wanted.offset ?? 0;
    this.length = wanted.data?.length ?? wanted.length ?? 0;
    if (wanted.data !== undefined) this.buffer = Buffer.from(wanted.data);
    else if (op === BlockOp.read) this.buffer = Buffer.alloc(this.length, 0xee);
    this.fua = wanted.fua ?? false;
    this.ended = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  override done(error: BlockError | null): void {
    if (this.error !== undefined) {
      const twice = new Error(`request ${this.op} at ${this.offset} was done twice`);
      process.nextTick(() => {
        throw twice;
      });
    }
    this.error = error;
    if (error === null && this.op === BlockOp.read) {
      assert.ok(this.filled >= 0 && this.filled <= this.length, `filled ${this.filled} of ${this.length}`);
      this.found = Buffer.alloc(this.length);
      this.found.set(this.buffer.subarray(0, this.filled));
    }
    this.buffer.fill(GIVEN_BACK);
    this.#tell(error);
  }

  /** Whether nobody wrote into the buffer since it was given back. */
  get untouched(): boolean {
    return this.buffer.every((byte) => byte === GIVEN_BACK);
  }
}

/** Start a request. */
export function submit(device: BlockDevice, op: BlockOp, wanted: Wanted = {}): Request {
  const request = new Request(op, wanted);
  device.submit(request);
  return request;
}

/** A request that must succeed. */
export async function run(device: BlockDevice, op: BlockOp, wanted: Wanted = {}): Promise<Request> {
  const request = submit(device, op, wanted);
  assert.equal(await request.ended, null);
  return request;
}

export const read = (device: BlockDevice, offset: number, length: number): Promise<Buffer> =>
  run(device, BlockOp.read, { offset, length }).then(({ found }) => found);

export const write = (device: BlockDevice, offset: number, data: Uint8Array): Promise<Request> =>
  run(device, BlockOp.write, { offset, data });

/** The end of a request that must fail. */
export async function failure(request: Request): Promise<BlockError> {
  const error = await request.ended;
  assert.ok(error !== null, 'the request should have failed');
  return error;
}

import { BlockOp, type BlockRequest } from '../../../electron/block/device.ts';
import type { BlockError } from '../../../electron/block/error.ts';
import type { Medium, ReadOnlyReason } from '../../../electron/target/media/medium.ts';

interface Traits {
  readonly readOnly?: boolean;
  /** Answers within `submit`; otherwise in a later turn. */
  readonly synchronous?: boolean;
  readonly blockBytes?: number;
  /** Claimed size, if not that of the content. */
  readonly sizeBytes?: number;
}

/** What a medium holds: several media can be opened on the same, as several exporters on one disk. */
export type Content = Buffer;

/** A medium of memory that answers when the test says so, fails where it says, and keeps count. */
export class TestMedium implements Medium {
  readonly content: Content;
  readonly sizeBytes: number;
  readonly blockBytes: number;
  readonly synchronous: boolean;
  readonly readOnlyReason: ReadOnlyReason | null;
  readonly description = 'test medium';
  readonly warning = null;
  readonly identity = 'test';
  /** Requests that came, by BlockOp. */
  readonly counts = [0, 0, 0, 0, 0];
  /** What came, in order, as `op offset length`. */
  readonly log: string[] = [];
  /** While set, requests are kept in `held`. */
  isHolding = false;
  held: BlockRequest[] = [];
  /** Bytes of reads and writes that are here, and the most there ever were. */
  bytes = 0;
  peakBytes = 0;
  peakRequests = 0;
  closed = false;
  /** Says which requests fail. */
  fail: (request: BlockRequest) => BlockError | null = () => null;
  #here = 0;

  constructor(content: Content | number, traits: Traits = {}) {
    this.content = typeof content === 'number' ? Buffer.alloc(content) : content;
    this.sizeBytes = traits.sizeBytes ?? this.content.length;
    this.blockBytes = traits.blockBytes ?? 512;
    this.synchronous = traits.synchronous ?? false;
    this.readOnlyReason = traits.readOnly === true ? 'asked for' : null;
  }

  get readOnly(): boolean {
    return this.readOnlyReason !== null;
  }

  submit(request: BlockRequest): void {
    const { op, offset, length } = request;
    if (this.closed) {
      process.nextTick(() => {
        throw new Error(`request ${op} at ${offset} came after the medium was closed`);
      });
    }
    this.counts[op] = (this.counts[op] as number) + 1;
    this.log.push(`${op} ${offset} ${length}`);
    this.#here++;
    this.bytes += request.buffer.length;
    this.peakBytes = Math.max(this.peakBytes, this.bytes);
    this.peakRequests = Math.max(this.peakRequests, this.#here);
    if (this.synchronous) this.#run(request);
    else if (this.isHolding) this.held.push(request);
    else setImmediate(() => this.#run(request));
  }

  /** Answer what is held, oldest first. */
  release(count = this.held.length, from = 0): void {
    for (const request of this.held.splice(from, count)) this.#run(request);
  }

  /** Hold no more. */
  letGo(): void {
    this.isHolding = false;
    this.release();
  }

  async allocatedBytes(): Promise<number> {
    return this.sizeBytes;
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.#here > 0) throw new Error(`closed with ${this.#here} requests`);
  }

  #run(request: BlockRequest): void {
    const { op, offset, length, buffer } = request;
    this.#here--;
    this.bytes -= buffer.length;
    const error = this.fail(request);
    if (error === null) {
      if (op === BlockOp.read) {
        this.content.copy(buffer, 0, offset, offset + length);
        request.filled = length;
      } else if (op === BlockOp.write) this.content.set(buffer, offset);
      else if (op !== BlockOp.flush) this.content.fill(0, offset, offset + length);
    }
    request.done(error);
  }
}

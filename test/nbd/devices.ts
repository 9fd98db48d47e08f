import { type BlockDevice, BlockOp, type BlockRequest } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import type { AllocationMap, Extent } from '../../electron/nbd/export.ts';

/** A device in memory that answers within `submit`. Counts what reaches it. */
export class MemoryDevice implements BlockDevice {
  readonly bytes: Buffer;
  readonly sizeBytes: number;
  readonly blockBytes = 512;
  readonly readOnly: boolean;
  readonly synchronous: boolean = true;
  /** Requests that came, by BlockOp. */
  readonly counts = [0, 0, 0, 0, 0];
  fuaCount = 0;
  closed = false;

  constructor(sizeBytes: number, options: { readOnly?: boolean } = {}) {
    this.bytes = Buffer.alloc(sizeBytes);
    this.sizeBytes = sizeBytes;
    this.readOnly = options.readOnly ?? false;
  }

  submit(request: BlockRequest): void {
    this.run(request);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  protected run(request: BlockRequest): void {
    const { op, offset, length } = request;
    this.counts[op] = (this.counts[op] as number) + 1;
    if (request.fua) this.fuaCount++;
    if (op === BlockOp.read) {
      this.bytes.copy(request.buffer, 0, offset, offset + length);
      request.filled = length;
    } else if (op === BlockOp.write) this.bytes.set(request.buffer, offset);
    else if (op !== BlockOp.flush) this.bytes.fill(0, offset, offset + length);
    request.done(null);
  }
}

/** Answers in a later turn, last request first, so that replies come in another order. */
export class LateDevice extends MemoryDevice {
  override readonly synchronous = false;
  #waiting: BlockRequest[] = [];
  /** Requests held now, and the most there ever were. */
  held = 0;
  mostHeld = 0;
  /** While set, requests are kept. */
  isHolding = false;
  #watcher: { readonly count: number; resolve(): void } | undefined;

  /** Wait until that many requests are held. */
  holds(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.held >= count) resolve();
      else this.#watcher = { count, resolve };
    });
  }

  override submit(request: BlockRequest): void {
    this.held++;
    this.mostHeld = Math.max(this.mostHeld, this.held);
    this.#waiting.push(request);
    if (this.held === this.#watcher?.count) this.#watcher.resolve();
    if (this.#waiting.length === 1 && !this.isHolding) setImmediate(this.release);
  }

  /** Answer what is held and hold no more. */
  readonly release = (): void => {
    this.isHolding = false;
    const waiting = this.#waiting.reverse();
    this.#waiting = [];
    for (const request of waiting) {
      this.held--;
      this.run(request);
    }
  };
}

/** Loses the way to its medium under the requests it holds. */
export class LostDevice extends LateDevice {
  protected override run(request: BlockRequest): void {
    request.done(new BlockError('path', 'the link is gone'));
  }
}

/** Fails everything with one error. */
export class FailingDevice extends MemoryDevice {
  readonly #error: BlockError;

  constructor(sizeBytes: number, error: BlockError) {
    super(sizeBytes);
    this.#error = error;
  }

  override submit(request: BlockRequest): void {
    request.done(this.#error);
  }
}

/** Knows which pages were written; cannot discard or zero, and tells holes by `filled`. */
export class SparseDevice extends MemoryDevice implements AllocationMap {
  readonly #pages = new Set<number>();

  override submit(request: BlockRequest): void {
    const { op, offset, length } = request;
    if (op === BlockOp.discard || op === BlockOp.zero) {
      request.done(new BlockError('unsupported', 'this device only reads and writes'));
      return;
    }
    if (op === BlockOp.write) {
      for (let page = offset >>> 12; page << 12 < offset + length; page++) this.#pages.add(page);
    }
    if (op === BlockOp.read) {
      let dataEnd = length;
      while (dataEnd > 0 && !this.#pages.has((offset + dataEnd - 1) >>> 12)) {
        dataEnd = Math.max(0, (((offset + dataEnd - 1) >>> 12) << 12) - offset);
      }
      this.counts[op]++;
      this.bytes.copy(request.buffer, 0, offset, offset + dataEnd);
      request.buffer.fill(0xee, dataEnd); // whoever passes this on is caught
      request.filled = dataEnd;
      request.done(null);
      return;
    }
    this.run(request);
  }

  allocation(offset: number, length: number, limit: number): readonly Extent[] {
    const extents: { bytes: number; hole: boolean; zero: boolean }[] = [];
    for (let at = offset; at < offset + length; ) {
      const pageEnd = ((at >>> 12) + 1) << 12;
      const hole = !this.#pages.has(at >>> 12);
      const last = extents.at(-1);
      if (last?.hole === hole) last.bytes += pageEnd - at;
      else if (extents.length === limit) break;
      else extents.push({ bytes: pageEnd - at, hole, zero: hole });
      at = pageEnd;
    }
    return extents;
  }
}

import { BlockOp, BlockRequest, changesMedium } from '../../../electron/block/device.ts';
import { BlockError, type BlockErrorCode } from '../../../electron/block/error.ts';
import type { Medium } from '../../../electron/target/media/medium.ts';
import { BLOCK_BYTES } from '../model/block-content.ts';

/** What a medium does wrong. */
export const MEDIUM_FAULTS = ['none', 'read', 'write', 'flush', 'full', 'partial', 'slow'] as const;
export type MediumFault = (typeof MEDIUM_FAULTS)[number];

const SLOW_MS = 40;
/** Of the writes of a cache, those that go to the medium before they are flushed. */
const WRITTEN_BACK = 0.4;

/** Wraps a medium so that it fails as it is told. */
export class BadMedium implements Medium {
  readonly #inner: Medium;
  readonly synchronous = false;
  fault: MediumFault = 'none';

  constructor(inner: Medium) {
    this.#inner = inner;
  }

  get sizeBytes(): number {
    return this.#inner.sizeBytes;
  }
  get blockBytes(): number {
    return this.#inner.blockBytes;
  }
  get readOnly(): boolean {
    return this.#inner.readOnly;
  }
  get description(): string {
    return this.#inner.description;
  }
  get readOnlyReason(): Medium['readOnlyReason'] {
    return this.#inner.readOnlyReason;
  }
  get warning(): string | null {
    return this.#inner.warning;
  }
  get identity(): string {
    return this.#inner.identity;
  }
  allocatedBytes(): Promise<number> {
    return this.#inner.allocatedBytes();
  }
  close(): Promise<void> {
    return this.#inner.close();
  }

  submit(request: BlockRequest): void {
    const { fault } = this;
    const { op } = request;
    if (fault === 'slow') setTimeout(() => this.#inner.submit(request), Math.random() * SLOW_MS);
    else if (fault === 'read' && op === BlockOp.read) fail(request, 'io');
    else if (fault === 'write' && changesMedium(op)) fail(request, 'io');
    else if (fault === 'full' && changesMedium(op)) fail(request, 'nospace');
    else if (fault === 'flush' && op === BlockOp.flush) fail(request, 'io');
    else if (fault === 'partial' && op === BlockOp.write) this.#partly(request);
    else this.#inner.submit(request);
  }

  /** Some blocks are written, and then the medium fails. */
  #partly(request: BlockRequest): void {
    const blocks = Math.floor((Math.random() * request.length) / BLOCK_BYTES);
    if (blocks === 0) fail(request, 'io');
    else this.#inner.submit(new Part(request, blocks * BLOCK_BYTES));
  }
}

function fail(request: BlockRequest, code: BlockErrorCode): void {
  setImmediate(() => request.done(new BlockError(code, 'the test has the medium fail')));
}

/** The beginning of a write. */
class Part extends BlockRequest {
  readonly #whole: BlockRequest;

  constructor(whole: BlockRequest, length: number) {
    super();
    this.#whole = whole;
    this.op = BlockOp.write;
    this.offset = whole.offset;
    this.length = length;
    this.buffer = whole.buffer.subarray(0, length);
  }

  override done(): void {
    this.#whole.done(new BlockError('io', 'the test has the medium write a part'));
  }
}

/** A write of the cache to the medium. */
class WriteBack extends BlockRequest {
  readonly #ended: (error: BlockError | null) => void;

  constructor(offset: number, bytes: Uint8Array, ended: (error: BlockError | null) => void) {
    super();
    this.op = BlockOp.write;
    this.offset = offset;
    this.length = bytes.length;
    this.buffer = bytes;
    this.#ended = ended;
  }

  override done(error: BlockError | null): void {
    this.#ended(error);
  }
}

/**
 * A medium with a volatile cache in the memory of its process: what is not flushed is lost with the process, but
 * for some blocks that happened to be written before. That is what a power cut does to a disk.
 */
export class CachedMedium extends BadMedium {
  readonly #medium: Medium;
  readonly #cache = new Map<number, Uint8Array>();
  /** One write at a time, in order: else an older one could be carried out behind a newer one. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(inner: Medium) {
    super(inner);
    this.#medium = inner;
  }

  override submit(request: BlockRequest): void {
    switch (request.op) {
      case BlockOp.write:
        this.#write(request);
        break;
      case BlockOp.read:
        this.#medium.submit(new CachedRead(request, this.#cache));
        break;
      case BlockOp.flush:
        void this.#flush().then(() => this.#medium.submit(request));
        break;
      default:
        request.done(null); // a discard may do nothing
    }
  }

  #write(request: BlockRequest): void {
    const writeBack = Math.random() < WRITTEN_BACK;
    for (let at = 0; at < request.length; at += BLOCK_BYTES) {
      const block = Uint8Array.from(request.buffer.subarray(at, at + BLOCK_BYTES));
      this.#cache.set(request.offset + at, block);
      if (writeBack) void this.#writeBack(request.offset + at, block);
    }
    setImmediate(() => request.done(null));
  }

  async #flush(): Promise<void> {
    for (const offset of [...this.#cache.keys()]) {
      // What it is now: another flush may have written a newer one meanwhile.
      const block = this.#cache.get(offset);
      if (block === undefined) continue;
      await this.#writeBack(offset, block);
      // A newer one stays until it is flushed itself.
      if (this.#cache.get(offset) === block) this.#cache.delete(offset);
    }
  }

  #writeBack(offset: number, block: Uint8Array): Promise<unknown> {
    const written = this.#last.then(
      () => new Promise((resolve) => this.#medium.submit(new WriteBack(offset, block, resolve))),
    );
    this.#last = written;
    return written;
  }
}

/** A read of the medium, over which the cache is laid. */
class CachedRead extends BlockRequest {
  readonly #whole: BlockRequest;
  readonly #cache: ReadonlyMap<number, Uint8Array>;
  /** What was in the cache at the start: it may have gone to the medium behind the read's back. */
  readonly #before = new Map<number, Uint8Array>();

  constructor(whole: BlockRequest, cache: ReadonlyMap<number, Uint8Array>) {
    super();
    this.#whole = whole;
    this.#cache = cache;
    this.offset = whole.offset;
    this.length = whole.length;
    this.buffer = whole.buffer;
    for (let at = 0; at < this.length; at += BLOCK_BYTES) {
      const block = cache.get(this.offset + at);
      if (block !== undefined) this.#before.set(at, block);
    }
  }

  override done(): void {
    const { buffer, offset, length } = this;
    buffer.fill(0, this.filled, length);
    for (let at = 0; at < length; at += BLOCK_BYTES) {
      const block = this.#cache.get(offset + at) ?? this.#before.get(at);
      if (block !== undefined) buffer.set(block, at);
    }
    this.#whole.filled = length;
    this.#whole.done(null);
  }
}

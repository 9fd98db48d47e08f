import { createHash } from 'node:crypto';
import type { ByteSink } from '../../../electron/stream/byte-stream.ts';

/** A sink that counts and hashes what it gets, in targets of changing sizes. */
export class Collector implements ByteSink {
  bytes = 0;
  first = Buffer.alloc(0);
  readonly closedWith: Promise<Error | undefined>;
  #memory = Buffer.alloc(0);
  readonly #hash = createHash('sha256');
  readonly #sizes: readonly number[];
  #turn = 0;
  #closed: (error: Error | undefined) => void = () => {};
  #waiting: { bytes: number; resolve: () => void }[] = [];

  constructor(sizes: readonly number[] = [65_536]) {
    this.#sizes = sizes;
    this.closedWith = new Promise((resolve) => {
      this.#closed = resolve;
    });
  }

  get sha256(): string {
    return this.#hash.copy().digest('hex');
  }

  /** Until this many bytes came. */
  got(bytes: number): Promise<void> {
    if (this.bytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  target(): Uint8Array {
    this.#memory = Buffer.alloc(this.#sizes[this.#turn++ % this.#sizes.length] as number);
    return this.#memory;
  }

  received(bytes: number): void {
    const data = this.#memory.subarray(0, bytes);
    if (this.first.length < 64) this.first = Buffer.concat([this.first, data]).subarray(0, 64);
    this.#hash.update(data);
    this.bytes += bytes;
    this.#waiting = this.#waiting.filter(({ bytes: due, resolve }) => {
      if (this.bytes < due) return true;
      resolve();
      return false;
    });
  }

  closed(error: Error | undefined): void {
    this.#closed(error);
  }
}

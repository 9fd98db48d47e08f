import type { ByteSink, ByteStream } from '../../../electron/stream/byte-stream.ts';

/** Keeps what a stream receives, in memory of its own. */
export class KeepingSink implements ByteSink {
  readonly closedWith: Promise<Error | undefined>;
  closedCount = 0;
  readonly #memory: Buffer;
  #pieces: Buffer[] = [];
  #count = 0;
  #tell: (error: Error | undefined) => void = () => {};
  #waiting: { count: number; resolve: () => void }[] = [];

  /** @param readBytes the most of one read */
  constructor(stream: ByteStream, readBytes = 65_536) {
    this.#memory = Buffer.alloc(readBytes);
    this.closedWith = new Promise((resolve) => {
      this.#tell = resolve;
    });
    stream.start(this);
  }

  get bytes(): Buffer {
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [all];
    return all;
  }

  /** Wait until that many bytes have come in all. */
  has(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#look();
    });
  }

  target(): Uint8Array {
    return this.#memory;
  }

  received(bytes: number): void {
    this.#pieces.push(Buffer.from(this.#memory.subarray(0, bytes)));
    this.#count += bytes;
    this.#look();
  }

  closed(error: Error | undefined): void {
    this.closedCount++;
    this.#tell(error);
  }

  #look(): void {
    const due = this.#waiting.filter(({ count }) => this.#count >= count);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { resolve } of due) resolve();
  }
}

import type { ByteStream } from '../../../electron/stream/byte-stream.ts';

interface Batch {
  readonly chunks: readonly Uint8Array[];
  /** The bytes as they were when they were queued. */
  readonly asQueued: Buffer;
  readonly done: (error?: Error) => void;
  finished: boolean;
}

/** A stream that takes what is written when and in what order the test says, and reads it only then. */
export class HoldingStream implements ByteStream {
  readonly remote = 'holding';
  readonly batches: Batch[] = [];
  /** What the "system" has read, by batch. */
  readonly #taken = new Map<number, Buffer>();

  get unsentBytes(): number {
    return this.batches
      .filter(({ finished }) => !finished)
      .reduce((sum, { asQueued }) => sum + asQueued.length, 0);
  }
  get inFlight(): number {
    return this.batches.filter(({ finished }) => !finished).length;
  }
  /** All batches as the system read them, in the order of writing. */
  get taken(): Buffer {
    return Buffer.concat(this.batches.map((_, i) => this.#taken.get(i) ?? Buffer.alloc(0)));
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    this.batches.push({ chunks, asQueued: Buffer.concat(chunks), done, finished: false });
  }

  /** The system takes a batch; it must still hold the bytes that were queued. */
  take(index: number, error?: Error): void {
    const batch = this.batches[index] as Batch;
    const now = Buffer.concat(batch.chunks);
    if (!now.equals(batch.asQueued)) throw new Error(`batch ${index} was changed in flight`);
    this.#taken.set(index, now);
    batch.finished = true;
    batch.done(error);
  }

  takeAll(): void {
    this.batches.forEach((batch, i) => {
      if (!batch.finished) this.take(i);
    });
  }

  start(): void {}
  pause(): void {}
  resume(): void {}
  end(): void {}
  destroy(): void {}
}

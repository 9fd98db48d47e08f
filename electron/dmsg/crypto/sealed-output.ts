import type { ByteStream } from '../../stream/byte-stream.ts';
import { acquire } from '../../stream/memory.ts';
import { CHUNK_BYTES, SEALED_BYTES, Sealer } from './chunk-cipher.ts';

type Done = (error?: Error) => void;

interface PendingWrite {
  readonly chunks: readonly Uint8Array[];
  readonly done: Done;
  next: PendingWrite | undefined;
}

/** Chunks encrypted at a time: about 2.5 ms of work, between which the event loop gets its turn. */
const WINDOW_CHUNKS = 512;

/**
 * The sending side: what is written is kept by reference and encrypted a window at a time, the next one when
 * the system has taken the last. However much is queued, there is one window of encrypted memory.
 */
export class SealedOutput {
  readonly #stream: ByteStream;
  readonly #sealer: Sealer;
  #first: PendingWrite | undefined;
  #last: PendingWrite | undefined;
  /** Where in the first write the next window begins. */
  #chunkIndex = 0;
  #chunkAt = 0;
  /** Gathers a 64-byte chunk that lies across the pieces of a write. */
  readonly #gather = Buffer.alloc(CHUNK_BYTES);
  #unsentBytes = 0;
  #windowInFlight = false;
  /** Whether the user ended the stream, and whether that has been passed on. */
  #ended = false;
  #endSent = false;
  /** Why nothing more can be sent. */
  #lost: Error | undefined;

  constructor(stream: ByteStream, session: Buffer) {
    this.#stream = stream;
    this.#sealer = new Sealer(session);
  }

  /** Bytes, before encryption, that the system has not taken yet. */
  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  /** Queue pieces, `bytes` together, which is a multiple of 64. */
  write(chunks: readonly Uint8Array[], bytes: number, done: Done): void {
    const refusal = this.#lost ?? (this.#ended ? new Error('write after end') : undefined);
    if (refusal !== undefined) {
      queueMicrotask(() => done(refusal));
      return;
    }
    const write: PendingWrite = { chunks, done, next: undefined };
    if (this.#last === undefined) this.#first = write;
    else this.#last.next = write;
    this.#last = write;
    this.#unsentBytes += bytes;
    this.#pump();
  }

  /** End the stream once all is sent. */
  end(): void {
    this.#ended = true;
    this.#pump();
  }

  /** Send nothing more. The queued writes are told when the stream is done with the window in flight. */
  stop(reason: Error): void {
    this.#lost ??= reason;
  }

  #pump(): void {
    if (this.#windowInFlight) return;
    if (this.#lost !== undefined) this.#drop(this.#lost);
    else if (this.#first !== undefined) this.#sendWindow();
    else if (this.#ended && !this.#endSent) {
      this.#endSent = true;
      this.#stream.end();
    }
  }

  #sendWindow(): void {
    const block = acquire(WINDOW_CHUNKS * SEALED_BYTES);
    const completed: Done[] = [];
    let chunks = 0;
    while (this.#first !== undefined && chunks < WINDOW_CHUNKS) {
      const write = this.#first;
      chunks += this.#sealFrom(write, block.bytes.subarray(chunks * SEALED_BYTES), WINDOW_CHUNKS - chunks);
      if (this.#chunkIndex === write.chunks.length) {
        completed.push(write.done);
        this.#first = write.next;
        this.#chunkIndex = 0;
      }
    }
    if (this.#first === undefined) this.#last = undefined;
    this.#windowInFlight = true;
    this.#stream.write([block.bytes.subarray(0, chunks * SEALED_BYTES)], (error) => {
      this.#windowInFlight = false;
      this.#unsentBytes -= chunks * CHUNK_BYTES;
      block.release();
      this.#lost ??= error;
      for (const done of completed) done(error);
      this.#pump();
    });
  }

  /** Encrypt from the write's cursor on, at most `limit` chunks. @returns how many it was */
  #sealFrom(write: PendingWrite, sealed: Uint8Array, limit: number): number {
    let count = 0;
    let gathered = 0;
    // An empty piece at the end is still stepped over when the limit is reached.
    while (this.#chunkIndex < write.chunks.length) {
      const piece = write.chunks[this.#chunkIndex] as Uint8Array;
      const left = piece.length - this.#chunkAt;
      if (left === 0) {
        this.#chunkIndex++;
        this.#chunkAt = 0;
        continue;
      }
      if (count === limit) break;
      const bytes = Math.min(left, CHUNK_BYTES - gathered);
      const part = piece.subarray(this.#chunkAt, this.#chunkAt + bytes);
      this.#chunkAt += bytes;
      if (bytes < CHUNK_BYTES) {
        this.#gather.set(part, gathered);
        gathered += bytes;
        if (gathered < CHUNK_BYTES) continue;
        gathered = 0;
      }
      this.#sealer.seal(bytes < CHUNK_BYTES ? this.#gather : part, sealed.subarray(count++ * SEALED_BYTES));
    }
    return count;
  }

  /** Tell every write still queued that it will never be sent. */
  #drop(error: Error): void {
    const first = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    this.#unsentBytes = 0;
    for (let write = first; write !== undefined; write = write.next) write.done(error);
  }
}

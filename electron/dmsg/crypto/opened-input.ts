import type { ByteSink, ByteStream } from '../../stream/byte-stream.ts';
import { acquire, type Block } from '../../stream/memory.ts';
import { CHUNK_BYTES, Opener, SEALED_BYTES } from './chunk-cipher.ts';
import { LinkCryptoError } from './error.ts';

/** Chunks taken in one read: 80 KiB, more than one read of Node without memory of ours brings (64 KiB). */
const READ_CHUNKS = 1024;

/**
 * The receiving side: collects what arrives, decrypts all whole chunks of a read, and hands them on into
 * the memory its own sink chooses. While that sink is paused so is the stream, so there is at most one read
 * of each kind of memory; an idle link holds no decrypted bytes.
 */
export class OpenedInput implements ByteSink {
  readonly #stream: ByteStream;
  readonly #opener: Opener;
  readonly #fail: (error: LinkCryptoError) => void;
  readonly #sealed = Buffer.allocUnsafeSlow(READ_CHUNKS * SEALED_BYTES);
  #sealedBytes = 0;
  /** Decrypted bytes not handed on yet: `#plainAt` to `#plainEnd`. */
  #plain: Block | undefined;
  #plainAt = 0;
  #plainEnd = 0;
  #sink: ByteSink | undefined;
  /** The stream is paused from the end of the handshake until `start`. */
  #paused = true;
  #streamPaused = true;
  #running = false;
  #stopped = false;
  /** How the stream ended, until the sink has been told. */
  #ending: { error: Error | undefined } | undefined;

  constructor(stream: ByteStream, session: Buffer, fail: (error: LinkCryptoError) => void) {
    this.#stream = stream;
    this.#opener = new Opener(session);
    this.#fail = fail;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.resume();
  }

  pause(): void {
    this.#paused = true;
    this.#streamPaused = true;
    this.#stream.pause();
  }

  /** What is left is handed on in a turn of its own, as a socket would. */
  resume(): void {
    this.#paused = false;
    if (!this.#running) queueMicrotask(this.#run);
  }

  /** Hand nothing more on but `closed`. */
  stop(): void {
    this.#stopped = true;
    this.#sealedBytes = 0;
    this.#dropPlain();
  }

  target(): Uint8Array {
    return this.#sealed.subarray(this.#sealedBytes);
  }

  received(bytes: number): void {
    if (this.#stopped) return;
    this.#sealedBytes += bytes;
    if (!this.#running) this.#run();
  }

  closed(error: Error | undefined): void {
    this.#ending = { error };
    if (error !== undefined) this.stop();
    if (!this.#running) this.#run();
  }

  readonly #run = (): void => {
    if (this.#sink === undefined || this.#running) return;
    this.#running = true;
    while (!this.#paused && this.#open()) this.#deliver(this.#sink);
    this.#running = false;
    if (this.#ending !== undefined) this.#finish(this.#sink, this.#ending.error);
    else if (!this.#paused && this.#streamPaused && !this.#stopped) {
      this.#streamPaused = false;
      this.#stream.resume();
    }
  };

  /** Decrypt the whole chunks there are, unless some are left. @returns whether there is anything to hand on */
  #open(): boolean {
    if (this.#plain !== undefined) return true;
    const chunks = Math.floor(this.#sealedBytes / SEALED_BYTES);
    if (chunks === 0) return false;
    const plain = acquire(chunks * CHUNK_BYTES);
    for (let i = 0; i < chunks; i++) {
      const sealed = this.#sealed.subarray(i * SEALED_BYTES, (i + 1) * SEALED_BYTES);
      if (this.#opener.open(sealed, plain.bytes.subarray(i * CHUNK_BYTES))) continue;
      plain.release();
      this.#fail(
        new LinkCryptoError('mac', 'the authentication tag of a chunk does not match (changed on its way?)'),
      );
      return false;
    }
    this.#sealed.copyWithin(0, chunks * SEALED_BYTES, this.#sealedBytes);
    this.#sealedBytes -= chunks * SEALED_BYTES;
    this.#plain = plain;
    this.#plainAt = 0;
    this.#plainEnd = chunks * CHUNK_BYTES;
    return true;
  }

  #deliver(sink: ByteSink): void {
    // `stop` in a `received` drops the block.
    while (this.#plain !== undefined && !this.#paused) {
      const target = sink.target();
      const bytes = Math.min(target.length, this.#plainEnd - this.#plainAt);
      target.set(this.#plain.bytes.subarray(this.#plainAt, this.#plainAt + bytes));
      this.#plainAt += bytes;
      if (this.#plainAt === this.#plainEnd) this.#dropPlain();
      sink.received(bytes);
    }
  }

  #dropPlain(): void {
    this.#plain?.release();
    this.#plain = undefined;
  }

  /** Tell the sink the end, once nothing that came before it is left. */
  #finish(sink: ByteSink, error: Error | undefined): void {
    if (this.#plain !== undefined || this.#sealedBytes >= SEALED_BYTES) return;
    const truncated = error === undefined && this.#sealedBytes > 0;
    this.#ending = undefined;
    this.stop();
    sink.closed(truncated ? new LinkCryptoError('truncated', 'the stream ended within a chunk') : error);
  }
}

import type { ByteSink, ByteStream } from '../../stream/byte-stream.ts';
import { CHUNK_BYTES } from './chunk-cipher.ts';
import { LinkCryptoError } from './error.ts';
import { OpenedInput } from './opened-input.ts';
import { SealedOutput } from './sealed-output.ts';

/**
 * The encrypted stream after its handshake. Each `write` must be a multiple of 64 bytes in all, as every
 * DMSG message is; anything else ends the link. An end between two chunks cannot be told from a cut: the
 * protocol has no mark for it.
 */
export class EncryptedStream implements ByteStream {
  readonly remote: string;
  /** What the stream below hands its bytes to. */
  readonly input: OpenedInput;
  readonly #output: SealedOutput;
  readonly #stream: ByteStream;

  /** @param sent session of our direction @param received session of the peer's */
  constructor(stream: ByteStream, sent: Buffer, received: Buffer) {
    this.remote = stream.remote;
    this.#stream = stream;
    this.#output = new SealedOutput(stream, sent);
    this.input = new OpenedInput(stream, received, (error) => this.destroy(error));
  }

  get unsentBytes(): number {
    return this.#output.unsentBytes;
  }

  start(sink: ByteSink): void {
    this.input.start(sink);
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.length;
    if (bytes % CHUNK_BYTES !== 0) {
      const problem = `a write of ${bytes} bytes is no multiple of ${CHUNK_BYTES}`;
      this.destroy(new LinkCryptoError('alignment', problem));
    }
    this.#output.write(chunks, bytes, done);
  }

  pause(): void {
    this.input.pause();
  }

  resume(): void {
    this.input.resume();
  }

  end(): void {
    this.#output.end();
  }

  destroy(error?: Error): void {
    this.#output.stop(error ?? new Error('the link was closed'));
    this.input.stop();
    this.#stream.destroy(error);
  }
}

import type { TLSSocket } from 'node:tls';
import type { ByteSink, ByteStream } from './byte-stream.ts';
import type { Fingerprint } from './fingerprint.ts';
import { acquire } from './memory.ts';
import { asTlsError } from './tls-error.ts';
import { readInto } from './tls-read.ts';

/** Cleartext handed to OpenSSL at a time: whole records of 16 KiB. */
const PIECE_BYTES = 8 * (16 << 10);

/** A `write` not yet taken in full. */
interface Due {
  /** Bytes of it that are still to be taken. */
  bytes: number;
  readonly done: (error?: Error) => void;
}

/**
 * A socket with TLS, its handshake over, as a ByteStream. Reads land in the receiver's memory (see tls-read.ts).
 * Node encrypts one write at a time, and joins the chunks of a vectored one in memory made anew and cleared;
 * here they are packed into memory that is used again, so that small ones share a record.
 */
export class TlsStream implements ByteStream {
  readonly remote: string;
  readonly identity: Fingerprint;
  readonly #socket: TLSSocket;
  #sink: ByteSink | undefined;
  #retarget: () => void = () => {};
  /** What is to be encrypted, from `#offset` of the chunk at `#next` on. */
  #chunks: Uint8Array[] = [];
  #next = 0;
  #offset = 0;
  #dues: Due[] = [];
  #writing = false;
  #unsentBytes = 0;
  #error: Error | undefined;
  #ended = false;
  #closed = false;

  /** @param socket after its handshake, with a listener for 'error' */
  constructor(remote: string, identity: Fingerprint, socket: TLSSocket) {
    this.remote = remote;
    this.identity = identity;
    this.#socket = socket;
    socket.on('error', (error) => {
      this.#error ??= asTlsError(error);
    });
    socket.on('close', () => this.#over());
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#socket.setNoDelay(true);
    this.#retarget = readInto(this.#socket, sink);
  }

  retarget(): void {
    this.#retarget();
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    let bytes = 0;
    for (const chunk of chunks) bytes += chunk.length;
    if (this.#ended || this.#closed || bytes === 0) {
      const error = bytes === 0 ? undefined : new Error('written after the end');
      queueMicrotask(() => done(error));
      return;
    }
    this.#unsentBytes += bytes;
    for (const chunk of chunks) if (chunk.length > 0) this.#chunks.push(chunk);
    this.#dues.push({ bytes, done });
    this.#pump();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#ended = true;
    if (!this.#writing) this.#socket.end();
  }

  destroy(error?: Error): void {
    this.#error ??= error;
    this.#ended = true;
    this.#socket.destroy();
  }

  /** Hand the next piece to OpenSSL, if it is done with the last one. */
  #pump(): void {
    const chunk = this.#chunks[this.#next];
    if (this.#writing || chunk === undefined || this.#closed) return;
    this.#writing = true;
    if (chunk.length - this.#offset >= PIECE_BYTES) {
      // It fills a piece, so it goes from where it stands.
      this.#send(chunk.subarray(this.#offset, this.#offset + PIECE_BYTES));
      this.#advance(PIECE_BYTES);
      return;
    }
    const block = acquire(PIECE_BYTES);
    this.#send(block.bytes.subarray(0, this.#pack(block.bytes)), () => block.release());
  }

  /** Copy what comes next, at most a piece. @returns its bytes */
  #pack(memory: Uint8Array): number {
    let packed = 0;
    while (packed < PIECE_BYTES) {
      const chunk = this.#chunks[this.#next];
      if (chunk === undefined) break;
      const bytes = Math.min(PIECE_BYTES - packed, chunk.length - this.#offset);
      const whole = bytes === chunk.length;
      memory.set(whole ? chunk : chunk.subarray(this.#offset, this.#offset + bytes), packed);
      packed += bytes;
      this.#advance(bytes);
    }
    return packed;
  }

  #advance(bytes: number): void {
    this.#offset += bytes;
    if (this.#offset < (this.#chunks[this.#next] as Uint8Array).length) return;
    this.#offset = 0;
    if (++this.#next < this.#chunks.length) return;
    this.#chunks = [];
    this.#next = 0;
  }

  #send(piece: Uint8Array, release: () => void = () => {}): void {
    this.#socket.write(piece, (error) => {
      release();
      this.#writing = false;
      // Those of a socket that fails are told when it has closed.
      if (error === null || error === undefined) this.#taken(piece.length);
      if (this.#chunks.length > 0) this.#pump();
      else if (this.#ended && !this.#writing) this.#socket.end();
    });
  }

  #taken(bytes: number): void {
    this.#unsentBytes -= bytes;
    let count = 0;
    for (let left = bytes; left > 0; ) {
      const due = this.#dues[count] as Due;
      const part = Math.min(left, due.bytes);
      due.bytes -= part;
      left -= part;
      if (due.bytes > 0) break;
      count++;
    }
    // What they do may write more.
    for (const { done } of this.#dues.splice(0, count)) done();
  }

  #over(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#chunks = [];
    this.#unsentBytes = 0;
    const error = this.#error ?? new Error('the connection is closed');
    for (const { done } of this.#dues.splice(0)) done(error);
    this.#sink?.closed(this.#error);
  }
}

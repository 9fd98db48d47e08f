import { generateKeyPairSync } from 'node:crypto';
import type { LinkKeys } from '../../electron/dmsg/crypto/keys.ts';
import type { ByteSink, ByteStream } from '../../electron/stream/byte-stream.ts';

export const alice = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const bob = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const mallory = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What alice needs to speak to bob, and the reverse. */
export const aliceKeys: LinkKeys = { own: alice.privateKey, peer: bob.publicKey };
export const bobKeys: LinkKeys = { own: bob.privateKey, peer: alice.publicKey };

/** Keeps what it receives, in targets of a given size. */
export class Collector implements ByteSink {
  readonly closedWith: Promise<Error | undefined>;
  bytes = Buffer.alloc(0);
  /** Called after each `received`. */
  afterReceived: () => void = () => {};
  closedCount = 0;
  readonly #target: Buffer;
  readonly #parts: Buffer[] = [];
  #receivedBytes = 0;
  #tellClosed: (error: Error | undefined) => void = () => {};
  readonly #waiting: { bytes: number; resolve: () => void }[] = [];

  constructor(targetBytes = 4096) {
    this.#target = Buffer.alloc(targetBytes);
    this.closedWith = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  get content(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** Until `bytes` bytes in all have come. */
  until(bytes: number): Promise<void> {
    if (this.#receivedBytes >= bytes) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ bytes, resolve }));
  }

  target(): Uint8Array {
    return this.#target;
  }

  received(bytes: number): void {
    this.#parts.push(Buffer.from(this.#target.subarray(0, bytes)));
    this.#receivedBytes += bytes;
    // Nothing may rely on what stands in a target afterwards.
    this.#target.fill(0xee);
    for (const { bytes: wanted, resolve } of this.#waiting) if (this.#receivedBytes >= wanted) resolve();
    this.afterReceived();
  }

  closed(error: Error | undefined): void {
    this.closedCount++;
    this.#tellClosed(error);
  }
}

/** One end of a link in memory whose bytes the test delivers, splits and changes as it likes. */
export class ScriptedStream implements ByteStream {
  readonly remote = 'peer:1';
  readonly written: Buffer[] = [];
  /** Whether `write` is taken at once; otherwise each waits for `take`. */
  takesAtOnce = true;
  paused = false;
  ended = false;
  destroyed = false;
  unsentBytes = 0;
  #sink: ByteSink | undefined;
  readonly #untaken: { bytes: number; done: (error?: Error) => void }[] = [];

  start(sink: ByteSink): void {
    this.#sink = sink;
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    if (this.destroyed) {
      queueMicrotask(() => done(new Error('destroyed')));
      return;
    }
    const bytes = Buffer.concat(chunks);
    this.written.push(bytes);
    this.unsentBytes += bytes.length;
    this.#untaken.push({ bytes: bytes.length, done });
    if (this.takesAtOnce) queueMicrotask(() => this.take());
  }

  /** The system takes the oldest write. */
  take(error?: Error): void {
    const write = this.#untaken.shift();
    if (write === undefined) return;
    this.unsentBytes -= write.bytes;
    write.done(error);
  }

  get sent(): Buffer {
    return Buffer.concat(this.written);
  }

  /** Bring bytes in, in reads of at most `readBytes`; it stops where the sink pauses and returns the rest. */
  deliver(bytes: Uint8Array, readBytes = 65_536): Uint8Array {
    let at = 0;
    while (at < bytes.length && !this.paused && !this.destroyed) {
      const target = this.#sink?.target() as Uint8Array;
      const count = Math.min(target.length, readBytes, bytes.length - at);
      if (count === 0) throw new Error('an empty target');
      target.set(bytes.subarray(at, at + count));
      at += count;
      this.#sink?.received(count);
    }
    return bytes.subarray(at);
  }

  close(error?: Error): void {
    this.#sink?.closed(error);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  end(): void {
    this.ended = true;
  }

  destroy(error?: Error): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => {
      while (this.#untaken.length > 0) this.take(error ?? new Error('destroyed'));
      this.close(error);
    });
  }
}

/** Let everything planned for this turn and the next happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

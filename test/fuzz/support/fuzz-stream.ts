import type { ByteSink, ByteStream } from '../../../electron/stream/byte-stream.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { spoilReceiveMemory } from './canary.ts';
import { Finding } from './target.ts';

/** The system hands over no more at a time. */
const READ_BYTES = 65_536;

/**
 * The program's end of a connection whose other end is the fuzzer. As a socket does, it asks for a target long
 * before the read that fills it, reads nothing while it is paused, and tells of writes and of its end in a
 * later turn.
 */
export class FuzzStream implements ByteStream {
  readonly remote = 'fuzz';
  paused = false;
  /** How often the end of what arrives comes only with what arrives next. */
  late = 0.05;
  /** While set, what is written stays unsent. */
  blocked = false;
  /** The program has ended the stream, in order or at once. */
  ended = false;
  destroyed = false;
  unsentBytes = 0;
  readonly #random: Random;
  readonly #written: (bytes: Buffer) => void;
  #sink: ByteSink | undefined;
  #target: Uint8Array = new Uint8Array(0);
  #inbox: Buffer[] = [];
  #untaken: { readonly bytes: number; readonly done: (error?: Error) => void }[] = [];
  #closed = false;
  #delivering = false;

  /** @param written what the program sends, as it sends it */
  constructor(random: Random, written: (bytes: Buffer) => void) {
    this.#random = random;
    this.#written = written;
  }

  /** Nothing more is read from it. */
  get over(): boolean {
    return this.destroyed || this.#closed;
  }

  /** All that came has been read. */
  get isDrained(): boolean {
    return this.#inbox.length === 0;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#target = sink.target();
  }

  retarget(): void {
    this.#target = (this.#sink as ByteSink).target();
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    if (this.over || this.ended) {
      queueMicrotask(() => done(new Error('closed')));
      return;
    }
    const bytes = Buffer.concat(chunks);
    this.unsentBytes += bytes.length;
    this.#untaken.push({ bytes: bytes.length, done });
    this.#written(bytes);
    if (!this.blocked) queueMicrotask(() => this.take());
  }

  /** The system takes all that was written. */
  take(): void {
    for (const { bytes, done } of this.#untaken.splice(0)) {
      this.unsentBytes -= bytes;
      done(this.destroyed ? new Error('destroyed') : undefined);
    }
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    if (this.#inbox.length > 0) queueMicrotask(() => this.#deliver());
  }

  end(): void {
    this.ended = true;
  }

  destroy(error?: Error): void {
    if (this.destroyed || this.#closed) return;
    this.destroyed = true;
    this.#inbox = [];
    queueMicrotask(() => {
      this.take();
      this.#close(error);
    });
  }

  /** Bytes arrive, cut at random places; sometimes the last of them only with the next. */
  arrive(bytes: Buffer): void {
    const isLate = this.#random.chance(this.late);
    for (let at = 0; at < bytes.length; ) {
      const left = bytes.length - at;
      const whole = this.#random.chance(0.7) && !(isLate && at === 0);
      const count = whole ? left : Math.min(left, this.#random.integer(1, this.#random.pick([3, 70, 5000])));
      this.#inbox.push(bytes.subarray(at, at + count));
      at += count;
    }
    this.#deliver(isLate ? 1 : 0);
  }

  /** The other end closes, in order or not. */
  hangUp(error?: Error): void {
    this.#close(error);
  }

  #close(error: Error | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inbox = [];
    this.take();
    this.#sink?.closed(error);
  }

  /** @param kept so many pieces stay for later */
  #deliver(kept = 0): void {
    const sink = this.#sink;
    if (sink === undefined || this.#delivering) return;
    this.#delivering = true;
    while (this.#inbox.length > kept && !this.paused && !this.over) {
      const next = this.#inbox[0] as Buffer;
      if (this.#target.length === 0) throw new Finding('an empty target');
      const count = Math.min(next.length, this.#target.length, READ_BYTES);
      this.#target.set(next.subarray(0, count));
      if (count === next.length) this.#inbox.shift();
      else this.#inbox[0] = next.subarray(count);
      sink.received(count);
      spoilReceiveMemory(count);
      if (!this.over) this.#target = sink.target();
    }
    this.#delivering = false;
  }
}

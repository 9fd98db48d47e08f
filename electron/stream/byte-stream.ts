import type { Fingerprint } from './fingerprint.ts';

/**
 * A two-way stream of bytes, as the protocols see it: a TCP or UNIX socket, a TLS or otherwise encrypted
 * link, a pair of pipes in a test. Made for reading into memory the receiver chooses, so that a payload can
 * land where it is wanted without a copy.
 */
export interface ByteStream {
  /** Who is at the other end, for people: `127.0.0.1:987`, `unix:/run/x.sock`. */
  readonly remote: string;

  /** Fingerprint of the key the peer has proved to hold; undefined where it was asked for no proof. */
  readonly identity?: Fingerprint | undefined;

  /** Bytes accepted by `write` that the system has not taken yet. */
  readonly unsentBytes: number;

  /** Begin to read. Call it once, in the turn of the event loop in which the stream was obtained. */
  start(sink: ByteSink): void;

  /**
   * Queue chunks, in order, as one vectored write. They must not change until `done`, which is called
   * exactly once: without error when the system has taken all of them, with one when it never will.
   */
  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void;

  /** Stop reading: no `received` until `resume`, so that the peer feels back-pressure. */
  pause(): void;
  resume(): void;

  /**
   * The memory last given as target is wanted back: ask for another before anything is read. Absent where
   * `target` is asked in the turn of the read.
   */
  retarget?(): void;

  /** Send what is queued, then close; the sink still hears `closed`. */
  end(): void;

  /** Close at once, dropping what is queued. `error` is what the sink hears in `closed`. */
  destroy(error?: Error): void;
}

/** The receiving end of a ByteStream. */
export interface ByteSink {
  /**
   * Memory for the next read, never empty. Asked anew for every read, but perhaps long before it: at
   * `start` and after each `received` (see ByteStream.retarget). It may be memory shared with other streams
   * of the process (receiveMemory of memory.ts), so nothing may be left in it after `received`.
   */
  target(): Uint8Array;

  /** `bytes` bytes (1 or more) now stand at the start of the last target. */
  received(bytes: number): void;

  /** The stream is over: no error after an orderly end. Called exactly once, last. */
  closed(error: Error | undefined): void;
}

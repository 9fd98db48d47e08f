import type { BlockError } from './error.ts';

/** What a request asks. */
export const BlockOp = { read: 0, write: 1, flush: 2, discard: 3, zero: 4 } as const;
export type BlockOp = (typeof BlockOp)[keyof typeof BlockOp];

/** Whether an operation changes what is on the medium. */
export function changesMedium(op: BlockOp): boolean {
  return op === BlockOp.write || op === BlockOp.discard;
}

/**
 * Something that reads and writes blocks: a file, memory, a unit `xaN` far away, an NBD server. Exporter,
 * gateway and copy speak to all of them through this.
 */
export interface BlockDevice {
  /** Size in bytes. */
  readonly sizeBytes: number;
  /** Logical block size in bytes: a power of two, 512 or more. */
  readonly blockBytes: number;
  readonly readOnly: boolean;
  /** True where `submit` always calls `done` before it returns, so buffers need not outlive the call. */
  readonly synchronous: boolean;

  /**
   * Start a request. `request.done` is called exactly once, perhaps before `submit` returns. The range has
   * been checked by the caller with `checkRange`; flush covers every request done before it was submitted.
   */
  submit(request: BlockRequest): void;

  /** Release what the device holds. Call after the last request is done. */
  close(): Promise<void>;
}

/**
 * One request. The caller subclasses it, so that a request is a single object from socket to medium and no
 * closure is made per I/O. A request may be submitted again after `done`.
 */
export abstract class BlockRequest {
  op: BlockOp = BlockOp.read;
  /** Byte offset on the device, 0 … 2^53-1. */
  offset = 0;
  /** Bytes. */
  length = 0;
  /**
   * Read: memory the data is to stand in, `length` bytes. Write: the data. Owned by the device until
   * `done`. Unused by flush, discard and zero.
   */
  buffer: Uint8Array = NO_BYTES;
  /** Write, discard, zero: stable storage must hold the result before `done`. */
  fua = false;
  /**
   * Read, set by the device before `done`: how many bytes of `buffer` it filled. What lies beyond them, up
   * to `length`, is zeros that were not written into the buffer: 0 for a hole.
   */
  filled = 0;

  /** The request is over. With an error, nothing may be assumed of the range or buffer. */
  abstract done(error: BlockError | null): void;
}

export const NO_BYTES = new Uint8Array(0);

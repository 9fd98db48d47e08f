import { BlockOp, type BlockRequest } from '../block/device.ts';
import type { BlockError } from '../block/error.ts';
import type { IoQueue } from './io-queue.ts';

/**
 * The course of one request through a unit. A request larger than a message may be goes out in parts, and a
 * part whose path was lost goes out again. DMSG has no FUA: such a request ends with a flush of its own.
 */
export class Io {
  readonly request: BlockRequest;
  /** Where it waits: with the others of its user. */
  readonly queue: IoQueue;
  readonly startedMs: number;
  /** Commands on the wire. */
  pending = 0;
  error: BlockError | null = null;
  /** Bytes the unit had written when this was submitted. */
  writtenBefore = 0;
  /** How often the unit had lost writes when this was submitted. */
  lossesBefore = 0;
  /** What `take` chose: the next command. */
  op: BlockOp;
  offset = 0;
  length = 0;
  /** The next Io of the queue this one is in. */
  following: Io | null = null;
  queued = false;
  /** Bytes of the request handed out so far. */
  #next = 0;
  /** Parts to be sent again, as pairs of offset and length. */
  readonly #again: number[] = [];
  #flushDue: boolean;
  #flushed = false;
  /** Vectored writes to a socket that still read the request's buffer. */
  #sending = 0;
  #whenSent: (() => void) | undefined;

  constructor(request: BlockRequest, queue: IoQueue, startedMs: number) {
    this.request = request;
    this.queue = queue;
    this.startedMs = startedMs;
    this.op = request.op;
    this.#flushDue = request.op === BlockOp.flush;
    if (this.#flushDue) this.#next = request.length;
  }

  /** Whether a command is waiting to be sent. */
  get hasMore(): boolean {
    return this.#next < this.request.length || this.#again.length > 0 || this.#flushDue;
  }

  /** Choose the next command, of at most `maxBytes` where it carries data. */
  take(maxBytes: number): void {
    const { request } = this;
    if (this.#flushDue) {
      this.#flushDue = false;
      this.op = BlockOp.flush;
      this.offset = 0;
      this.length = 0;
      return;
    }
    this.op = request.op;
    const length = this.#again.pop();
    if (length === undefined) {
      this.offset = request.offset + this.#next;
      this.length = Math.min(maxBytes, request.length - this.#next);
      this.#next += this.length;
      return;
    }
    this.offset = this.#again.pop() as number;
    this.length = Math.min(maxBytes, length);
    if (length > maxBytes) this.#again.push(this.offset + maxBytes, length - maxBytes);
  }

  /** A command was lost with its path: it is due again. */
  giveBack(op: BlockOp, offset: number, length: number): void {
    if (op === BlockOp.flush) this.#flushDue = true;
    else this.#again.push(offset, length);
  }

  /** What was answered of a write is lost with the cache it stood in: all of it is due again. Nothing is on the wire. */
  restart(): void {
    if (this.request.op !== BlockOp.write) return;
    this.#next = 0;
    this.#again.length = 0;
    this.#flushDue = false;
    this.#flushed = false;
  }

  /** All data is on the medium: whether a flush must still make it stable. */
  needsFlush(): boolean {
    const { op, fua } = this.request;
    if (!fua || this.#flushed || op === BlockOp.read || op === BlockOp.flush || this.error !== null)
      return false;
    this.#flushed = true;
    this.#flushDue = true;
    return true;
  }

  /** The bytes of the request's buffer for a range of the device. */
  part(offset: number, length: number): Uint8Array {
    const at = offset - this.request.offset;
    const { buffer } = this.request;
    return at === 0 && length === buffer.length ? buffer : buffer.subarray(at, at + length);
  }

  /** Account for what a read command brought: data of `bytes`, the rest of its range being zeros. */
  filled(offset: number, length: number, bytes: number): void {
    const { request } = this;
    if (length === request.length) {
      request.filled = bytes;
      return;
    }
    if (bytes < length) this.part(offset + bytes, length - bytes).fill(0);
    request.filled = request.length;
  }

  /** The buffer is being read by a socket; the returned function tells that it no longer is. */
  sending(): () => void {
    this.#sending++;
    return this.#sent;
  }

  readonly #sent = (): void => {
    this.#sending--;
    if (this.#sending > 0 || this.#whenSent === undefined) return;
    const whenSent = this.#whenSent;
    this.#whenSent = undefined;
    whenSent();
  };

  /**
   * Tell the request's owner that it is over: once no socket reads its buffer any more. That can be later
   * than the answer where the request was lost on one path and answered on another.
   */
  done(): void {
    if (this.#sending > 0) this.#whenSent = () => this.request.done(this.error);
    else this.request.done(this.error);
  }
}

import { BlockOp, type BlockRequest } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import type { IoStats } from '../block/io-stats.ts';
import { Wire } from '../dmsg/constants.ts';
import { Io, IoQueue } from './io.ts';
import type { Path } from './path.ts';
import { Tag, type TagOwner } from './tag.ts';

/** Commands a unit has on the wire at most (xdisk.c has 64 tags per unit). */
export const TAGS = 64;
/** The largest range of one FREEBLKS: its length is 32 bits on the wire. */
const MAX_DISCARD_BYTES = 1 << 30;

/** What the queue tells the unit it belongs to. */
export interface RequestQueueUser {
  /** A command came back with an error of the way, not of the medium. */
  pathTrouble(path: Path, wire: number): void;
}

/**
 * The requests of a unit: those on the wire, each part with its tag, and those that wait for a tag or a
 * path. Nothing is lost when a path is: its commands return to the head of the queue.
 */
export class RequestQueue implements TagOwner {
  readonly #user: RequestQueueUser;
  readonly #stats: IoStats;
  readonly #name: string;
  readonly #waiting = new IoQueue();
  readonly #freeTags: Tag[];
  readonly #tags: readonly Tag[];
  #path: Path | undefined;
  #dispatching = false;
  #lastOffset = 0;

  constructor(name: string, stats: IoStats, user: RequestQueueUser) {
    this.#name = name;
    this.#stats = stats;
    this.#user = user;
    this.#tags = Array.from({ length: TAGS }, () => new Tag(this));
    this.#freeTags = [...this.#tags];
  }

  /** Requests waiting for a tag or a path. */
  get waiting(): number {
    return this.#waiting.length;
  }
  /** Commands on the wire. */
  get onWire(): number {
    return TAGS - this.#freeTags.length;
  }
  /** Byte offset of the newest request. */
  get lastOffset(): number {
    return this.#lastOffset;
  }

  submit(request: BlockRequest): void {
    this.#lastOffset = request.offset;
    this.#waiting.push(new Io(request, this.#stats.started()));
    this.#dispatch();
  }

  /** Send over this open path from now on; undefined holds everything. */
  usePath(path: Path | undefined): void {
    this.#path = path;
    this.#dispatch();
  }

  /** End all requests that wait. */
  failWaiting(error: BlockError): void {
    for (let io = this.#waiting.shift(); io !== null; io = this.#waiting.shift()) {
      io.error ??= error;
      if (io.pending === 0) this.#finish(io);
    }
  }

  /**
   * End the requests whose command has had no answer for `timeoutMs`.
   * @returns the path they were on, if there were any
   */
  expire(nowMs: number, timeoutMs: number): Path | undefined {
    let path: Path | undefined;
    for (const tag of this.#tags) {
      const { io } = tag;
      if (io === undefined || nowMs - tag.startedMs < timeoutMs) continue;
      path = tag.path;
      tag.abandon();
      io.error = new BlockError('timeout', `${this.#name}: no answer in ${timeoutMs} ms`);
      this.#release(tag, io);
    }
    return path;
  }

  // TagOwner.

  commandDone(tag: Tag, io: Io, error: BlockError | null): void {
    if (error !== null) io.error ??= error;
    else if (tag.op === BlockOp.read) io.filled(tag.offset, tag.length, tag.answeredBytes);
    this.#release(tag, io);
    this.#dispatch();
  }

  commandLost(tag: Tag, io: Io, path: Path, wire: number): void {
    if (io.error === null) {
      this.#stats.retried();
      io.giveBack(tag.op, tag.offset, tag.length);
      this.#waiting.unshift(io);
    }
    this.#release(tag, io);
    if (wire === Wire.PARAM) this.#dispatch();
    else if (path.state === 'open' && path === this.#path) this.#user.pathTrouble(path, wire);
  }

  #release(tag: Tag, io: Io): void {
    this.#freeTags.push(tag);
    io.pending--;
    // What is left of a request that failed is not sent, so nothing else would take it out.
    if (io.error !== null) this.#waiting.remove(io);
    if (io.pending > 0 || io.queued) return;
    if (io.needsFlush()) this.#waiting.unshift(io);
    else this.#finish(io);
  }

  #finish(io: Io): void {
    const { request } = io;
    const failed = io.error !== null;
    this.#stats.ended(request.op, failed ? 0 : request.length, io.startedMs, failed);
    io.done();
  }

  #dispatch(): void {
    // A request's `done` may submit the next one from within.
    if (this.#dispatching) return;
    this.#dispatching = true;
    for (let io = this.#waiting.first; io !== null; io = this.#waiting.first) {
      const path = this.#path;
      if (path === undefined || this.#freeTags.length === 0) break;
      const discards = io.request.op === BlockOp.discard;
      io.take(discards ? MAX_DISCARD_BYTES : path.maxTransferBytes);
      if (!io.hasMore) this.#waiting.shift();
      io.pending++;
      (this.#freeTags.pop() as Tag).send(path, io);
    }
    this.#dispatching = false;
  }
}

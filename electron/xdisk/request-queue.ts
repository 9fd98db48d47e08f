import { BlockOp, type BlockRequest, changesMedium } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import type { IoStats } from '../block/io-stats.ts';
import { Wire } from '../dmsg/constants.ts';
import { FairQueue } from './fair-queue.ts';
import { Io } from './io.ts';
import type { IoQueue } from './io-queue.ts';
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
  /**
   * The medium answered that it may not be changed.
   * @returns whether another path is taken, on which the command may run again
   */
  writeRefused(path: Path): boolean;
  /** A command that changes the medium has no answer, and will have none: it may still be carried out. */
  writeUnanswered(path: Path): void;
  /** Writes that were answered and not flushed may be gone: the other side's cache is another one. */
  writesLost(path: Path): void;
}

/**
 * The requests of a unit: those on the wire, each part with its tag, and those that wait for a tag or a
 * path. Nothing is lost when a path is: its commands return to the head of the queue.
 */
export class RequestQueue implements TagOwner {
  readonly #user: RequestQueueUser;
  readonly #stats: IoStats;
  readonly #name: string;
  readonly #waiting = new FairQueue();
  readonly #freeTags: Tag[];
  readonly #tags: readonly Tag[];
  #path: Path | undefined;
  #dispatching = false;
  #lastOffset = 0;
  /** Called when the last command on the wire is answered. */
  #drained: (() => void) | undefined;
  #writtenBytes = 0;
  #stableBytes = 0;
  /** Write commands answered, and of these the ones a flush has made stable since. */
  #answeredWrites = 0;
  #stableWrites = 0;
  /** The write verifier of the path used last. */
  #verifier: string | undefined;
  #losses = 0;
  #toldLosses = 0;

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

  /** Bytes of writes that ended and that no flush has made stable since. */
  get unflushedBytes(): number {
    return this.#writtenBytes - this.#stableBytes;
  }

  /** How often writes that were answered and not flushed were lost. */
  get losses(): number {
    return this.#losses;
  }
  /** How many of these somebody has heard of, by a flush that failed. */
  get toldLosses(): number {
    return this.#toldLosses;
  }

  /** The error of a flush that must not vouch for lost writes; with it they are told. */
  lostWrites(): BlockError {
    this.#toldLosses = this.#losses;
    return new BlockError('io', lossText(this.#name));
  }

  /** @param queue of the user whose request it is */
  submit(request: BlockRequest, queue: IoQueue): void {
    this.#lastOffset = request.offset;
    const io = new Io(request, queue, this.#stats.started());
    io.writtenBefore = this.#writtenBytes;
    io.lossesBefore = this.#losses;
    this.#waiting.push(io);
    this.#dispatch();
  }

  /** Send over this open path from now on; undefined holds everything. */
  usePath(path: Path | undefined): void {
    this.#path = path;
    this.#drained = undefined;
    if (path !== undefined) this.#compareVerifier(path);
    this.#dispatch();
  }

  /**
   * Where the other side's cache is not the one that took our writes, those not flushed may be gone, and a flush
   * there must not vouch for them. Nothing is on the wire now: a write that was answered in part begins again.
   */
  #compareVerifier(path: Path): void {
    const { verifier } = path;
    if (verifier !== this.#verifier && this.#answeredWrites > this.#stableWrites) {
      this.#losses++;
      this.#stableWrites = this.#answeredWrites;
      this.#stableBytes = this.#writtenBytes;
      for (const io of this.#waiting) io.restart();
      this.#user.writesLost(path);
    }
    this.#verifier = verifier;
  }

  /** Send nothing more, and call `done` when all that is on the wire has been answered. */
  drain(done: () => void): void {
    this.#path = undefined;
    if (this.onWire === 0) done();
    else this.#drained = done;
  }

  /** End the requests that wait, all or those whose operation is chosen. */
  failWaiting(error: BlockError, chosen: (op: BlockOp) => boolean = () => true): void {
    const over: Io[] = [];
    for (const io of this.#waiting.takeAll()) {
      if (!chosen(io.request.op)) this.#waiting.push(io);
      else {
        io.error ??= error;
        if (io.pending === 0) over.push(io);
      }
    }
    // Only now: a request's `done` may submit the next one from within.
    for (const io of over) this.#finish(io);
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
      if (path !== undefined && changesMedium(tag.op)) this.#user.writeUnanswered(path);
      tag.abandon();
      io.error = new BlockError('timeout', `${this.#name}: no answer in ${timeoutMs} ms`);
      this.#release(tag, io);
    }
    return path;
  }

  // TagOwner.

  commandDone(tag: Tag, io: Io, path: Path, error: BlockError | null): void {
    // While it is on the wire still, so that a move waits for what is done with it here.
    if (error?.code === 'readonly' && changesMedium(tag.op) && this.#user.writeRefused(path)) {
      this.#runAgain(tag, io);
    } else if (error !== null) io.error ??= error;
    else if (tag.op === BlockOp.read) io.filled(tag.offset, tag.length, tag.answeredBytes);
    else if (tag.op === BlockOp.write) this.#answeredWrites++;
    else if (tag.op === BlockOp.flush) this.#stableWrites = Math.max(this.#stableWrites, tag.coveredWrites);
    this.#release(tag, io);
    this.#dispatch();
    this.#checkDrained();
  }

  commandLost(tag: Tag, io: Io, path: Path, wire: number): void {
    if (wire !== Wire.PARAM && changesMedium(tag.op)) this.#user.writeUnanswered(path);
    this.#runAgain(tag, io);
    this.#release(tag, io);
    this.#checkDrained();
    if (wire === Wire.PARAM) this.#dispatch();
    else if (path.state === 'open' && path === this.#path) this.#user.pathTrouble(path, wire);
  }

  #runAgain(tag: Tag, io: Io): void {
    if (io.error !== null) return;
    this.#stats.retried();
    io.giveBack(tag.op, tag.offset, tag.length);
    this.#waiting.unshift(io);
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

  #checkDrained(): void {
    const drained = this.#drained;
    if (drained === undefined || this.onWire > 0) return;
    this.#drained = undefined;
    drained();
  }

  #finish(io: Io): void {
    const { request } = io;
    if (request.op === BlockOp.flush && io.lossesBefore !== this.#losses) io.error ??= this.lostWrites();
    const failed = io.error !== null;
    if (!failed) this.#account(request, io.writtenBefore);
    this.#stats.ended(request.op, failed ? 0 : request.length, io.startedMs, failed);
    io.done();
  }

  /** A flush covers the writes that had ended when it was submitted. */
  #account(request: BlockRequest, writtenBefore: number): void {
    if (request.op === BlockOp.write && !request.fua) this.#writtenBytes += request.length;
    else if (request.op === BlockOp.flush) this.#stableBytes = Math.max(this.#stableBytes, writtenBefore);
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
      this.#waiting.taken(!io.hasMore);
      io.pending++;
      const tag = this.#freeTags.pop() as Tag;
      tag.coveredWrites = this.#answeredWrites;
      tag.send(path, io);
    }
    this.#dispatching = false;
  }
}

/** What is told of a unit's lost writes. */
export function lossText(name: string): string {
  return `${name}: writes not flushed were lost with the exporter's cache`;
}

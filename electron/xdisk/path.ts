import { IoStats } from '../block/io-stats.ts';
import { writeOpenModes } from '../dmsg/blk.ts';
import { Command, OpenMode, Wire } from '../dmsg/constants.ts';
import { MAX_PAYLOAD_BYTES } from '../dmsg/dialect.ts';
import type { Link } from '../dmsg/link.ts';
import type { Message } from '../dmsg/message.ts';
import { type FenceAnswer, type OpenFence, readFenceAnswer, writeOpenFence } from '../dmsg/open-fence.ts';
import { readOpenRefusal } from '../dmsg/open-refusal.ts';
import type { Span } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { printable } from '../stream/text.ts';

/** Use made of a path. */
export type PathState =
  | 'standby' // could be opened
  | 'opening'
  | 'open' // requests go here
  | 'faulty' // refused or failed; tried again later
  | 'lost'; // its span is gone

/** What the other side said when it was asked last. */
export type PathAccess = 'not_asked' | 'granted' | 'read_only' | 'refused';

/** Why it can be read at most. */
export type WriteRefusal =
  | 'not_granted' // the medium cannot be written, or not by us
  | 'other_writer'; // another client has it open for writing

/** What keeps a write stuck in a dead path's network from overwriting newer data. */
export type PathGuarantee =
  | 'fenced' // the exporter ends what is older before it lets us in
  | 'waits'; // it has no fence: the unit waits before it goes on elsewhere

/** Who opens a path. */
export interface PathUser {
  /** BLK_OPEN succeeded. */
  pathOpened(path: Path): void;
  /**
   * BLK_OPEN was refused with a DMSG error, or, where it `wasOpen`, ended by the other side; it may be tried again.
   * @param why what it means for writing, unless the way is blocked
   */
  pathRefused(path: Path, error: number, wasOpen: boolean, why: WriteRefusal): void;
  /** The span is gone, and everything that ran over it. */
  pathLost(path: Path): void;
}

let nextPathId = 1;

/** One way to a disk: a span offered on a link. */
export class Path implements TransactionHandler {
  readonly id = nextPathId++;
  readonly link: Link;
  readonly span: Span;
  /** `host/device` as the far end says, printable. */
  readonly label: string;
  readonly stats = new IoStats();
  readonly #transaction: Transaction;
  readonly #gone: (path: Path) => void;
  #state: PathState = 'standby';
  #user: PathUser | undefined;
  #opening: Transaction | undefined;
  #modes = 0;
  #fence: FenceAnswer | undefined;
  /** Opened to see whether it could be: it ends nothing of ours, so its answer tells of no fence. */
  #isProbe = false;
  #guarantee: PathGuarantee | undefined;
  #openedMs = 0;
  #maxTransferBytes = MAX_PAYLOAD_BYTES.current;
  /** Not to be tried again before this time, ms of the process's clock. */
  #retryMs = 0;
  #failures = 0;
  #lastError = 0;
  #access: PathAccess = 'not_asked';
  /** Not to be used: by its user's wish. */
  disabled = false;
  /** To be used before others. */
  preferred = false;
  /** Why it can be read at most: the other side refused to open it for writing, or a write. */
  writeRefusal: WriteRefusal | undefined;
  /** It was asked whether it may be written by now, and has not answered. */
  #asking = false;

  /** @param gone called last when the span is gone, whoever uses the path */
  constructor(link: Link, span: Span, transaction: Transaction, gone: (path: Path) => void) {
    this.link = link;
    this.span = span;
    this.label = printable(span.peerLabel);
    this.#transaction = transaction;
    this.#gone = gone;
  }

  get state(): PathState {
    return this.#state;
  }
  /** Hops to the disk. */
  get distance(): number {
    return this.span.distance;
  }
  /** Largest data of one command, in bytes. */
  get maxTransferBytes(): number {
    return Math.min(this.#maxTransferBytes, this.link.maxPayloadBytes);
  }
  /** How often it failed, and the DMSG error of the last time. */
  get failures(): number {
    return this.#failures;
  }
  get lastError(): number {
    return this.#lastError;
  }
  /**
   * What the exporter's fence reaches, while the path is open: before it let us in, everything older of ours
   * was ended at all exporters of that domain. undefined where it has no fence.
   */
  get fenceDomain(): string | undefined {
    return this.#fence?.domain;
  }
  /** See FenceAnswer; undefined where the exporter has none. */
  get verifier(): string | undefined {
    return this.#fence?.verifier;
  }
  /** It was opened for writing, last. */
  get writable(): boolean {
    return (this.#modes & OpenMode.WRITE) !== 0;
  }
  /** Of the last use that was for writing; undefined before there was one. */
  get guarantee(): PathGuarantee | undefined {
    return this.#guarantee;
  }
  get access(): PathAccess {
    return this.#access;
  }
  get refusesWriting(): boolean {
    return this.writeRefusal !== undefined;
  }
  /** When BLK_OPEN was sent last, ms of the process's clock. */
  get openedMs(): number {
    return this.#openedMs;
  }
  /** When a faulty path may be tried again, ms of the process's clock. */
  get retryMs(): number {
    return this.#retryMs;
  }
  /** The open transaction block commands are stacked on, while the state is `open`. */
  get circuit(): Transaction {
    return this.#opening as Transaction;
  }

  /**
   * A command of `bytes` was too large for someone on the way: behind a router there may be a peer of the
   * 2014 generation. Nothing tells that beforehand.
   * @returns whether smaller commands are worth a try
   */
  shrinkTransfers(bytes: number): boolean {
    const least = MAX_PAYLOAD_BYTES['2014'];
    if (bytes <= least) return false;
    this.#maxTransferBytes = least;
    return true;
  }

  /** Whom to tell what happens to the path, open or not. */
  watch(user: PathUser | undefined): void {
    this.#user = user;
  }

  /**
   * Send BLK_OPEN; the user hears the outcome.
   * @param modes a set of OpenMode bits
   * @param fence ends the client's earlier opens at exporters that know it; with epoch 0 it is a probe
   */
  open(modes: number, fence: OpenFence): void {
    this.#state = 'opening';
    this.#fence = undefined;
    this.#isProbe = fence.epoch === 0;
    this.#modes = modes;
    this.#openedMs = performance.now();
    const { mux } = this.link;
    const transaction = mux.open(this.#transaction, {
      message: (opening, message) => this.#answered(opening, message),
      lost: (opening, error) => this.#ended(opening, error, 'not_granted'),
    });
    this.#opening = transaction;
    const at = mux.begin(transaction, Command.BLK_OPEN, false);
    writeOpenModes(mux.writer.view, at, true, modes);
    writeOpenFence(mux.writer.view, at, true, fence);
    mux.writer.finish();
  }

  /** End the open transaction; commands still in it are lost first. */
  close(): void {
    const transaction = this.#opening;
    if (transaction === undefined) return;
    this.#opening = undefined;
    if (this.#state !== 'lost') this.#state = 'standby';
    this.link.mux.end(transaction);
  }

  /** Put aside for a while: `pathRefused` of the user, or an answer that says the way is blocked. */
  fault(error: number, nowMs: number): void {
    this.#failures++;
    this.#lastError = error;
    this.#retryMs = nowMs + Math.min(2_000, 50 * 2 ** Math.min(this.#failures, 6));
    this.close();
    if (this.#state !== 'lost') this.#state = 'faulty';
  }

  /** It works: forget earlier failures. */
  worked(): void {
    this.#failures = 0;
  }

  /** The other side lets it be read at most; that is no fault. */
  refuseWriting(why: WriteRefusal): void {
    this.writeRefusal = why;
    if (this.#state === 'open') this.#access = 'read_only';
    else if (this.#state === 'faulty') this.#state = 'standby';
  }

  /**
   * Ask whether it may be written by now, whatever is open on it meanwhile.
   * @param client who asks
   * @param changed called when it may, or may not for another reason than before
   */
  askForWriting(client: string, changed: () => void): void {
    if (this.#asking || this.#state === 'lost') return;
    this.#asking = true;
    const { mux } = this.link;
    const over = (asked: Transaction): void => {
      this.#asking = false;
      mux.end(asked);
    };
    const question = mux.open(this.#transaction, {
      message: (asked, answer) => {
        const before = this.writeRefusal;
        if (asked.open) this.writeRefusal = undefined;
        else if (answer.error !== Wire.LOSTLINK) this.writeRefusal = refusalIn(answer);
        over(asked);
        if (this.writeRefusal !== before) changed();
      },
      lost: over,
    });
    const at = mux.begin(question, Command.BLK_OPEN, false);
    writeOpenModes(mux.writer.view, at, true, OpenMode.READ | OpenMode.WRITE);
    writeOpenFence(mux.writer.view, at, true, { client, epoch: 0 });
    mux.writer.finish();
  }

  // TransactionHandler of the span.

  message(transaction: Transaction, _message: Message): void {
    if (!transaction.rxClosed) return;
    this.link.mux.end(transaction);
    this.#lose();
  }

  lost(_transaction: Transaction): void {
    this.#lose();
  }

  #lose(): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    this.close();
    this.#user?.pathLost(this);
    this.#gone(this);
  }

  #answered(transaction: Transaction, message: Message): void {
    if (transaction.rxClosed) this.#ended(transaction, message.error, refusalIn(message));
    else if (transaction === this.#opening && this.#state === 'opening') {
      this.#state = 'open';
      this.#fence = readFenceAnswer(message.payload);
      if (!this.#isProbe && this.writable) {
        this.#guarantee = this.#fence === undefined ? 'waits' : 'fenced';
      }
      this.#access = this.writable ? 'granted' : 'read_only';
      this.#user?.pathOpened(this);
    }
  }

  /** The other side refused the open, or ended it. */
  #ended(transaction: Transaction, error: number, why: WriteRefusal): void {
    this.link.mux.end(transaction);
    if (transaction !== this.#opening) return;
    this.#opening = undefined;
    if (this.#state === 'lost') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'faulty';
    this.#access = 'refused';
    this.#user?.pathRefused(this, error === 0 ? Wire.LOSTLINK : error, wasOpen, why);
  }
}

function refusalIn({ payload }: Message): WriteRefusal {
  return readOpenRefusal(payload) ?? 'not_granted';
}

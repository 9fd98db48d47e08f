import { IoStats } from '../block/io-stats.ts';
import { readOpenModes } from '../dmsg/blk.ts';
import { Command, OpenMode, PeerType, PfsType, Wire } from '../dmsg/constants.ts';
import type { Link } from '../dmsg/link.ts';
import { randomUuid } from '../dmsg/link-options.ts';
import type { Message } from '../dmsg/message.ts';
import { FENCE_ANSWER_BYTES, type OpenFence, readOpenFence, writeFenceAnswer } from '../dmsg/open-fence.ts';
import { OPEN_REFUSAL_BYTES, type OpenRefusal, writeOpenRefusal } from '../dmsg/open-refusal.ts';
import { EMPTY_SPAN, type Span } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { type Access, type AllowList, accessOf } from './access.ts';
import { Fence } from './fence.ts';
import type { Load } from './load.ts';
import type { Medium } from './media/medium.ts';
import { Session } from './session.ts';
import type { OpenAct, Opening, Siblings, WriterLimit } from './siblings.ts';
import { type Claim, clientOf, Writers } from './writers.ts';

/** What an export is doing. */
export type ExportState =
  | 'online'
  | 'draining' // refuses what arrives, finishes what was accepted
  | 'offline' // the medium is closed
  | 'opening';

export interface ExportConfig {
  /** Serial number, 1 … 127 bytes: what makes several paths one disk. */
  readonly serial: string;
  /** `host/name`, for people. */
  readonly label: string;
  /** Opens the medium: at the start, and after each `offline`. */
  readonly open: () => Promise<Medium>;
  /** Closing the medium loses its content, so `offline` keeps it. */
  readonly volatile?: boolean;
  /** Other exporters of the same medium, where there may be some. */
  readonly siblings?: Siblings;
  /** See FenceAnswer: changes where writes not flushed are lost. Without one: with each Export. */
  readonly verifier?: string;
  /** Who may use it, by key; see access.ts. */
  readonly allow?: AllowList;
  /** How many clients may have it open for writing at the same time; without it one. */
  readonly writers?: WriterLimit;
}

const NOBODY: AllowList = new Map();

/** The handler of an open that waits for the fence, or for what siblings say. */
const WAITING: TransactionHandler = {
  message: () => {}, // it is looked at when the wait is over
  lost: () => {},
};

/** A medium offered to peers as a disk. Its medium can be closed and opened again while it is offered. */
export class Export {
  readonly serial: string;
  readonly label: string;
  readonly stats = new IoStats();
  /** Tells this node's offer from another node's of the same disk. */
  readonly #pfsId = randomUuid();
  readonly #open: () => Promise<Medium>;
  readonly #volatile: boolean;
  readonly #sessions = new Set<Session>();
  /** Sessions that are over, of which commands at the medium can still change it. */
  readonly #draining = new Set<Session>();
  readonly #fence = new Fence();
  readonly #writers: Writers;
  readonly #siblings: Siblings | undefined;
  /** What the fence reaches without siblings: this export alone. */
  readonly #domain = randomUuid();
  readonly #verifier: string;
  /** Called when a peer opened or closed the device. */
  onSessions: (() => void) | undefined;
  /** Called for each write of a link whose key may only read. */
  onWriteRefused: ((link: Link) => void) | undefined;
  #allow: AllowList;
  #medium: Medium | undefined;
  #state: ExportState = 'offline';
  #accepted = 0;
  #drained: (() => void) | undefined;
  /** The geometry announced, which a medium opened again must have. */
  #sizeBytes = 0;
  #blockBytes = 512;

  constructor(config: ExportConfig) {
    this.serial = config.serial;
    this.label = config.label;
    this.#open = config.open;
    this.#volatile = config.volatile ?? false;
    this.#siblings = config.siblings;
    this.#verifier = config.verifier ?? randomUuid();
    this.#allow = config.allow ?? NOBODY;
    this.#writers = new Writers(config.writers ?? 'one');
  }

  get state(): ExportState {
    return this.#state;
  }
  /** The medium new requests may go to: none unless the export is online. */
  get medium(): Medium | undefined {
    return this.#state === 'online' ? this.#medium : undefined;
  }
  get mediumOfAccepted(): Medium {
    return this.#medium as Medium;
  }
  get sizeBytes(): number {
    return this.#sizeBytes;
  }
  get blockBytes(): number {
    return this.#blockBytes;
  }
  get allow(): AllowList {
    return this.#allow;
  }
  /** What a link may do with it now. */
  accessOf(link: Link): Access {
    return accessOf(link, this.#allow);
  }
  /** Devices peers have open. */
  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** How it is announced. */
  get span(): Span {
    return {
      ...EMPTY_SPAN,
      pfsId: this.#pfsId,
      pfsType: PfsType.SERVER,
      peerType: PeerType.BLOCK,
      sizeBytes: BigInt(this.#sizeBytes),
      blockBytes: this.#blockBytes,
      peerLabel: this.label,
      pfsLabel: this.serial,
    };
  }

  /**
   * Open the medium and serve. Does nothing when it is online.
   * @throws MediumError, or Error when the medium has changed its size since it was announced
   */
  async online(): Promise<void> {
    if (this.#state !== 'offline') return;
    if (this.#medium !== undefined) {
      this.#state = 'online';
      return;
    }
    this.#state = 'opening';
    try {
      const medium = await this.#open();
      if (
        this.#sizeBytes !== 0 &&
        (medium.sizeBytes !== this.#sizeBytes || medium.blockBytes !== this.#blockBytes)
      ) {
        await medium.close();
        throw new Error(
          `${this.label}: the medium now has ${medium.sizeBytes} bytes in blocks of ${medium.blockBytes}, ` +
            `announced were ${this.#sizeBytes} in ${this.#blockBytes}; stop the export and start it anew`,
        );
      }
      this.#medium = medium;
      this.#sizeBytes = medium.sizeBytes;
      this.#blockBytes = medium.blockBytes;
      this.#state = 'online';
    } catch (error) {
      this.#state = 'offline';
      throw error;
    }
  }

  /**
   * Refuse from now on every request with a path error, so that clients keep it for another path or for
   * later; finish those accepted before; then close the medium.
   */
  async offline(): Promise<void> {
    if (this.#state !== 'online') return;
    this.#state = 'draining';
    if (this.#accepted > 0) await new Promise<void>((resolve) => (this.#drained = resolve));
    const medium = this.#medium;
    try {
      if (!this.#volatile) {
        this.#medium = undefined;
        await medium?.close();
      }
    } finally {
      this.#state = 'offline';
    }
  }

  /** End all sessions; what was answered stays answered. */
  endSessions(): void {
    for (const session of [...this.#sessions]) session.end(Wire.LOSTLINK);
  }

  /** Meet siblings no more: the export is offline for good. */
  async leave(): Promise<void> {
    await this.#siblings?.close();
  }

  /**
   * Let these use it, and no others, from the next command on. Sessions without any right end; one that may only
   * read now goes on, and its writes are refused. See Exporter.reoffer.
   */
  setAllow(allow: AllowList): void {
    this.#allow = allow;
    for (const session of [...this.#sessions]) {
      if (this.accessOf(session.link) === 'none') session.end(Wire.LOSTLINK);
    }
  }

  get writers(): WriterLimit {
    return this.#writers.limit;
  }
  /** How many clients may write from the next open on: those who do already go on. */
  setWriters(limit: WriterLimit): void {
    this.#writers.limit = limit;
  }

  /** The handler of this export's span on a link. */
  spanHandler(link: Link, load: Load): TransactionHandler {
    return {
      message: (transaction) => {
        // The peer refuses the span or lets it go; nothing else comes in it.
        if (transaction.rxClosed) link.mux.end(transaction);
      },
      lost: () => {},
      opened: (child, message) => {
        link.control();
        if (message.command === Command.BLK_OPEN) this.#opened(link, load, child, message);
      },
    };
  }

  commandAccepted(): void {
    this.#accepted++;
  }

  commandEnded(): void {
    this.#accepted--;
    if (this.#accepted > 0 || this.#drained === undefined) return;
    const drained = this.#drained;
    this.#drained = undefined;
    drained();
  }

  /** A session is over; told once or more. */
  sessionEnded(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    if (session.isChanging) this.#draining.add(session);
    else this.#release(session);
    this.onSessions?.();
  }

  /** Nothing of a session can change the medium any more. */
  sessionDrained(session: Session): void {
    if (this.#draining.delete(session)) this.#release(session);
  }

  #opened(link: Link, load: Load, transaction: Transaction, message: Message): void {
    const { view, at, le } = message;
    const wantsToWrite = (readOpenModes(view, at, le) & OpenMode.WRITE) !== 0;
    const { medium } = this;
    const access = this.accessOf(link);
    // An open that has ended already would never be closed.
    if (medium === undefined || transaction.rxClosed) link.mux.end(transaction, Wire.LOSTLINK);
    else if (access === 'none' || (wantsToWrite && (medium.readOnly || access === 'ro')))
      link.mux.end(transaction, Wire.PARAM);
    else {
      const fence = readOpenFence(view, at, le);
      const act = !wantsToWrite ? 'read' : fence?.epoch === 0 ? 'look' : 'claim';
      void this.#letIn(link, load, transaction, act, fence);
    }
  }

  /**
   * Open for a client: only when nothing of its earlier opens can be carried out any more, and for writing only
   * where no other client writes. Asks nobody, and is done when it returns, where nobody has to be asked.
   */
  async #letIn(
    link: Link,
    load: Load,
    transaction: Transaction,
    act: OpenAct,
    fence: OpenFence | undefined,
  ): Promise<void> {
    const { limit } = this.#writers;
    const opening = { client: fence?.client ?? clientOf(link), epoch: fence?.epoch ?? 0, act, limit };
    const claim = act === 'claim' ? this.#writers.claim(opening.client) : undefined;
    let mayOpen = act === 'read' || claim !== undefined || this.#writers.isFreeFor(opening.client);
    const asksSiblings = this.#siblings !== undefined && act !== 'read';
    if (mayOpen && (opening.epoch > 0 || asksSiblings)) {
      transaction.handler = WAITING;
      try {
        [mayOpen] = await Promise.all([this.#siblings?.opens(opening) ?? true, this.#raise(opening)]);
      } catch {
        // A sibling that lives and does not answer may still carry out what is stuck with it.
        this.#refuse(link, transaction, claim, Wire.LOSTLINK);
        return;
      }
    }
    const gone = transaction.rxClosed || transaction.txClosed;
    const isOvertaken = opening.epoch > 0 && this.#fence.isOvertaken(opening);
    if (gone || this.medium === undefined || isOvertaken) {
      this.#refuse(link, transaction, claim, Wire.LOSTLINK);
    } else if (!mayOpen || claim?.isLost === true) {
      this.#refuse(link, transaction, claim, Wire.PARAM, fence === undefined ? undefined : 'other_writer');
    } else this.#admit(link, load, transaction, claim, opening.epoch > 0 ? fence : undefined);
  }

  /**
   * A client opens at a sibling: end what is older of it, and wait for its I/O at the medium.
   * @returns whether it may write, where it wants to, as far as this exporter is concerned
   */
  async opensAtSibling(opening: Opening): Promise<boolean> {
    if (!this.#writers.letPass(opening)) return false;
    await this.#raise(opening);
    return true;
  }

  #raise(fence: OpenFence): Promise<void> {
    return this.#fence.raise(fence, [...this.#sessions, ...this.#draining]);
  }

  /** @param reason what a client that can read it is told besides the error */
  #refuse(
    { mux }: Link,
    transaction: Transaction,
    claim: Claim | undefined,
    error: number,
    reason?: OpenRefusal,
  ): void {
    if (claim !== undefined) this.#writers.release(claim);
    if (reason === undefined || transaction.txClosed) {
      mux.end(transaction, error);
      return;
    }
    mux.begin(transaction, Command.LNK_ERROR, true, error, OPEN_REFUSAL_BYTES);
    writeOpenRefusal(mux.writer.bytes, mux.writer.roomAt, reason);
    mux.writer.finish(OPEN_REFUSAL_BYTES);
  }

  /** @param fence of a client that has one; who only asks is not answered with ours */
  #admit(
    link: Link,
    load: Load,
    transaction: Transaction,
    claim: Claim | undefined,
    fence: OpenFence | undefined,
  ): void {
    if (claim !== undefined) claim.isGranted = true;
    const session = new Session(this, link, load, transaction, claim, fence);
    this.#sessions.add(session);
    this.onSessions?.();
    transaction.handler = session;
    if (fence === undefined) {
      link.mux.result(transaction);
      return;
    }
    const { mux } = link;
    mux.begin(transaction, Command.LNK_ERROR, false, Wire.OK, FENCE_ANSWER_BYTES);
    const domain = this.#siblings?.domain ?? this.#domain;
    writeFenceAnswer(mux.writer.bytes, mux.writer.roomAt, { domain, verifier: this.#verifier });
    mux.writer.finish(FENCE_ANSWER_BYTES);
  }

  /** Nothing of a session can change the medium any more, so another client may. */
  #release({ claim }: Session): void {
    if (claim !== undefined) this.#writers.release(claim);
  }
}

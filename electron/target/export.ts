import { IoStats } from '../block/io-stats.ts';
import { readOpenModes } from '../dmsg/blk.ts';
import { Command, OpenMode, PeerType, PfsType, Wire } from '../dmsg/constants.ts';
import type { Link } from '../dmsg/link.ts';
import { randomUuid } from '../dmsg/link-options.ts';
import type { Message } from '../dmsg/message.ts';
import { FENCE_ANSWER_BYTES, type OpenFence, readOpenFence, writeFenceAnswer } from '../dmsg/open-fence.ts';
import { EMPTY_SPAN, type Span } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { type Access, type AllowList, accessOf } from './access.ts';
import { Fence, type FenceSiblings } from './fence.ts';
import type { Load } from './load.ts';
import type { Medium } from './media/medium.ts';
import { Session } from './session.ts';

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
  readonly siblings?: FenceSiblings;
  /** See FenceAnswer: changes where writes not flushed are lost. Without one: with each Export. */
  readonly verifier?: string;
  /** Who may use it, by key; see access.ts. */
  readonly allow?: AllowList;
}

const NOBODY: AllowList = new Map();

/** The handler of an open that waits for the fence. */
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
  readonly #fence = new Fence();
  readonly #siblings: FenceSiblings | undefined;
  /** What the fence reaches without siblings: this export alone. */
  readonly #domain = randomUuid();
  readonly #verifier: string;
  /** Called when a peer opened or closed the device. */
  onSessions: (() => void) | undefined;
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
  /** Devices peers have open, and those closed or lost of which something is at the medium still. */
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
    this.onSessions?.();
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

  sessionEnded(session: Session): void {
    if (this.#sessions.delete(session)) this.onSessions?.();
  }

  #opened(link: Link, load: Load, transaction: Transaction, message: Message): void {
    const modes = readOpenModes(message.view, message.at, message.le);
    const { medium } = this;
    const writable = (modes & OpenMode.WRITE) !== 0;
    const access = this.accessOf(link);
    // An open that has ended already would never be closed.
    if (medium === undefined || transaction.rxClosed) link.mux.end(transaction, Wire.LOSTLINK);
    else if (access === 'none' || (writable && (medium.readOnly || access === 'ro')))
      link.mux.end(transaction, Wire.PARAM);
    else {
      const fence = readOpenFence(message.view, message.at, message.le);
      if (fence === undefined) this.#admit(link, load, transaction, writable, undefined);
      else void this.#openFenced(link, load, transaction, writable, fence);
    }
  }

  /** Open for a client with a fence: only when nothing of its earlier opens can be carried out any more. */
  async #openFenced(
    link: Link,
    load: Load,
    transaction: Transaction,
    writable: boolean,
    fence: OpenFence,
  ): Promise<void> {
    transaction.handler = WAITING;
    if (this.#fence.isStale(fence)) {
      link.mux.end(transaction, Wire.LOSTLINK);
      return;
    }
    try {
      await Promise.all([this.raiseFence(fence), this.#siblings?.raise(fence)]);
    } catch {
      // A sibling that lives and does not answer may still carry out what is stuck with it.
      link.mux.end(transaction, Wire.LOSTLINK);
      return;
    }
    const gone = transaction.rxClosed || transaction.txClosed;
    if (gone || this.medium === undefined || this.#fence.isOvertaken(fence)) {
      link.mux.end(transaction, Wire.LOSTLINK);
    } else this.#admit(link, load, transaction, writable, fence);
  }

  /** A client has opened anew, here or at a sibling: end what is older, and wait for its I/O at the medium. */
  raiseFence(fence: OpenFence): Promise<void> {
    return this.#fence.raise(fence, this.#sessions);
  }

  #admit(
    link: Link,
    load: Load,
    transaction: Transaction,
    writable: boolean,
    fence: OpenFence | undefined,
  ): void {
    const session = new Session(this, link, load, transaction, writable, fence);
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
}

import { BlockOp, changesMedium } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import type { IoStats } from '../block/io-stats.ts';
import { checkRange } from '../block/range.ts';
import { Command, Wire } from '../dmsg/constants.ts';
import type { Link } from '../dmsg/link.ts';
import type { Message } from '../dmsg/message.ts';
import type { OpenFence } from '../dmsg/open-fence.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { BlkCommand } from './command.ts';
import type { Export } from './export.ts';
import type { Load } from './load.ts';
import type { Medium } from './media/medium.ts';
import type { Claim } from './writers.ts';

/** One BLK_OPEN of a peer: the commands stacked on it, for as long as it lasts. */
export class Session implements TransactionHandler {
  readonly #export: Export;
  readonly #transaction: Transaction;
  readonly link: Link;
  readonly load: Load;
  /** Its right to write; undefined where it was opened for reading, or to ask. */
  readonly claim: Claim | undefined;
  /** Who opened it, where the client has a fence. */
  readonly fence: OpenFence | undefined;
  /** Commands accepted that change the medium, and are not over. */
  #changing = 0;
  #drained: (() => void)[] = [];

  constructor(
    owner: Export,
    link: Link,
    load: Load,
    transaction: Transaction,
    claim: Claim | undefined,
    fence: OpenFence | undefined,
  ) {
    this.#export = owner;
    this.link = link;
    this.load = load;
    this.#transaction = transaction;
    this.claim = claim;
    this.fence = fence;
  }

  /** Whether the peer may write: it asked for that, and its key has the right. */
  get writable(): boolean {
    return this.claim !== undefined && this.#export.accessOf(this.link) === 'rw';
  }
  /** The medium for commands accepted while the export was online, until they are drained. */
  get mediumOfAccepted(): Medium {
    return this.#export.mediumOfAccepted;
  }
  get stats(): IoStats {
    return this.#export.stats;
  }

  /** Commands of it can still change the medium, though it may be over. */
  get isChanging(): boolean {
    return this.#changing > 0;
  }

  /** An accepted command is over: the medium may be closed when all are. */
  commandEnded(op: BlockOp): void {
    if (changesMedium(op) && --this.#changing === 0) {
      for (const drained of this.#drained.splice(0)) drained();
      this.#export.sessionDrained(this);
    }
    this.#export.commandEnded();
  }

  /** The client has opened anew: accept nothing more. Resolves when nothing of it can change the medium. */
  async fenceOff(): Promise<void> {
    this.end(Wire.LOSTLINK);
    if (this.isChanging) await new Promise<void>((resolve) => this.#drained.push(resolve));
  }

  /** End it from our side. Whether the peer agrees changes nothing, and is not told where its link is lost. */
  end(error: number): void {
    this.link.mux.end(this.#transaction, error);
    this.#export.sessionEnded(this);
  }

  // TransactionHandler of the BLK_OPEN.

  /** The peer closes the device. */
  message(transaction: Transaction, _message: Message): void {
    if (!transaction.rxClosed) return;
    this.link.mux.end(transaction);
    this.#export.sessionEnded(this);
  }

  lost(transaction: Transaction, error: number): void {
    this.link.mux.end(transaction, error);
    this.#export.sessionEnded(this);
  }

  opened(child: Transaction, message: Message): void {
    const op = opOf(message.command);
    if (op === undefined) return;
    const command = new BlkCommand(this, child, op, message);
    child.handler = command;
    const { medium } = this.#export;
    if (medium === undefined) {
      this.link.mux.end(child, Wire.LOSTLINK);
      return;
    }
    const error = this.#check(medium, command, message);
    if (error !== null) {
      command.reject(error);
      return;
    }
    if (changesMedium(op)) this.#changing++;
    this.#export.commandAccepted();
    if (!this.load.free) {
      command.keep(message);
      this.load.wait(command);
      return;
    }
    // A medium that answers at once needs no copy of the data.
    if (medium.synchronous) command.buffer = message.payload;
    else command.keep(message);
    command.start();
  }

  #check(medium: Medium, command: BlkCommand, message: Message): BlockError | null {
    const { op, length } = command;
    if (this.#export.accessOf(this.link) === 'none') {
      return new BlockError('range', 'the key of this link has no right to the disk');
    }
    if (op === BlockOp.flush) return null;
    if (op === BlockOp.read && length > this.link.maxPayloadBytes) {
      return new BlockError('range', `a read of ${length} bytes is over ${this.link.maxPayloadBytes}`);
    }
    if (op === BlockOp.write && message.payload.length !== length) {
      return new BlockError('range', `${message.payload.length} bytes of data for a write of ${length}`);
    }
    if (op !== BlockOp.read && (medium.readOnly || !this.writable)) {
      if (this.#export.accessOf(this.link) === 'ro') this.#export.onWriteRefused?.(this.link);
      return new BlockError(
        'readonly',
        medium.readOnly ? 'the disk is read-only' : 'opened for reading only, or by a key that may only read',
      );
    }
    return checkRange(medium, command.offset, length);
  }
}

function opOf(command: number): BlockOp | undefined {
  switch (command) {
    case Command.BLK_READ:
      return BlockOp.read;
    case Command.BLK_WRITE:
      return BlockOp.write;
    case Command.BLK_FLUSH:
      return BlockOp.flush;
    case Command.BLK_FREEBLKS:
      return BlockOp.discard;
    default:
      return undefined;
  }
}

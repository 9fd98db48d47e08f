import { COMMAND_MASK, Command, Flag, Wire } from './constants.ts';
import { LinkError } from './link-error.ts';
import { type LinkLimits, overLimit } from './link-limits.ts';
import type { Message } from './message.ts';
import type { MessageWriter } from './message-writer.ts';
import type { Transaction, TransactionHandler } from './transaction.ts';
import { TransactionTable } from './transaction-table.ts';

/** What the mux cannot give to a transaction's handler. */
export interface MuxUser {
  /** The peer opened a transaction directly under the link. See TransactionHandler.opened. */
  opened(transaction: Transaction, message: Message): void;
  /** A message outside all transactions: a ping, a status, console text. */
  oneWay(message: Message): void;
  /**
   * The peer sent, in or about a transaction, what is neither a request on something open nor an answer. It
   * gets no further if this throws.
   */
  control(): void;
  /**
   * A transaction of ours is about to be told that it is lost: a payload that is arriving for it must leave
   * the memory its handler named, which the handler may then give to others.
   */
  losing(transaction: Transaction): void;
  /** The peer must go. Whoever wrote last is still in the middle of it, so not at once. */
  overrun(error: LinkError): void;
}

/** Nesting real peers use is three: span, open, command. */
const MAX_DEPTH = 8;

/**
 * Many transactions over one link: finds the one a message belongs to, keeps its state as
 * kern_dmsg.c does, ends what is stacked on a transaction with it, and drops what raced a close.
 */
export class Mux {
  readonly #writer: MessageWriter;
  readonly #user: MuxUser;
  readonly #table = new TransactionTable();
  readonly #limits: LinkLimits;
  /** Transactions of ours that we have ended and the peer has not. */
  #unagreed = 0;

  constructor(writer: MessageWriter, user: MuxUser, limits: LinkLimits) {
    this.#writer = writer;
    this.#user = user;
    this.#limits = limits;
  }

  /** Open transactions of both sides. */
  get size(): number {
    return this.#table.size;
  }

  /** Transactions the peer has open directly under the link. */
  get remoteRoots(): number {
    return this.#table.remoteRootCount;
  }

  /** The writer, for what is outside transactions and for headers begun here. */
  get writer(): MessageWriter {
    return this.#writer;
  }

  /** A new transaction of ours on `parent` (null: the link). Its first message opens it at the peer. */
  open(parent: Transaction | null, handler: TransactionHandler): Transaction {
    return this.#table.openLocal(parent, handler);
  }

  /**
   * Begin a message in a transaction: see MessageWriter.begin. CREATE and the direction flags are set as the
   * transaction's state asks.
   * @param command command word, with ABORT where a termination is made up for a lost link
   * @param last this direction ends with it; the transaction's children are ended first
   */
  begin(transaction: Transaction, command: number, last: boolean, error = 0, room = 0, le = true): number {
    if (transaction.txClosed) throw new Error('message in a transaction already ended by us');
    if (last && transaction.firstChild !== null) this.#loseChildren(transaction, Wire.LOSTLINK);
    const { parent } = transaction;
    let cmd = command & (COMMAND_MASK | Flag.ABORT);
    if (!transaction.txCreated) cmd |= Flag.CREATE;
    if (!transaction.local) cmd |= Flag.REPLY | Flag.REVTRANS;
    if (parent !== null && !parent.local) cmd |= Flag.REVCIRC;
    if (last) cmd |= transaction.wasLost ? Flag.DELETE | Flag.ABORT : Flag.DELETE;
    transaction.txCreated = true;
    transaction.txClosed = last;
    if (transaction.closed) this.#retire(transaction);
    return this.#writer.begin(
      cmd >>> 0,
      transaction.idLow,
      transaction.idHigh,
      parent === null ? 0 : parent.idLow,
      parent === null ? 0 : parent.idHigh,
      error,
      room,
      le,
    );
  }

  /** Acknowledge a transaction of the peer and leave it open. */
  result(transaction: Transaction): void {
    this.begin(transaction, Command.LNK_ERROR, false);
    this.#writer.finish();
  }

  /** End our direction of a transaction, unless it has ended already. */
  end(transaction: Transaction, error: number = Wire.OK): void {
    if (transaction.txClosed) return;
    this.begin(transaction, Command.LNK_ERROR, true, error);
    this.#writer.finish();
    this.#awaitAgreement(transaction);
  }

  /** End our direction of a transaction whose other half was lost, as a relay does. */
  abort(transaction: Transaction, error: number): void {
    if (transaction.txClosed) return;
    this.begin(transaction, Command.LNK_ERROR | Flag.ABORT, true, error);
    this.#writer.finish();
    this.#awaitAgreement(transaction);
  }

  /**
   * Take a message from the reader.
   * @throws LinkError when it breaks the protocol
   */
  receive(message: Message): void {
    if (!message.isTransactional) {
      this.#user.oneWay(message);
      return;
    }
    const ours = message.has(Flag.REVTRANS);
    const transaction = ours
      ? this.#table.findLocal(message.idLow, message.idHigh)
      : this.#table.findRemote(message.idLow, message.idHigh);
    if (message.has(Flag.CREATE) && !message.has(Flag.REPLY)) {
      if (ours || transaction !== null) throw broken('opens a transaction that is there already', message);
      this.#accept(message);
    } else if (transaction !== null) {
      this.#continue(transaction, message);
    } else if (!message.has(Flag.ABORT) && !this.#racedClose(message)) {
      throw broken('names a transaction that is not there', message);
    } else {
      this.#user.control();
    }
  }

  /** Where the payload of an arriving message should stand: see MessageSink.landing. */
  landing(message: Message, payloadBytes: number): Uint8Array | undefined {
    if (!message.has(Flag.REVTRANS)) return undefined;
    const transaction = this.#table.findLocal(message.idLow, message.idHigh);
    return transaction?.rxClosed === false
      ? transaction.handler?.landing?.(message, payloadBytes)
      : undefined;
  }

  /** The link is lost: end everything, innermost first. What is written from now on goes nowhere. */
  loseAll(error: number): void {
    for (const transaction of this.#table.roots()) this.#lose(transaction, error);
    for (const transaction of this.#table.roots()) this.end(transaction, error);
  }

  /** The transactions directly under the link. */
  roots(): Transaction[] {
    return this.#table.roots();
  }

  #accept(message: Message): void {
    const atRoot = (message.circuitLow | message.circuitHigh) === 0;
    const parent = atRoot ? null : this.#circuitOf(message);
    if (!atRoot && parent === null) {
      // The parent was closed while this was on its way.
      this.#user.control();
      return;
    }
    if ((message.idLow | message.idHigh) === 0) throw broken('opens a transaction with id 0', message);
    const { transactions } = this.#limits;
    if (this.#table.remoteCount >= transactions) {
      throw overLimit(this.#limits, 'transactions', `more than ${transactions} open transactions`);
    }
    if (parent !== null && parent.depth >= MAX_DEPTH) {
      throw new LinkError('flood', `transactions stacked more than ${MAX_DEPTH} deep`);
    }
    const transaction = this.#table.openRemote(message.idLow, message.idHigh, parent);
    transaction.rxCreated = true;
    transaction.rxClosed = message.has(Flag.DELETE);
    if (parent === null) this.#user.opened(transaction, message);
    else if (parent.open) parent.handler?.opened?.(transaction, message);
    else {
      this.end(transaction, Wire.LOSTLINK);
      this.#user.control();
    }
    if (transaction.handler === null) this.end(transaction, Wire.NOSUPP);
  }

  #continue(transaction: Transaction, message: Message): void {
    if (transaction.rxClosed) {
      if (!transaction.wasLost && !message.has(Flag.ABORT)) throw broken('goes on after its end', message);
      this.#user.control();
      return;
    }
    if (message.has(Flag.REPLY) !== transaction.local) throw broken('comes from the wrong side', message);
    if (message.has(Flag.CREATE) === transaction.rxCreated) {
      throw broken(transaction.rxCreated ? 'is answered anew' : 'is answered without CREATE', message);
    }
    transaction.rxCreated = true;
    if (message.has(Flag.DELETE)) {
      transaction.rxClosed = true;
      if (transaction.firstChild !== null) this.#loseChildren(transaction, Wire.LOSTLINK);
    } else if (!message.has(Flag.CREATE)) {
      this.#user.control();
    }
    transaction.handler?.message(transaction, message);
    if (transaction.closed) this.#retire(transaction);
  }

  /** Whether a message for an unknown transaction may have crossed the end of its parent. */
  #racedClose(message: Message): boolean {
    if ((message.circuitLow | message.circuitHigh) === 0) return false;
    const circuit = this.#circuitOf(message);
    return circuit === null || !circuit.open;
  }

  #circuitOf(message: Message): Transaction | null {
    return message.has(Flag.REVCIRC)
      ? this.#table.findLocal(message.circuitLow, message.circuitHigh)
      : this.#table.findRemote(message.circuitLow, message.circuitHigh);
  }

  /** A peer that never agrees to our ends would have us keep them for ever. */
  #awaitAgreement(transaction: Transaction): void {
    if (!transaction.local || transaction.rxClosed) return;
    transaction.isUnagreed = true;
    this.#unagreed++;
    const { transactions } = this.#limits;
    if (this.#unagreed <= transactions) return;
    const what = `the peer has not ended ${this.#unagreed} transactions that we have`;
    this.#user.overrun(overLimit(this.#limits, 'transactions', what));
  }

  #loseChildren(transaction: Transaction, error: number): void {
    const children: Transaction[] = [];
    for (let child = transaction.firstChild; child !== null; child = child.nextSibling) children.push(child);
    for (const child of children) this.#lose(child, error);
  }

  #lose(transaction: Transaction, error: number): void {
    if (transaction.wasLost) return;
    this.#loseChildren(transaction, error);
    // Whoever waited for an end that has come already is not told of another.
    const over = transaction.local ? transaction.rxClosed : transaction.txClosed;
    transaction.wasLost = true;
    transaction.rxClosed = true;
    if (transaction.local) this.#user.losing(transaction);
    // Nobody has taken on what was refused as it was opened.
    if (transaction.handler === null) this.end(transaction, error);
    else if (!over) transaction.handler.lost(transaction, error);
    if (transaction.closed) this.#retire(transaction);
  }

  #retire(transaction: Transaction): void {
    if (transaction.retired) return;
    transaction.retired = true;
    if (transaction.isUnagreed) this.#unagreed--;
    if (transaction.firstChild !== null) this.#loseChildren(transaction, Wire.LOSTLINK);
    this.#table.remove(transaction);
  }
}

function broken(what: string, message: Message): LinkError {
  const id = (message.idHigh * 0x1_0000_0000 + message.idLow).toString(16);
  const cmd = message.cmd.toString(16).padStart(8, '0');
  return new LinkError('transaction', `message 0x${cmd} of transaction 0x${id} ${what}`);
}

import type { Message } from './message.ts';

/**
 * What belongs to one transaction hears of it here. A transaction lives until DELETE has gone both ways;
 * whoever handles it owes its own direction's DELETE, also after `lost`.
 */
export interface TransactionHandler {
  /**
   * A message in the transaction: an answer, data, or the other side's end (`transaction.rxClosed`).
   * Valid during the call.
   */
  message(transaction: Transaction, message: Message): void;

  /**
   * The link or a parent was lost, and with it this transaction: nothing more will be received in it. Its
   * children have been told before.
   */
  lost(transaction: Transaction, error: number): void;

  /**
   * The peer opened `child` inside this transaction; its handler must be set, or the child answered, before
   * this returns. Without this method children are refused with NOSUPP.
   */
  opened?(child: Transaction, message: Message): void;

  /** See MessageSink.landing. */
  landing?(message: Message, payloadBytes: number): Uint8Array | undefined;
}

/** One transaction of a link, opened by us (`local`) or by the peer. */
export class Transaction {
  readonly local: boolean;
  readonly idLow: number;
  readonly idHigh: number;
  /** The transaction it is stacked on; null directly under the link. */
  readonly parent: Transaction | null;
  /** Nesting: 1 directly under the link. */
  readonly depth: number;
  handler: TransactionHandler | null;
  /** We have sent CREATE; we have sent DELETE. */
  txCreated = false;
  txClosed = false;
  /** CREATE has come; DELETE has come, or the transaction was lost. */
  rxCreated = false;
  rxClosed = false;
  /** Ended by the loss of its parent or link. */
  wasLost = false;
  /** We have ended it as a whole, and the peer had not. */
  isUnagreed = false;
  /** Out of the link's table. */
  retired = false;
  /** Children, newest first, as a list through their sibling fields. */
  firstChild: Transaction | null = null;
  nextSibling: Transaction | null = null;
  previousSibling: Transaction | null = null;
  /** Next transaction of the peer with the same hash. */
  nextInBucket: Transaction | null = null;

  constructor(
    local: boolean,
    idLow: number,
    idHigh: number,
    parent: Transaction | null,
    handler: TransactionHandler | null,
  ) {
    this.local = local;
    this.idLow = idLow;
    this.idHigh = idHigh;
    this.parent = parent;
    this.depth = parent === null ? 1 : parent.depth + 1;
    this.handler = handler;
  }

  /** Both directions have ended. */
  get closed(): boolean {
    return this.txClosed && this.rxClosed;
  }

  /** Still of use for opening children in it. */
  get open(): boolean {
    return !this.txClosed && !this.rxClosed;
  }

  addChild(child: Transaction): void {
    const first = this.firstChild;
    child.nextSibling = first;
    if (first !== null) first.previousSibling = child;
    this.firstChild = child;
  }

  removeChild(child: Transaction): void {
    const { previousSibling: previous, nextSibling: next } = child;
    if (previous !== null) previous.nextSibling = next;
    else if (this.firstChild === child) this.firstChild = next;
    if (next !== null) next.previousSibling = previous;
    child.previousSibling = null;
    child.nextSibling = null;
  }
}

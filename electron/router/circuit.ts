import { Flag, Wire } from '../dmsg/constants.ts';
import type { Link } from '../dmsg/link.ts';
import type { Message } from '../dmsg/message.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import type { Flow } from './flow.ts';
import { relayMessage } from './relay-message.ts';

/**
 * What a control message counts as that goes on to another link: there it is one of ours, beside those of all
 * other clients, who must not lose that link by it.
 */
export const RELAYED_COST = 16;

/**
 * One end of a relayed transaction: what arrives here goes on in its mate, the transaction of the same
 * circuit on another link.
 */
export class Circuit implements TransactionHandler {
  readonly #link: Link;
  readonly #mate: Transaction;
  readonly #mateLink: Link;
  readonly #flow: Flow;

  constructor(link: Link, mateLink: Link, mate: Transaction, flow: Flow) {
    this.#link = link;
    this.#mateLink = mateLink;
    this.#mate = mate;
    this.#flow = flow;
  }

  message(transaction: Transaction, message: Message): void {
    if (message.payload.length > this.#mateLink.maxPayloadBytes) {
      this.lost(transaction, Wire.PARAM);
      return;
    }
    if (!message.has(Flag.CREATE) && !message.has(Flag.DELETE)) this.#link.control(RELAYED_COST);
    if (!this.#mate.txClosed) {
      relayMessage(message, this.#mateLink.mux, this.#mate);
      this.#flow.check();
    }
    // Who answers has ended it. The other's agreement changes nothing, and does not come if its link is lost.
    if (transaction.local && transaction.rxClosed) this.#link.mux.end(transaction);
  }

  /** This side is gone: its mate gets the termination made up for it, and our own direction is ended. */
  lost(transaction: Transaction, error: number): void {
    this.#mateLink.mux.abort(this.#mate, error);
    this.#link.mux.abort(transaction, error);
  }

  /** Something is stacked on this transaction: stack its mate on ours. */
  opened(child: Transaction, message: Message): void {
    openMate(child, message, this.#link, this.#mateLink, this.#mate, this.#flow);
  }
}

/** Open, in `parent` on `mateLink`, the mate of a transaction just opened on `link`, and join the two. */
export function openMate(
  child: Transaction,
  message: Message,
  link: Link,
  mateLink: Link,
  parent: Transaction,
  flow: Flow,
): void {
  if (!parent.open) return; // left without handler, it is refused
  if (message.payload.length > mateLink.maxPayloadBytes) {
    // The other generation takes 64 KiB; a client that hears PARAM asks for less.
    link.mux.end(child, Wire.PARAM);
    return;
  }
  const mate = mateLink.mux.open(parent, new Circuit(mateLink, link, child, flow));
  child.handler = new Circuit(link, mateLink, mate, flow);
  relayMessage(message, mateLink.mux, mate);
  flow.check();
}

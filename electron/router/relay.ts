import { Command, Wire } from '../dmsg/constants.ts';
import type { Link } from '../dmsg/link.ts';
import type { Message } from '../dmsg/message.ts';
import { SPAN_DISTANCE_AT, SPAN_RNSS_AT } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { openMate, RELAYED_COST } from './circuit.ts';
import { Flow } from './flow.ts';
import type { Source } from './source.ts';

/** A source's span as offered to one other link, and what is stacked on it there. */
export class Relay implements TransactionHandler {
  readonly source: Source;
  readonly #link: Link;
  readonly #transaction: Transaction;
  readonly #flow: Flow;

  /** Offer the source on a link, one hop further away. */
  constructor(source: Source, link: Link, rnss: number, paused: Set<Flow>) {
    this.source = source;
    this.#link = link;
    this.#flow = new Flow(link, source.link, paused);
    const { mux } = link;
    this.#transaction = mux.open(null, this);
    const { header, le } = source;
    const at = mux.begin(this.#transaction, Command.LNK_SPAN, false, 0, 0, le);
    const { bytes, view } = mux.writer;
    header.copy(bytes, at + 0x40, 0x40);
    view.setUint32(at + SPAN_DISTANCE_AT, source.span.distance + 1, le);
    view.setUint32(at + SPAN_RNSS_AT, (source.span.rnss + rnss) >>> 0, le);
    mux.writer.finish();
  }

  /** Whether anything is open on it. */
  get inUse(): boolean {
    return this.#transaction.firstChild !== null;
  }

  /** Withdraw it; what is stacked on it ends. */
  end(): void {
    this.#flow.end();
    this.#link.mux.end(this.#transaction, Wire.OK);
  }

  // TransactionHandler of the relayed span.

  message(transaction: Transaction): void {
    if (transaction.rxClosed) this.#link.mux.end(transaction);
  }

  lost(): void {
    this.#flow.end();
  }

  opened(child: Transaction, message: Message): void {
    this.#link.control(RELAYED_COST);
    openMate(child, message, this.#link, this.source.link, this.source.transaction, this.#flow);
  }
}

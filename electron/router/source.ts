import { headerBytes } from '../dmsg/header.ts';
import type { Link } from '../dmsg/link.ts';
import type { Message } from '../dmsg/message.ts';
import type { Span } from '../dmsg/span.ts';
import type { Transaction } from '../dmsg/transaction.ts';

/** A span a peer offers the router. */
export class Source {
  readonly link: Link;
  readonly span: Span;
  readonly transaction: Transaction;
  /** Its LNK_SPAN as received, for what this program does not know of it. */
  readonly header: Buffer;
  readonly le: boolean;
  /** The same for all offers of one node's disk, whatever way they come. */
  readonly node: string;

  constructor(link: Link, span: Span, transaction: Transaction, message: Message) {
    this.link = link;
    this.span = span;
    this.transaction = transaction;
    this.header = Buffer.from(message.bytes.subarray(message.at, message.at + headerBytes(message.cmd)));
    this.le = message.le;
    this.node = JSON.stringify([span.peerId, span.pfsId, span.peerLabel, span.pfsLabel]);
  }
}

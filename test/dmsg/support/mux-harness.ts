import { type DecodedMessage, decodeMessage, encodeMessage } from '../../../electron/dmsg/codec.ts';
import { padded, readHeaderBytes } from '../../../electron/dmsg/header.ts';
import { Message } from '../../../electron/dmsg/message.ts';
import { MessageWriter } from '../../../electron/dmsg/message-writer.ts';
import { Mux, type MuxUser } from '../../../electron/dmsg/mux.ts';
import type { Transaction, TransactionHandler } from '../../../electron/dmsg/transaction.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import { fields } from './fields.ts';
import { HoldingStream } from './holding-stream.ts';

/** What happened to a handler, as text: `message DELETE`, `lost 33`, `opened`. */
export class LoggingHandler implements TransactionHandler {
  readonly log: string[] = [];
  /** End our side when the transaction is lost, as every handler owes. */
  readonly #mux: Mux | undefined;

  constructor(mux?: Mux) {
    this.#mux = mux;
  }

  message(transaction: Transaction, message: Message): void {
    this.log.push(`message ${transaction.rxClosed ? 'end' : 'open'} ${message.error}`);
  }

  lost(transaction: Transaction, error: number): void {
    this.log.push(`lost ${error}`);
    this.#mux?.end(transaction);
  }
}

/** A mux whose link is the test: what it writes can be read, what it hears is made. */
export class MuxHarness {
  readonly mux: Mux;
  readonly stream = new HoldingStream();
  readonly oneWay: number[] = [];
  readonly openedAtRoot: Transaction[] = [];
  readonly losing: Transaction[] = [];
  readonly overrun: string[] = [];
  controls = 0;
  /** What to do with what the peer opens at the root; nothing refuses it. */
  accept: (transaction: Transaction, message: Message) => TransactionHandler | null = () => null;
  readonly #writer: MessageWriter;
  readonly #message = new Message();
  #read = 0;

  constructor(transactions = 100) {
    this.#writer = new MessageWriter(this.stream);
    const user: MuxUser = {
      opened: (transaction, message) => {
        this.openedAtRoot.push(transaction);
        transaction.handler = this.accept(transaction, message);
      },
      oneWay: (message) => this.oneWay.push(message.cmd),
      control: () => {
        this.controls++;
      },
      losing: (transaction) => this.losing.push(transaction),
      overrun: ({ message }) => this.overrun.push(message),
    };
    this.mux = new Mux(this.#writer, user, { ...USUAL_LIMITS, transactions });
  }

  /** What was written since the last call. */
  sent(): DecodedMessage[] {
    this.#writer.flush();
    this.stream.takeAll();
    const bytes = this.stream.taken;
    const messages: DecodedMessage[] = [];
    while (this.#read < bytes.length) {
      const length = readHeaderBytes(bytes, this.#read) + padded(bytes.readUInt32LE(this.#read + 0x28));
      messages.push(decodeMessage(bytes.subarray(this.#read, this.#read + length)));
      this.#read += length;
    }
    return messages;
  }

  /** A message of the peer arrives. */
  receive(given: Partial<DecodedMessage> & { cmd: number }): void {
    this.receiveBytes(encodeMessage(fields({ ...given, cmd: given.cmd >>> 0 })));
  }

  receiveBytes(bytes: Buffer): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#message.load(bytes, view, 0, bytes.readUInt16LE(0) === 0x4832);
    this.mux.receive(this.#message);
  }
}

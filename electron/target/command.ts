import { type BlockDevice, BlockOp, BlockRequest } from '../block/device.ts';
import type { BlockError } from '../block/error.ts';
import { readBlkBytes, readBlkKeyid, readBlkOffset, writeBlkError } from '../dmsg/blk.ts';
import { Command, Wire } from '../dmsg/constants.ts';
import type { Message } from '../dmsg/message.ts';
import { COPY_PAYLOAD_BYTES } from '../dmsg/message-writer.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { acquire, type Block } from '../stream/memory.ts';
import { wireErrorOf } from './errors.ts';
import { dataEnd } from './media/zeros.ts';
import type { Session } from './session.ts';

/**
 * A block command of a peer, on its way to the medium and back: one object, which is the request and the
 * handler of its transaction.
 */
export class BlkCommand extends BlockRequest implements TransactionHandler {
  readonly #session: Session;
  readonly #transaction: Transaction;
  /** The client's mark for the command, echoed in a BLK_ERROR. */
  readonly #keyidLow: number;
  readonly #keyidHigh: number;
  /** Memory the data stands in; none where the medium is fast enough to do without. */
  #block: Block | undefined;
  #inPlace = false;
  #started = false;
  #startedMs = 0;

  constructor(session: Session, transaction: Transaction, op: BlockOp, message: Message) {
    super();
    const { view, at, le } = message;
    this.#session = session;
    this.#transaction = transaction;
    this.#keyidLow = readBlkKeyid(view, at, le, 0);
    this.#keyidHigh = readBlkKeyid(view, at, le, 1);
    this.op = op;
    this.offset = op === BlockOp.flush ? 0 : readBlkOffset(view, at, le);
    this.length = op === BlockOp.flush ? 0 : readBlkBytes(view, at, le);
  }

  /** Bytes of memory the command costs while it runs. */
  get #weight(): number {
    return this.op === BlockOp.read || this.op === BlockOp.write ? this.length : 0;
  }

  /** Keep a write's data beyond the call in which it was received. */
  keep(message: Message): void {
    if (this.op !== BlockOp.write) return;
    const { bytes, block } = message.keepPayload();
    this.buffer = bytes;
    this.#block = block;
  }

  /** Hand the command, which was accepted before, to the medium. */
  start(): void {
    if (this.#transaction.wasLost) return;
    const { load, stats } = this.#session;
    const medium = this.#session.mediumOfAccepted;
    load.started(this.#weight);
    this.#startedMs = stats.started();
    this.#started = true;
    if (this.op === BlockOp.read) {
      if (medium.synchronous && this.length <= COPY_PAYLOAD_BYTES) {
        this.#readInPlace(medium);
        return;
      }
      this.#block = acquire(this.length);
      this.buffer = this.#block.bytes.subarray(0, this.length);
    }
    medium.submit(this);
  }

  /** Answer a command that must not be carried out, with the reason. */
  reject(error: BlockError): void {
    if (this.#transaction.txClosed) return;
    const { mux } = this.#session.link;
    const at = mux.begin(this.#transaction, Command.BLK_ERROR, true, wireErrorOf(error));
    writeBlkError(mux.writer.view, at, true, {
      keyidLow: this.#keyidLow,
      keyidHigh: this.#keyidHigh,
      residual: Math.min(error.residual ?? this.length, 0xffffffff),
      text: `${error.code}: ${error.message}`,
    });
    mux.writer.finish();
  }

  override done(error: BlockError | null): void {
    if (this.#inPlace) {
      this.#answerInPlace(error);
      return;
    }
    const { load, stats } = this.#session;
    stats.ended(this.op, error === null ? this.length : 0, this.#startedMs, error !== null);
    if (error !== null) this.reject(error);
    else if (!this.#transaction.txClosed) this.#answer();
    this.#drop();
    load.ended(this.#weight);
    this.#session.commandEnded(this.op);
  }

  // TransactionHandler. The command's one message came with its opening.

  message(): void {}

  /** The peer or its link is gone: it gets its termination now, and whatever the medium does later is dropped. */
  lost(transaction: Transaction, error: number): void {
    this.#session.link.mux.end(transaction, error);
    if (this.#started) return;
    this.#drop();
    this.#session.commandEnded(this.op);
  }

  /** Read straight into the answer being written. */
  #readInPlace(medium: BlockDevice): void {
    const { mux } = this.#session.link;
    const { writer } = mux;
    mux.begin(this.#transaction, Command.LNK_ERROR, true, Wire.OK, this.length);
    this.buffer = writer.bytes.subarray(writer.roomAt, writer.roomAt + this.length);
    this.#inPlace = true;
    medium.submit(this);
  }

  #answerInPlace(error: BlockError | null): void {
    const { load, link, stats } = this.#session;
    const { writer } = link.mux;
    if (error === null) writer.finish(dataEnd(this.buffer, this.filled));
    else {
      writer.setError(wireErrorOf(error));
      writer.finish();
    }
    stats.ended(BlockOp.read, error === null ? this.length : 0, this.#startedMs, error !== null);
    load.ended(this.#weight);
    this.#session.commandEnded(this.op);
  }

  #answer(): void {
    const { mux } = this.#session.link;
    mux.begin(this.#transaction, Command.LNK_ERROR, true);
    const bytes = this.op === BlockOp.read ? dataEnd(this.buffer, this.filled) : 0;
    const block = this.#block;
    if (bytes > 0 && block !== undefined) {
      this.#block = undefined;
      mux.writer.finishWith(this.buffer.subarray(0, bytes), () => block.release());
      return;
    }
    mux.writer.finish();
  }

  #drop(): void {
    this.#block?.release();
    this.#block = undefined;
  }
}

import { BlockOp } from '../block/device.ts';
import { BlockError, type BlockErrorCode } from '../block/error.ts';
import { readBlkError, writeBlkRange } from '../dmsg/blk.ts';
import { Command, Wire } from '../dmsg/constants.ts';
import { LinkError } from '../dmsg/link-error.ts';
import type { Message } from '../dmsg/message.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { printable } from '../stream/text.ts';
import type { Io } from './io.ts';
import type { Path } from './path.ts';

/** Who owns the tags: a unit's queue. When it is called the tag is free again. */
export interface TagOwner {
  /** The command ended, with an answer of the medium. */
  commandDone(tag: Tag, io: Io, path: Path, error: BlockError | null): void;
  /** The way to the medium failed under the command. */
  commandLost(tag: Tag, io: Io, path: Path, wire: number): void;
}

const commandOf: Readonly<Record<BlockOp, number>> = {
  [BlockOp.read]: Command.BLK_READ,
  [BlockOp.write]: Command.BLK_WRITE,
  [BlockOp.flush]: Command.BLK_FLUSH,
  [BlockOp.discard]: Command.BLK_FREEBLKS,
  [BlockOp.zero]: Command.BLK_FREEBLKS,
};

/**
 * One of a unit's 64 places for a command on the wire. It is reused, and is itself the handler of the
 * command's transaction, so that a command makes no object but its transaction.
 */
export class Tag implements TransactionHandler {
  readonly #owner: TagOwner;
  #io: Io | undefined;
  #path: Path | undefined;
  #transaction: Transaction | undefined;
  op: BlockOp = BlockOp.read;
  /** The part of the request this command covers, bytes on the device. */
  offset = 0;
  length = 0;
  /** When it was sent, ms of the process's clock. */
  startedMs = 0;
  /** Bytes of data the answer had. */
  answeredBytes = 0;
  /** Of a flush: how many writes had been answered when it was sent, so that it makes them stable. */
  coveredWrites = 0;

  constructor(owner: TagOwner) {
    this.#owner = owner;
  }

  get io(): Io | undefined {
    return this.#io;
  }
  get path(): Path | undefined {
    return this.#path;
  }

  /** Send the command `io` has chosen, on an open path. */
  send(path: Path, io: Io): void {
    const { op, offset, length } = io;
    this.#io = io;
    this.#path = path;
    this.op = op;
    this.offset = offset;
    this.length = length;
    this.answeredBytes = 0;
    const { mux } = path.link;
    const { writer } = mux;
    this.#transaction = mux.open(path.circuit, this);
    this.startedMs = path.stats.started();
    const at = mux.begin(this.#transaction, commandOf[op], true);
    writeBlkRange(writer.view, at, true, offset, length);
    if (op === BlockOp.write) writer.finishWith(io.part(offset, length), io.sending());
    else writer.finish();
  }

  /** Give up waiting: the answer, if it comes, finds nobody. */
  abandon(): void {
    if (this.#transaction === undefined || this.#io === undefined) return;
    this.#transaction.handler = null;
    if (this.op === BlockOp.read) {
      this.#path?.link.abandonLanding(this.#io.part(this.offset, this.length));
    }
    this.#path?.stats.takenBack();
    this.#free();
  }

  // TransactionHandler of the command.

  landing(message: Message, payloadBytes: number): Uint8Array | undefined {
    if (this.op !== BlockOp.read || message.error !== 0 || payloadBytes > this.length) return undefined;
    return this.#io?.part(this.offset, payloadBytes);
  }

  message(transaction: Transaction, message: Message): void {
    if (!transaction.rxClosed) return; // a result: the answer is still to come
    if (this.op === BlockOp.read && message.payload.length > this.length) {
      const problem = `${message.payload.length} bytes of data for a read of ${this.length}`;
      // The transaction has ended, so the end of the link will not be told to us.
      this.#lose(Wire.FIELD);
      throw new LinkError('field', problem);
    }
    const wire = message.error;
    const code = wire === Wire.OK ? null : codeOf(wire);
    if (code === null) this.#finish(null, this.#accept(message));
    else if (code === 'path' || this.#isTooLarge(code)) this.#lose(wire);
    else this.#finish(explain(code, message), 0);
  }

  lost(_transaction: Transaction, error: number): void {
    this.#lose(error);
  }

  /** Whether the command was refused for its size alone, and goes out again in smaller parts. */
  #isTooLarge(code: BlockErrorCode): boolean {
    const carriesData = this.op === BlockOp.read || this.op === BlockOp.write;
    return code === 'range' && carriesData && this.#path?.shrinkTransfers(this.length) === true;
  }

  /** Take the data of a read's answer; returns the bytes the command moved. */
  #accept(message: Message): number {
    if (this.op !== BlockOp.read) return this.length;
    const { payload } = message;
    if (!message.landed && payload.length > 0) this.#io?.part(this.offset, payload.length).set(payload);
    this.answeredBytes = payload.length;
    return this.length;
  }

  #finish(error: BlockError | null, bytes: number): void {
    const io = this.#io as Io;
    const path = this.#path as Path;
    path.stats.ended(this.op, bytes, this.startedMs, error !== null);
    this.#free();
    this.#owner.commandDone(this, io, path, error);
  }

  #lose(wire: number): void {
    const io = this.#io as Io;
    const path = this.#path as Path;
    path.stats.takenBack();
    this.#free();
    this.#owner.commandLost(this, io, path, wire);
  }

  #free(): void {
    this.#io = undefined;
    this.#path = undefined;
    this.#transaction = undefined;
  }
}

/** What a DMSG error means to the user of a disk. */
function codeOf(wire: number): BlockErrorCode {
  switch (wire) {
    case Wire.IO:
      return 'io';
    case Wire.PARAM:
      return 'range';
    case Wire.NOSUPP:
      return 'unsupported';
    default:
      return 'path';
  }
}

/** Our exporter puts the finer code in front of a BLK_ERROR's text: DMSG has only IO for them. */
const finer = /^(nospace|readonly): /;

function explain(code: BlockErrorCode, message: Message): BlockError {
  if (message.command !== Command.BLK_ERROR) return new BlockError(code, `the remote disk answered ${code}`);
  const { text, residual } = readBlkError(message.view, message.at, message.le);
  const named = finer.exec(text)?.[1] as BlockErrorCode | undefined;
  const said = text === '' ? `the remote disk answered ${code}` : printable(text);
  return new BlockError(named ?? code, said, { residual });
}

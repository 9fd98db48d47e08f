import type { Block } from '../stream/memory.ts';
import { acquire } from '../stream/memory.ts';
import { Flag } from './constants.ts';
import { commandOf, Off } from './header.ts';

const NO_HEADER = Buffer.alloc(0);
const NO_PAYLOAD = new Uint8Array(0);

/**
 * A received message, seen in the memory it was received in. One object serves all messages of a link, so
 * it and its views are valid only during the call that hands it over.
 */
export class Message {
  /** Memory the extended header stands in, and where it begins. */
  bytes: Buffer = NO_HEADER;
  view: DataView = new DataView(new ArrayBuffer(0));
  at = 0;
  /** Byte order of the header's fields. */
  le = true;
  /** The command word with its flags, unsigned. */
  cmd = 0;
  /** The transaction's id and that of its parent, as two unsigned words each. */
  idLow = 0;
  idHigh = 0;
  circuitLow = 0;
  circuitHigh = 0;
  /** Error code of the header, 0 for success. */
  error = 0;
  /** The payload without its padding. */
  payload: Uint8Array = NO_PAYLOAD;
  /** CRC-32C of the padded payload as the sender computed it, already checked. */
  payloadCrc = 0;
  /** The payload stands in memory the receiver named for it (see MessageSink.landing). */
  landed = false;
  /** The pooled block the payload stands in, where it is not shared receive memory. */
  block: Block | undefined;

  has(flag: number): boolean {
    return (this.cmd & flag) !== 0;
  }

  /** The command word without flags. */
  get command(): number {
    return commandOf(this.cmd);
  }

  /** Whether it belongs to a transaction; if not it is a one-way message. */
  get isTransactional(): boolean {
    return (this.cmd & (Flag.CREATE | Flag.DELETE | Flag.ABORT)) !== 0 || (this.idLow | this.idHigh) !== 0;
  }

  /** Load the core fields of a header whose size and magic have been checked. */
  load(bytes: Buffer, view: DataView, at: number, le: boolean): void {
    this.bytes = bytes;
    this.view = view;
    this.at = at;
    this.le = le;
    const low = le ? 0 : 4;
    const high = 4 - low;
    this.cmd = view.getUint32(at + Off.cmd, le);
    this.idLow = view.getUint32(at + Off.msgid + low, le);
    this.idHigh = view.getUint32(at + Off.msgid + high, le);
    this.circuitLow = view.getUint32(at + Off.circuit + low, le);
    this.circuitHigh = view.getUint32(at + Off.circuit + high, le);
    this.error = view.getUint32(at + Off.error, le);
    this.payloadCrc = view.getUint32(at + Off.auxCrc, le);
    this.payload = NO_PAYLOAD;
    this.landed = false;
    this.block = undefined;
  }

  /**
   * Keep the payload beyond this call: the block it already stands in changes hands, or a copy is made.
   * The caller releases the block. Call it once.
   */
  keepPayload(): KeptPayload {
    let block = this.block;
    let bytes = this.payload;
    if (block === undefined) {
      block = acquire(bytes.length);
      block.bytes.set(bytes);
      bytes = block.bytes.subarray(0, bytes.length);
    }
    this.block = undefined;
    return { bytes, block };
  }
}

/** A payload with the block it stands in, held by whoever has this object. */
export interface KeptPayload {
  readonly bytes: Uint8Array;
  readonly block: Block;
}

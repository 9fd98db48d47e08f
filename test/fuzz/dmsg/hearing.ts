import {
  Flag,
  HEADER_BYTES,
  HEADER_MAX_BYTES,
  MAGIC,
  MAGIC_SWAPPED,
} from '../../../electron/dmsg/constants.ts';
import { crc32c } from '../../../electron/dmsg/crc32c.ts';
import { commandOf, headerBytes, headerCrc, Off, padded } from '../../../electron/dmsg/header.ts';
import { Finding, holds } from '../support/target.ts';
import { type Frame, getId, type Id } from './frame.ts';

/** A message the program sent. */
export interface Heard {
  readonly cmd: number;
  readonly command: number;
  readonly id: Id;
  readonly circuit: Id;
  readonly error: number;
  readonly le: boolean;
  /** The whole message. */
  readonly bytes: Buffer;
  readonly payload: Buffer;
}

export function flagged(message: { readonly cmd: number }, flag: number): boolean {
  return (message.cmd & flag) !== 0;
}

/** How a transaction stands, as its messages on the wire tell. */
interface Standing {
  /** Times the fuzzer has opened it, and times the program has ended it. */
  opened: number;
  ended: number;
}

/**
 * The fuzzer's ear on a link: cuts what the program sends into messages and holds each against the protocol.
 * Whatever the fuzzer says, the program's own words must be in order.
 */
export class Hearing {
  readonly #heard: (message: Heard) => void;
  readonly #limit: () => number;
  #rest: Buffer = Buffer.alloc(0);
  #sequence = 0;
  /** Transactions the fuzzer opened. */
  readonly #theirs = new Map<number, Standing>();
  /** Those the program opened and has not ended. */
  readonly #ours = new Set<number>();

  /** @param heard told each message @param limit bytes a payload may have in the link's dialect */
  constructor(heard: (message: Heard) => void, limit: () => number) {
    this.#heard = heard;
    this.#limit = limit;
  }

  /** The fuzzer sends a frame: what it opens may be answered once more. */
  sends(frame: Frame): void {
    const { bytes, le } = frame;
    if (bytes.length < HEADER_BYTES) return;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const cmd = view.getUint32(Off.cmd, le);
    if ((cmd & Flag.CREATE) === 0 || (cmd & (Flag.REPLY | Flag.REVTRANS)) !== 0) return;
    const key = keyOf(getId(view, Off.msgid, le));
    const standing = this.#theirs.get(key);
    if (standing === undefined) this.#theirs.set(key, { opened: 1, ended: 0 });
    else standing.opened++;
  }

  hear(bytes: Buffer): void {
    let all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const length = wholeLength(all);
      if (length === 0 || length > all.length) break;
      this.#message(all.subarray(0, length));
      all = all.subarray(length);
    }
    this.#rest = all;
  }

  #message(bytes: Buffer): void {
    const le = bytes.readUInt16LE(0) === MAGIC;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const cmd = view.getUint32(Off.cmd, le);
    const header = headerBytes(cmd);
    const auxBytes = view.getUint32(Off.auxBytes, le);
    holds(headerCrc(bytes, 0, header) === view.getUint32(Off.hdrCrc, le), 'a header CRC of ours is wrong');
    holds((view.getUint32(Off.salt, le) & 0xff) === this.#sequence, 'a sequence number of ours is wrong');
    this.#sequence = (this.#sequence + 1) & 0xff;
    holds(
      auxBytes === 0 || crc32c(bytes.subarray(header)) === view.getUint32(Off.auxCrc, le),
      'a payload CRC of ours is wrong',
    );
    if (auxBytes > 0)
      holds(auxBytes <= this.#limit(), `a payload of ours has ${auxBytes} bytes, over the limit`);
    const message: Heard = {
      cmd,
      command: commandOf(cmd),
      id: getId(view, Off.msgid, le),
      circuit: getId(view, Off.circuit, le),
      error: view.getUint32(Off.error, le),
      le,
      bytes,
      payload: bytes.subarray(header, header + auxBytes),
    };
    this.#check(message);
    this.#heard(message);
  }

  #check(message: Heard): void {
    const { id, cmd } = message;
    if ((id.low | id.high) === 0) {
      if ((cmd & (Flag.CREATE | Flag.DELETE)) !== 0) wrong('a transaction of ours has id 0', cmd);
      return;
    }
    const key = keyOf(id);
    const isLast = flagged(message, Flag.DELETE);
    if (flagged(message, Flag.REVTRANS)) {
      const standing = this.#theirs.get(key);
      if (standing === undefined) wrong('an answer in a transaction nobody opened', cmd);
      if (!flagged(message, Flag.REPLY)) wrong('an answer without REPLY', cmd);
      if (standing.ended >= standing.opened) wrong('a transaction is answered after its end', cmd);
      if (isLast) standing.ended++;
    } else {
      if (flagged(message, Flag.REPLY)) wrong('a REPLY in a transaction of ours', cmd);
      const isThere = this.#ours.has(key);
      if (isThere === flagged(message, Flag.CREATE)) wrong(isThere ? 'CREATE twice' : 'no CREATE', cmd);
      if (isLast) this.#ours.delete(key);
      else this.#ours.add(key);
    }
  }
}

function wrong(what: string, cmd: number): never {
  throw new Finding(`${what} (0x${cmd.toString(16).padStart(8, '0')})`);
}

/** Bytes of the message that begins here; 0 where it cannot be told yet. */
function wholeLength(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return 0;
  const magic = bytes.readUInt16LE(0);
  holds(magic === MAGIC || magic === MAGIC_SWAPPED, 'what we send is no DMSG');
  const le = magic === MAGIC;
  const length = headerBytes(le ? bytes.readUInt32LE(Off.cmd) : bytes.readUInt32BE(Off.cmd));
  holds(length >= HEADER_BYTES && length <= HEADER_MAX_BYTES, `a header of ours has ${length} bytes`);
  const auxBytes = le ? bytes.readUInt32LE(Off.auxBytes) : bytes.readUInt32BE(Off.auxBytes);
  holds(auxBytes <= 1 << 20, `a payload of ours has ${auxBytes} bytes`);
  return length + padded(auxBytes);
}

/** Of ids over 2^53 some share a key, which makes the checks above weaker and never wrong. */
export function keyOf({ low, high }: Id): number {
  return high * 0x1_0000_0000 + low;
}

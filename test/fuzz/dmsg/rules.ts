import { Command, Flag, HEADER_BYTES, HEADER_MAX_BYTES, MAGIC } from '../../../electron/dmsg/constants.ts';
import { crc32c } from '../../../electron/dmsg/crc32c.ts';
import { dialectOfConn } from '../../../electron/dmsg/dialect.ts';
import { commandOf, headerBytes, headerCrc, Off, padded } from '../../../electron/dmsg/header.ts';
import type { Link } from '../../../electron/dmsg/link.ts';
import type { LinkOptions } from '../../../electron/dmsg/link-options.ts';
import { type Frame, getId, type Id, viewOf } from './frame.ts';
import { flagged, type Heard } from './hearing.ts';

/** A transaction that is there, as the wire tells. */
interface Known {
  /** The fuzzer opened it. */
  readonly isTheirs: boolean;
  /** The fuzzer has said its first message in it, and its last. */
  begun: boolean;
  over: boolean;
  /** What is said in it may be excused: an open that waits for a fence is not ended at once where it is lost. */
  readonly isExcused: boolean;
}

/**
 * What a frame must not be, told from the wire alone: one that breaks a rule ends the link. Of the program's own
 * transactions only those directly under the link are followed: it may have lost others already.
 */
export class Rules {
  readonly #link: Link;
  readonly #dialect: LinkOptions['dialect'];
  readonly #known = new Map<string, Known>();
  /** The transaction opened by what was said last. */
  #newest: string | undefined;
  /** Whether the next frame begins where the program expects one, with a sequence number it knows. */
  #isAligned = true;

  constructor(link: Link, dialect: LinkOptions['dialect']) {
    this.#link = link;
    this.#dialect = dialect;
  }

  /** The program has said this. */
  hears(heard: Heard): void {
    if ((heard.circuit.low | heard.circuit.high | heard.id.low | heard.id.high) === 0) return;
    const isTheirs = flagged(heard, Flag.REVTRANS);
    const key = keyOf(isTheirs, heard.id);
    if (flagged(heard, Flag.DELETE)) this.#known.delete(key);
    else if (!isTheirs && flagged(heard, Flag.CREATE) && (heard.circuit.low | heard.circuit.high) === 0) {
      this.#known.set(key, { isTheirs, begun: false, over: false, isExcused: false });
    }
  }

  /**
   * The fuzzer is about to say this.
   * @param sequence what it should have
   * @returns why it ends the link; undefined where it need not
   */
  says(frame: Frame, sequence: number): string | undefined {
    this.#newest = undefined;
    if (!this.#isAligned) return undefined;
    const broken = this.#form(frame, sequence);
    if (broken === undefined) return this.#isAligned ? this.#transaction(frame) : undefined;
    this.#isAligned = false;
    return broken;
  }

  /** What was said last has not been read yet: its parent may be gone when it is. */
  isUnread(): void {
    if (this.#newest !== undefined) this.#known.delete(this.#newest);
  }

  #form(frame: Frame, sequence: number): string | undefined {
    const { bytes, le } = frame;
    const length = bytes.length < HEADER_BYTES ? 0 : headerBytes(viewOf(frame).getUint32(Off.cmd, le));
    const isWhole = length >= HEADER_BYTES && length <= HEADER_MAX_BYTES && length <= bytes.length;
    if (!isWhole || (le ? bytes.readUInt16LE(0) : bytes.readUInt16BE(0)) !== MAGIC) {
      this.#isAligned = false;
      return undefined;
    }
    const view = viewOf(frame);
    if (headerCrc(bytes, 0, length) !== view.getUint32(Off.hdrCrc, le)) return 'a wrong header CRC';
    if ((view.getUint32(Off.salt, le) & 0xff) !== sequence) return 'a wrong sequence number';
    const payloadBytes = view.getUint32(Off.auxBytes, le);
    if (bytes.length !== length + padded(payloadBytes)) this.#isAligned = false;
    else if (payloadBytes > 0 && crc32c(bytes.subarray(length)) !== view.getUint32(Off.auxCrc, le)) {
      return 'a wrong payload CRC';
    }
    return undefined;
  }

  #transaction(frame: Frame): string | undefined {
    const view = viewOf(frame);
    const cmd = view.getUint32(Off.cmd, frame.le);
    const id = getId(view, Off.msgid, frame.le);
    const circuit = getId(view, Off.circuit, frame.le);
    const has = (flag: number): boolean => (cmd & flag) !== 0;
    if ((id.low | id.high) === 0) return undefined;
    const isTheirs = !has(Flag.REVTRANS);
    const key = keyOf(isTheirs, id);
    const known = this.#known.get(key);
    if (known?.isExcused === true) return undefined;
    if (has(Flag.CREATE) && !has(Flag.REPLY)) {
      if (known !== undefined) return 'an opening of what is there';
      const isRoot = (circuit.low | circuit.high) === 0;
      const parent = this.#known.get(keyOf(!has(Flag.REVCIRC), circuit));
      if (!isTheirs || (!isRoot && (parent === undefined || parent.over))) return undefined;
      const command = commandOf(cmd);
      if (isRoot && this.#isSecondConn(command)) return 'a second introduction';
      const isExcused = command === Command.BLK_OPEN;
      this.#newest = key;
      this.#known.set(key, { isTheirs, begun: true, over: has(Flag.DELETE), isExcused });
    } else if (known !== undefined) {
      if (known.over) return has(Flag.ABORT) ? undefined : 'a message after the end';
      if (has(Flag.REPLY) === isTheirs) return 'a message from the wrong side';
      if (has(Flag.CREATE) === known.begun) return 'a first message that is none, or a second first one';
      known.begun = true;
      known.over = has(Flag.DELETE);
    }
    return undefined;
  }

  #isSecondConn(command: number): boolean {
    const dialect = dialectOfConn(command);
    if (dialect === undefined || this.#link.peer === undefined || this.#link.state !== 'up') return false;
    return this.#dialect === 'auto' || this.#dialect === dialect;
  }
}

/** All 64 bits of an id count here, and who opened it. */
function keyOf(isTheirs: boolean, { low, high }: Id): string {
  return `${isTheirs} ${high}:${low}`;
}

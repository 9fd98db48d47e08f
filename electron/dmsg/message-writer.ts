import type { ByteStream } from '../stream/byte-stream.ts';
import { OutQueue } from '../stream/out-queue.ts';
import { MAGIC } from './constants.ts';
import { crc32c } from './crc32c.ts';
import { headerBytes, headerCrc, Off, padded } from './header.ts';

/** Payloads up to this size are copied beside their header; larger ones are sent from where they stand. */
export const COPY_PAYLOAD_BYTES = 16 << 10;

const ZEROS = Buffer.alloc(64);

/**
 * Writes messages into the outgoing queue of a link. A message is begun, its extended header and perhaps its
 * payload written in place, and then finished: nothing else may be begun in between, because the sequence
 * number follows the order of sending. We write little-endian; the peer reads our order off the magic.
 */
export class MessageWriter {
  readonly #out: OutQueue;
  #sequence = 0;
  /** The message begun: where it stands, its header's size and byte order, the room behind it. */
  #at = 0;
  #le = true;
  #headerBytes = 0;
  #room = 0;

  /** @param progress, flushed see OutQueue */
  constructor(stream: ByteStream, progress?: () => void, flushed?: () => void) {
    this.#out = new OutQueue(stream, progress, flushed);
  }

  /** Where the message begun is being written. */
  get view(): DataView {
    return this.#out.staging.view;
  }
  get bytes(): Buffer {
    return this.#out.staging.bytes;
  }

  /** Bytes written and not yet taken by the system. */
  get unsentBytes(): number {
    return this.#out.unsentBytes;
  }

  /**
   * Begin a message: its extended header stands at the returned offset of `view`, the core fields set and
   * the rest zero.
   * @param cmd command word with flags, which tells the header's size
   * @param room bytes to keep free behind the header for a payload written in place, at most 16 KiB
   * @param le byte order; a relay keeps that of the message it copies
   */
  begin(
    cmd: number,
    idLow: number,
    idHigh: number,
    circuitLow: number,
    circuitHigh: number,
    error: number,
    room = 0,
    le = true,
  ): number {
    const length = headerBytes(cmd);
    const at = this.#out.reserve(length + padded(room));
    const { bytes, view } = this.#out.staging;
    bytes.fill(0, at, at + length);
    view.setUint16(at + Off.magic, MAGIC, le);
    // The upper 24 bits are salt; nothing depends on their quality.
    view.setUint32(at + Off.salt, ((Math.random() * 0x1000000) << 8) | this.#sequence, le);
    this.#sequence = (this.#sequence + 1) & 0xff;
    const low = le ? 0 : 4;
    const high = 4 - low;
    view.setUint32(at + Off.msgid + low, idLow, le);
    view.setUint32(at + Off.msgid + high, idHigh, le);
    view.setUint32(at + Off.circuit + low, circuitLow, le);
    view.setUint32(at + Off.circuit + high, circuitHigh, le);
    view.setUint32(at + Off.cmd, cmd, le);
    view.setUint32(at + Off.error, error, le);
    this.#le = le;
    this.#at = at;
    this.#headerBytes = length;
    this.#room = room;
    return at;
  }

  /** Finish a message whose payload, if any, was written in place: its first `payloadBytes` of the room. */
  finish(payloadBytes = 0): void {
    const { bytes } = this.#out.staging;
    const start = this.#at + this.#headerBytes;
    const due = padded(payloadBytes);
    if (payloadBytes > 0) {
      bytes.fill(0, start + payloadBytes, start + due);
      this.#seal(payloadBytes, crc32c(bytes.subarray(start, start + due)));
    } else {
      this.#seal(0, 0);
    }
    this.#out.unreserve(padded(this.#room) - due);
    this.#out.written();
  }

  /**
   * Finish a message begun without room, with a payload that stands elsewhere. Small ones are copied;
   * others are sent from their place and must not change until `release`, called once, sent or lost.
   * @param crc the CRC of the padded payload where it is known, as in a relay
   */
  finishWith(payload: Uint8Array, release: () => void, crc?: number): void {
    const length = payload.length;
    const padding = padded(length) - length;
    this.#seal(length, crc ?? paddedCrc(payload, padding));
    if (length <= COPY_PAYLOAD_BYTES) {
      const to = this.#out.reserve(length + padding);
      const { bytes } = this.#out.staging;
      bytes.set(payload, to);
      bytes.fill(0, to + length, to + length + padding);
      release();
    } else {
      this.#out.append(payload, release);
      if (padding > 0) {
        const to = this.#out.reserve(padding);
        this.#out.staging.bytes.fill(0, to, to + padding);
      }
    }
    this.#out.written();
  }

  /** Give the message begun another error code than it was begun with. */
  setError(error: number): void {
    this.view.setUint32(this.#at + Off.error, error, this.#le);
  }

  /** Where a payload written in place begins: behind the header of the message begun. */
  get roomAt(): number {
    return this.#at + this.#headerBytes;
  }

  /** Hand everything written to the stream now. */
  flush(): void {
    this.#out.flush();
  }

  /** Write payload size and CRCs, the last fields of a header. */
  #seal(payloadBytes: number, payloadCrc: number): void {
    const { bytes, view } = this.#out.staging;
    const at = this.#at;
    if (payloadBytes > 0) {
      view.setUint32(at + Off.auxBytes, payloadBytes, this.#le);
      view.setUint32(at + Off.auxCrc, payloadCrc, this.#le);
    }
    view.setUint32(at + Off.hdrCrc, headerCrc(bytes, at, this.#headerBytes), this.#le);
  }
}

function paddedCrc(payload: Uint8Array, padding: number): number {
  const crc = crc32c(payload);
  return padding === 0 ? crc : crc32c(ZEROS.subarray(0, padding), crc);
}

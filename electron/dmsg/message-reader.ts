import type { Block } from '../stream/memory.ts';
import { acquire, peekTarget, receiveMemory } from '../stream/memory.ts';
import { HEADER_BYTES, HEADER_MAX_BYTES, MAGIC } from './constants.ts';
import { crc32c } from './crc32c.ts';
import { headerBytes, headerCrc, Off, padded, readHeaderBytes, readMagic } from './header.ts';
import { LinkError } from './link-error.ts';
import { Message } from './message.ts';

/** Who gets the messages of a MessageReader. */
export interface MessageSink {
  /** A whole message whose checks passed; valid during the call. */
  message(message: Message): void;
  /**
   * Memory of at least `message.payload` length for a payload that is still arriving, so that the system
   * places it where it is wanted; undefined for a pooled block. Asked with the header alone.
   */
  landing(message: Message, payloadBytes: number): Uint8Array | undefined;
}

/** From this payload size on, only the start of the next message is read, and its payload in place. */
const LARGE_PAYLOAD_BYTES = 16 << 10;

type State = 'batch' | 'header' | 'payload' | 'padding';

/**
 * Cuts a stream of bytes into messages, wherever the stream was split. Messages that arrived whole are
 * handed over in the receive memory. Of one that did not, the header is put aside and the rest of the
 * payload is read in place: no byte is moved twice, and a bad length or CRC is refused before memory is
 * taken for it.
 */
export class MessageReader {
  /** Largest payload allowed, set once the dialect is known (dmsg.h, DMSG_AUX_MAX). */
  maxPayloadBytes: number;
  readonly #sink: MessageSink;
  readonly #message = new Message();
  #state: State = 'batch';
  #sequence = 0;
  #peek = false;
  #stopped = false;
  /** The extended header of the message that is still arriving. */
  #header: Buffer | undefined;
  #headerView: DataView | undefined;
  #headerHave = 0;
  #headerNeed = HEADER_BYTES;
  /** Its payload: where it goes, what has come, what is due with and without padding. */
  #into: Uint8Array | undefined;
  #block: Block | undefined;
  #have = 0;
  #payloadBytes = 0;
  #padding = Buffer.alloc(0);
  #paddingHave = 0;

  constructor(sink: MessageSink, maxPayloadBytes: number) {
    this.#sink = sink;
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** Whether the stream ends here at a message's end. */
  get atBoundary(): boolean {
    return this.#state === 'batch';
  }

  /** See ByteSink.target. */
  target(): Uint8Array {
    switch (this.#state) {
      case 'batch':
        return this.#peek ? peekTarget : receiveMemory.bytes;
      case 'header':
        return (this.#header as Buffer).subarray(this.#headerHave, this.#headerNeed);
      case 'payload':
        return (this.#into as Uint8Array).subarray(this.#have, this.#payloadDue);
      case 'padding':
        return this.#padding.subarray(this.#paddingHave);
    }
  }

  /**
   * See ByteSink.received.
   * @throws LinkError when the bytes are no message the peer may send
   */
  received(bytes: number): void {
    switch (this.#state) {
      case 'batch':
        this.#readBatch(bytes);
        break;
      case 'header':
        this.#headerHave += bytes;
        this.#continueHeader();
        break;
      case 'payload':
        this.#have += bytes;
        this.#continuePayload();
        break;
      case 'padding':
        this.#paddingHave += bytes;
        this.#continuePayload();
        break;
    }
  }

  /** Hand over nothing more, even of a batch being read, and let go of what is held. */
  stop(): void {
    this.#stopped = true;
    this.#block?.release();
    this.#block = undefined;
    this.#into = undefined;
    this.#state = 'batch';
  }

  /**
   * The memory named by `landing` is wanted back before the payload is whole: go on in a block of our own.
   * Does nothing if no payload is arriving there.
   * @returns whether the target last given is no longer good
   */
  abandonLanding(landing: Uint8Array): boolean {
    if (this.#into?.buffer !== landing.buffer || this.#block !== undefined) return false;
    if (this.#into.byteOffset !== landing.byteOffset) return false;
    const block = acquire(padded(this.#payloadBytes));
    block.bytes.set(this.#into.subarray(0, this.#have));
    block.bytes.set(this.#padding.subarray(0, this.#paddingHave), this.#have);
    this.#have += this.#paddingHave;
    this.#padding = this.#padding.subarray(0, 0);
    this.#into = block.bytes;
    this.#block = block;
    this.#state = 'payload';
    return true;
  }

  /** The same, for whatever memory was named for a payload that is arriving for this transaction of ours. */
  abandonLandingFor(idLow: number, idHigh: number): boolean {
    const { idLow: low, idHigh: high } = this.#message;
    return this.#into !== undefined && low === idLow && high === idHigh && this.abandonLanding(this.#into);
  }

  /** Bytes that fit `#into`: a pooled block takes the padding too. */
  get #payloadDue(): number {
    return this.#block === undefined ? this.#payloadBytes : padded(this.#payloadBytes);
  }

  #readBatch(end: number): void {
    const { bytes, view } = receiveMemory;
    const message = this.#message;
    let at = 0;
    while (at < end && !this.#stopped) {
      const length = end - at < HEADER_BYTES ? HEADER_BYTES : readHeaderBytes(bytes, at);
      if (end - at < length) {
        this.#stashHeader(bytes, at, end, length);
        return;
      }
      const payloadBytes = this.#loadHeader(bytes, view, at, length);
      at += length;
      if (payloadBytes > 0) {
        const due = padded(payloadBytes);
        if (end - at < due) {
          this.#beginPayload(payloadBytes, bytes, at, end);
          return;
        }
        this.#checkPayload(crc32c(bytes.subarray(at, at + due)));
        message.payload = bytes.subarray(at, at + payloadBytes);
        at += due;
      }
      this.#peek = payloadBytes >= LARGE_PAYLOAD_BYTES;
      this.#sink.message(message);
    }
  }

  /** Check a whole extended header, load it into the message, and return the size of its payload. */
  #loadHeader(bytes: Buffer, view: DataView, at: number, length: number): number {
    const le = bytes.readUInt16LE(at) === MAGIC;
    if (headerCrc(bytes, at, length) !== view.getUint32(at + Off.hdrCrc, le)) {
      throw new LinkError('header-crc', 'header CRC does not match');
    }
    const sequence = view.getUint32(at + Off.salt, le) & 0xff;
    if (sequence !== this.#sequence) {
      throw new LinkError('sequence', `message ${sequence} where ${this.#sequence} was due`);
    }
    this.#sequence = (sequence + 1) & 0xff;
    const payloadBytes = view.getUint32(at + Off.auxBytes, le);
    if (payloadBytes > this.maxPayloadBytes) {
      throw new LinkError('field', `payload of ${payloadBytes} bytes (${this.maxPayloadBytes} allowed)`);
    }
    this.#message.load(bytes, view, at, le);
    return payloadBytes;
  }

  #checkPayload(crc: number): void {
    if (crc !== this.#message.payloadCrc) throw new LinkError('payload-crc', 'payload CRC does not match');
  }

  #stashHeader(bytes: Buffer, at: number, end: number, need: number): void {
    this.#copyHeader(bytes, at, end);
    this.#headerNeed = need;
    this.#state = 'header';
    this.#checkStart();
  }

  /** A peer that speaks something else is known by two bytes; it may never send 64. */
  #checkStart(): void {
    if (this.#headerHave >= 2) readMagic(this.#header as Buffer, 0);
  }

  #copyHeader(bytes: Buffer, at: number, end: number): void {
    if (this.#header === undefined) {
      this.#header = Buffer.alloc(HEADER_MAX_BYTES);
      this.#headerView = new DataView(this.#header.buffer, this.#header.byteOffset, HEADER_MAX_BYTES);
    }
    bytes.copy(this.#header, 0, at, end);
    this.#headerHave = end - at;
  }

  #continueHeader(): void {
    this.#checkStart();
    if (this.#headerHave < this.#headerNeed) return;
    const header = this.#header as Buffer;
    this.#headerNeed = readHeaderBytes(header, 0);
    if (this.#headerHave < this.#headerNeed) return;
    const payloadBytes = this.#loadHeader(header, this.#headerView as DataView, 0, this.#headerNeed);
    this.#state = 'batch';
    if (payloadBytes > 0) this.#startPayload(payloadBytes);
    else this.#sink.message(this.#message);
  }

  /** The batch ends inside the payload of the message just loaded: keep its header and what has come. */
  #beginPayload(payloadBytes: number, bytes: Buffer, at: number, end: number): void {
    const { le } = this.#message;
    const length = headerBytes(this.#message.cmd);
    this.#copyHeader(bytes, at - length, at);
    this.#message.load(this.#header as Buffer, this.#headerView as DataView, 0, le);
    this.#startPayload(payloadBytes);
    this.#have = Math.min(end - at, this.#payloadDue);
    bytes.copy(this.#into as Uint8Array, 0, at, at + this.#have);
    this.#paddingHave = end - at - this.#have;
    bytes.copy(this.#padding, 0, at + this.#have, end);
    this.#continuePayload();
  }

  #startPayload(payloadBytes: number): void {
    this.#payloadBytes = payloadBytes;
    this.#have = 0;
    this.#paddingHave = 0;
    this.#into = this.#sink.landing(this.#message, payloadBytes);
    if (this.#into === undefined) {
      this.#block = acquire(padded(payloadBytes));
      this.#into = this.#block.bytes;
      this.#padding = this.#padding.subarray(0, 0);
    } else {
      this.#block = undefined;
      this.#padding = Buffer.alloc(padded(payloadBytes) - payloadBytes);
    }
    this.#state = 'payload';
  }

  #continuePayload(): void {
    if (this.#have < this.#payloadDue) return;
    if (this.#block === undefined && this.#paddingHave < this.#padding.length) {
      this.#state = 'padding';
      return;
    }
    const into = this.#into as Uint8Array;
    const crc = crc32c(into.subarray(0, this.#payloadDue));
    this.#checkPayload(this.#padding.length === 0 ? crc : crc32c(this.#padding, crc));
    const message = this.#message;
    const block = this.#block;
    message.payload = into.subarray(0, this.#payloadBytes);
    message.landed = block === undefined;
    message.block = block;
    this.#block = undefined;
    this.#into = undefined;
    this.#state = 'batch';
    this.#peek = this.#payloadBytes >= LARGE_PAYLOAD_BYTES;
    try {
      this.#sink.message(message);
    } finally {
      // Whoever kept the payload has taken the block out of the message; a message that is refused was not kept.
      if (block !== undefined && message.block === block) {
        message.block = undefined;
        block.release();
      }
    }
  }
}

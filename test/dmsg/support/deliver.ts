import type { Message } from '../../../electron/dmsg/message.ts';
import type { MessageReader, MessageSink } from '../../../electron/dmsg/message-reader.ts';
import { receiveMemory } from '../../../electron/stream/memory.ts';

/** A received message, copied out of the memory it stood in. */
export interface Kept {
  readonly cmd: number;
  readonly id: bigint;
  readonly circuit: bigint;
  readonly error: number;
  readonly le: boolean;
  readonly landed: boolean;
  readonly header: Buffer;
  readonly payload: Buffer;
}

/** Keeps copies of what a reader hands over. */
export class KeepingSink implements MessageSink {
  readonly kept: Kept[] = [];
  /** Where payloads should land, for readers that are tested with it. */
  land: (message: Message, payloadBytes: number) => Uint8Array | undefined = () => undefined;
  landingsAsked = 0;

  message(message: Message): void {
    this.kept.push({
      cmd: message.cmd,
      id: (BigInt(message.idHigh) << 32n) | BigInt(message.idLow),
      circuit: (BigInt(message.circuitHigh) << 32n) | BigInt(message.circuitLow),
      error: message.error,
      le: message.le,
      landed: message.landed,
      header: Buffer.from(message.bytes.subarray(message.at, message.at + (message.cmd & 0xff) * 64)),
      payload: Buffer.from(message.payload),
    });
  }

  landing(message: Message, payloadBytes: number): Uint8Array | undefined {
    this.landingsAsked++;
    return this.land(message, payloadBytes);
  }
}

/**
 * Bring bytes to a reader as a socket does: each piece is one readiness of the socket and may need several
 * reads; the target of a read is asked at once after the one before. The shared receive memory is spoilt
 * after each, since other streams use it.
 */
export class Delivery {
  readonly #reader: MessageReader;
  #target: Uint8Array;

  constructor(reader: MessageReader) {
    this.#reader = reader;
    this.#target = reader.target();
  }

  /** The memory last given is wanted back (ByteStream.retarget). */
  retarget(): void {
    this.#target = this.#reader.target();
  }

  piece(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#target.length === 0) throw new Error('an empty target');
      const count = Math.min(this.#target.length, bytes.length - at);
      this.#target.set(bytes.subarray(at, at + count));
      at += count;
      this.#reader.received(count);
      receiveMemory.bytes.fill(0xdb, 0, Math.max(4096, Math.min(count, receiveMemory.bytes.length)));
      this.#target = this.#reader.target();
    }
  }
}

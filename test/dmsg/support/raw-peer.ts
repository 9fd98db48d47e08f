import { type DecodedMessage, decodeMessage, encodeMessage } from '../../../electron/dmsg/codec.ts';
import { padded, readHeaderBytes } from '../../../electron/dmsg/header.ts';
import type { ByteSink, ByteStream } from '../../../electron/stream/byte-stream.ts';
import { fields } from './fields.ts';

/**
 * A peer without an engine: sends the messages a test makes, right or wrong, and keeps those it gets. Only
 * sequence numbers and CRCs are made for it.
 */
export class RawPeer implements ByteSink {
  /** Received and not yet taken, in order. */
  readonly inbox: DecodedMessage[] = [];
  readonly closedWith: Promise<Error | undefined>;
  /** Messages received so far. */
  heard = 0;
  readonly #stream: ByteStream;
  readonly #memory = Buffer.alloc(65_536);
  #bytes = Buffer.alloc(0);
  #sequence = 0;
  #waiting: { accept: (message: DecodedMessage) => boolean; resolve: (message: DecodedMessage) => void }[] =
    [];
  #tellClosed: (error: Error | undefined) => void = () => {};

  constructor(stream: ByteStream) {
    this.#stream = stream;
    this.closedWith = new Promise((resolve) => {
      this.#tellClosed = resolve;
    });
    stream.start(this);
  }

  /** Send a message; `cmd` and what else is not zero. */
  send(given: Partial<DecodedMessage> & { cmd: number }): void {
    const salt = ((0xabcdef00 | this.#sequence) >>> 0) as number;
    this.#sequence = (this.#sequence + 1) & 0xff;
    this.sendBytes(encodeMessage(fields({ ...given, cmd: given.cmd >>> 0, salt })));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#stream.write([bytes], () => {});
  }

  /** The oldest message not yet taken that is accepted; waits for it. */
  next(accept: (message: DecodedMessage) => boolean = () => true): Promise<DecodedMessage> {
    const at = this.inbox.findIndex(accept);
    if (at >= 0) return Promise.resolve(this.inbox.splice(at, 1)[0] as DecodedMessage);
    return new Promise((resolve) => this.#waiting.push({ accept, resolve }));
  }

  end(): void {
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  target(): Uint8Array {
    return this.#memory;
  }

  received(bytes: number): void {
    this.#bytes = Buffer.concat([this.#bytes, this.#memory.subarray(0, bytes)]);
    for (;;) {
      if (this.#bytes.length < 64) return;
      const header = readHeaderBytes(this.#bytes, 0);
      const due = header + padded(this.#bytes.readUInt32LE(0x28));
      if (this.#bytes.length < due) return;
      this.#take(decodeMessage(this.#bytes.subarray(0, due)));
      this.#bytes = this.#bytes.subarray(due);
    }
  }

  closed(error: Error | undefined): void {
    this.#tellClosed(error);
  }

  #take(message: DecodedMessage): void {
    this.heard++;
    const at = this.#waiting.findIndex(({ accept }) => accept(message));
    if (at < 0) this.inbox.push(message);
    else this.#waiting.splice(at, 1)[0]?.resolve(message);
  }
}

import { type DecodedMessage, decodeMessage, encodeMessage } from '../../../electron/dmsg/codec.ts';
import { MAGIC } from '../../../electron/dmsg/constants.ts';
import { Off, padded, readHeaderBytes, readMagic } from '../../../electron/dmsg/header.ts';
import type { ByteSink, ByteStream } from '../../../electron/stream/byte-stream.ts';
import { fields } from '../../dmsg/support/fields.ts';

interface Waiter {
  readonly accept: (message: DecodedMessage) => boolean;
  readonly resolve: (message: DecodedMessage) => void;
}

/** A peer without an engine, in either byte order and for payloads of any size: see that of test/dmsg. */
export class RawPeer implements ByteSink {
  readonly #stream: ByteStream;
  readonly #memory = Buffer.alloc(65_536);
  /** Received and not yet a whole message. */
  #pieces: Buffer[] = [];
  #bytes = 0;
  /** Bytes to wait for before the next look. */
  #due = 64;
  #inbox: DecodedMessage[] = [];
  #waiting: Waiter[] = [];
  #sequence = 0;

  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.start(this);
  }

  /** The bytes of the message that is sent next. */
  encode(given: Partial<DecodedMessage> & { cmd: number }): Buffer {
    return encodeMessage(fields({ ...given, cmd: given.cmd >>> 0, salt: this.#sequence++ & 0xff }));
  }

  send(given: Partial<DecodedMessage> & { cmd: number }): void {
    this.sendBytes(this.encode(given));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#stream.write([bytes], () => {});
  }

  /** The oldest message not yet taken that is accepted; waits for it. */
  next(accept: Waiter['accept']): Promise<DecodedMessage> {
    const at = this.#inbox.findIndex(accept);
    if (at >= 0) return Promise.resolve(this.#inbox.splice(at, 1)[0] as DecodedMessage);
    return new Promise((resolve) => this.#waiting.push({ accept, resolve }));
  }

  destroy(): void {
    this.#stream.destroy();
  }

  target(): Uint8Array {
    return this.#memory;
  }

  received(bytes: number): void {
    this.#pieces.push(Buffer.from(this.#memory.subarray(0, bytes)));
    this.#bytes += bytes;
    while (this.#bytes >= this.#due) this.#look();
  }

  closed(): void {}

  #look(): void {
    const all = Buffer.concat(this.#pieces);
    const length = readHeaderBytes(all, 0);
    const le = readMagic(all, 0) === MAGIC;
    const due = length + padded(le ? all.readUInt32LE(Off.auxBytes) : all.readUInt32BE(Off.auxBytes));
    const isWhole = all.length >= due;
    const left = isWhole ? all.subarray(due) : all;
    this.#pieces = [left];
    this.#bytes = left.length;
    this.#due = isWhole ? 64 : due;
    if (isWhole) this.#take(decodeMessage(all.subarray(0, due)));
  }

  #take(message: DecodedMessage): void {
    const at = this.#waiting.findIndex(({ accept }) => accept(message));
    if (at < 0) this.#inbox.push(message);
    else this.#waiting.splice(at, 1)[0]?.resolve(message);
  }
}

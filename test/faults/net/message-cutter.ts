import { HEADER_BYTES, MAGIC } from '../../../electron/dmsg/constants.ts';
import { headerBytes, Off, padded } from '../../../electron/dmsg/header.ts';

/** Finds where DMSG messages end in a stream of bytes, without keeping any but a header. */
export class MessageCutter {
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #have = 0;
  /** Bytes of the message still to come once its header was seen. */
  #left = 0;

  /** @returns the offsets in `chunk` behind each message that ends in it, in order */
  ends(chunk: Buffer): number[] {
    const ends: number[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#have < HEADER_BYTES) {
        const part = chunk.copy(this.#header, this.#have, at);
        this.#have += part;
        at += part;
        if (this.#have < HEADER_BYTES) break;
        this.#left = messageBytes(this.#header) - HEADER_BYTES;
      }
      const part = Math.min(this.#left, chunk.length - at);
      this.#left -= part;
      at += part;
      if (this.#left > 0) break;
      this.#have = 0;
      ends.push(at);
    }
    return ends;
  }
}

/** Bytes of a whole message, from its header. */
function messageBytes(header: Buffer): number {
  const le = header.readUInt16LE(0) === MAGIC;
  const cmd = le ? header.readUInt32LE(Off.cmd) : header.readUInt32BE(Off.cmd);
  const payload = le ? header.readUInt32LE(Off.auxBytes) : header.readUInt32BE(Off.auxBytes);
  return Math.max(headerBytes(cmd), HEADER_BYTES) + padded(payload);
}

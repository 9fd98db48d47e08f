import { createCipheriv, createDecipheriv } from 'node:crypto';

/** The stream is cut in chunks of this many bytes. Every DMSG message is a multiple of it. */
export const CHUNK_BYTES = 64;
const TAG_BYTES = 16;
/** What a chunk is on the wire. */
export const SEALED_BYTES = CHUNK_BYTES + TAG_BYTES;

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const IV_FIXED_BYTES = 4;

/** Key and running IV of one direction, from its sender's session: 32 bytes key, 4 bytes fixed IV part. */
class Direction {
  readonly key: Buffer;
  readonly #iv = Buffer.alloc(IV_BYTES);
  #chunks = 0n;

  constructor(session: Buffer) {
    this.key = Buffer.from(session.subarray(0, KEY_BYTES));
    session.copy(this.#iv, 0, KEY_BYTES, KEY_BYTES + IV_FIXED_BYTES);
  }

  /** The IV of the next chunk: never the same twice, and an error after 2^64 of them. */
  nextIv(): Buffer {
    this.#iv.writeBigUInt64BE(this.#chunks++, IV_FIXED_BYTES);
    return this.#iv;
  }
}

/**
 * Encrypts the chunks of one direction, in order. Some 5 us each, nearly all of it spent making the cipher
 * object: node:crypto cannot give an old one a new IV.
 */
export class Sealer {
  readonly #direction: Direction;

  constructor(session: Buffer) {
    this.#direction = new Direction(session);
  }

  /** @param chunk 64 bytes @param sealed where 80 bytes are to stand */
  seal(chunk: Uint8Array, sealed: Uint8Array): void {
    const cipher = createCipheriv(ALGORITHM, this.#direction.key, this.#direction.nextIv());
    sealed.set(cipher.update(chunk));
    cipher.final();
    sealed.set(cipher.getAuthTag(), CHUNK_BYTES);
  }
}

/** Decrypts the chunks of one direction, in order. */
export class Opener {
  readonly #direction: Direction;

  constructor(session: Buffer) {
    this.#direction = new Direction(session);
  }

  /**
   * @param sealed 80 bytes @param chunk where 64 bytes are to stand
   * @returns false, with nothing written, where the tag does not match
   */
  open(sealed: Uint8Array, chunk: Uint8Array): boolean {
    const { key } = this.#direction;
    const decipher = createDecipheriv(ALGORITHM, key, this.#direction.nextIv(), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(sealed.subarray(CHUNK_BYTES));
    const plain = decipher.update(sealed.subarray(0, CHUNK_BYTES));
    try {
      decipher.final();
    } catch {
      return false;
    }
    chunk.set(plain);
    return true;
  }
}

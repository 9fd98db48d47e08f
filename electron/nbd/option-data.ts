import { MAX_STRING_BYTES } from './constants.ts';

/** What is wrong with the data of an option: answered with an error reply, the negotiation goes on. */
export class OptionDataError extends Error {
  readonly tooBig: boolean;
  constructor(message: string, tooBig = false) {
    super(message);
    this.name = 'OptionDataError';
    this.tooBig = tooBig;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A string of the protocol: UTF-8 without NUL, at most 4096 bytes (proto.md, Values). */
export function decodeString(bytes: Uint8Array): string {
  if (bytes.length > MAX_STRING_BYTES) throw new OptionDataError('string over 4096 bytes', true);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new OptionDataError('string is not UTF-8');
  }
  if (text.includes('\0')) throw new OptionDataError('string has a NUL');
  return text;
}

/** Reads the fields of an option's data in order; every read past its end throws OptionDataError. */
export class OptionDataReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  u16(): number {
    return this.#data.readUInt16BE(this.#advance(2));
  }

  u32(): number {
    return this.#data.readUInt32BE(this.#advance(4));
  }

  /** A string with its length in front of it. */
  string(): string {
    const length = this.u32();
    const at = this.#advance(length);
    return decodeString(this.#data.subarray(at, at + length));
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#data.length) throw new OptionDataError('data after the last field');
  }

  #advance(bytes: number): number {
    const at = this.#at;
    if (bytes > this.#data.length - at) throw new OptionDataError('data ends early');
    this.#at = at + bytes;
    return at;
  }
}

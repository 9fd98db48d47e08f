import {
  OPTION_REPLY_MAGIC,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from '../../../electron/nbd/constants.ts';
import { Finding, holds } from '../support/target.ts';
import { type Command, readCommand } from './bytes.ts';

const READ = 0;
const WRITE = 1;
const DISCONNECT = 2;
const HEAD_BYTES = 28;
const REQUEST_MAGIC = 0x25609513;
const CHUNK_ERROR = 0x8000;

/** A command the server has taken and not answered. */
interface Due {
  readonly command: Command;
  /** Bytes of a read's data that came. */
  bytes: number;
}

/**
 * What a client has asked and the server has answered, both told from the bytes alone: each command is answered
 * once, a read with as much as was asked.
 */
export class Served {
  readonly #due = new Map<string, Due>();
  readonly #changes: (command: Command) => void;
  #asked: Buffer = Buffer.alloc(0);
  /** Bytes of a payload still to come. */
  #payload = 0;
  #isOver = false;
  #isDeaf = false;
  #said: Buffer = Buffer.alloc(0);

  /** @param changes told each write, trim and zeroing before the server can have seen it */
  constructor(changes: (command: Command) => void) {
    this.#changes = changes;
  }

  /** The client says this, in the transmission phase. */
  ask(bytes: Buffer): void {
    this.#asked = Buffer.concat([this.#asked, bytes]);
    while (!this.#isOver) {
      const skipped = Math.min(this.#payload, this.#asked.length);
      this.#payload -= skipped;
      this.#asked = this.#asked.subarray(skipped);
      if (this.#payload > 0 || this.#asked.length < HEAD_BYTES) return;
      this.#isOver = this.#asked.readUInt32BE(0) !== REQUEST_MAGIC;
      const command = readCommand(this.#asked, 0);
      this.#asked = this.#asked.subarray(HEAD_BYTES);
      this.#isOver ||= command.type === DISCONNECT;
      if (this.#isOver) return;
      if (command.type === WRITE) this.#payload = command.length;
      this.#changes(command);
      const key = command.cookie.join();
      const due = this.#due.get(key);
      // Of two commands with one cookie nobody can tell which is answered, nor how long a reply is.
      this.#isDeaf ||= due !== undefined;
      this.#due.set(key, { command, bytes: 0 });
    }
  }

  /** The server says this. @throws Finding */
  answer(bytes: Buffer): void {
    if (this.#isDeaf) return;
    this.#said = this.#said.length === 0 ? bytes : Buffer.concat([this.#said, bytes]);
    for (;;) {
      const length = this.#reply(this.#said);
      if (length === 0) return;
      this.#said = this.#said.subarray(length);
    }
  }

  /** @returns bytes of the reply that begins here, 0 where it is not whole */
  #reply(said: Buffer): number {
    if (said.length < 16) return 0;
    const magic = said.readUInt32BE(0);
    if (magic === SIMPLE_REPLY_MAGIC) return this.#simple(said);
    holds(magic === STRUCTURED_REPLY_MAGIC, `a reply begins with 0x${magic.toString(16)}`);
    if (said.length < 20) return 0;
    const length = 20 + said.readUInt32BE(16);
    if (said.length < length) return 0;
    this.#chunk(said.subarray(0, length));
    return length;
  }

  #simple(said: Buffer): number {
    const errno = said.readUInt32BE(4);
    const key = keyAt(said, 8);
    const { command } = this.#find(key);
    const length = 16 + (command.type === READ && errno === 0 ? command.length : 0);
    if (said.length < length) return 0;
    this.#due.delete(key);
    return length;
  }

  #chunk(said: Buffer): void {
    const key = keyAt(said, 8);
    const type = said.readUInt16BE(6);
    const due = this.#find(key);
    if (type === 1) due.bytes += said.length - 28;
    else if (type === 2) due.bytes += said.readUInt32BE(28);
    if ((said.readUInt16BE(4) & 1) === 0) return;
    if ((type & CHUNK_ERROR) === 0 && due.command.type === READ) {
      holds(due.bytes === due.command.length, `${due.bytes} bytes for a read of ${due.command.length}`);
    }
    this.#due.delete(key);
  }

  #find(key: string): Due {
    const due = this.#due.get(key);
    if (due === undefined) throw new Finding(`a reply to ${key}, which nobody asked, or a second one`);
    return due;
  }
}

function keyAt(bytes: Buffer, at: number): string {
  return `${bytes.readUInt32BE(at)},${bytes.readUInt32BE(at + 4)}`;
}

/**
 * Check what a server said in the negotiation, its greeting apart.
 * @param tails lengths its last message may have without being an option's reply
 */
export function checkNegotiation(said: Buffer, tails: readonly number[]): void {
  let at = 18;
  while (at < said.length) {
    if (tails.includes(said.length - at)) return;
    holds(said.length - at >= 20, `an option's reply of ${said.length - at} bytes`);
    holds(
      said.readUInt32BE(at) === OPTION_REPLY_MAGIC[0] && said.readUInt32BE(at + 4) === OPTION_REPLY_MAGIC[1],
      "an option's reply without its magic number",
    );
    at += 20 + said.readUInt32BE(at + 16);
  }
  holds(at === said.length || said.length < 18, "an option's reply is cut");
}

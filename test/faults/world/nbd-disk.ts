import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What an NBD client asks (proto.md, "Request types"). */
export const NbdCommand = { read: 0, write: 1, flush: 3 } as const;
const REQUEST_MAGIC = 0x25609513;
const REPLY_MAGIC = 0x67446698;
const FUA = 1;
const REPLY_BYTES = 16;

interface Waiting {
  /** Bytes of data the answer has, where it is no error. */
  readonly bytes: number;
  /** @param errno 0 where it was done */
  readonly answered: (errno: number, data: Buffer) => void;
}

/**
 * A client of an NBD server in the simplest words of the protocol, written apart from Spandrel's own so that a
 * mistake of that one cannot hide: every reply must belong to a request that waits, and there is one for each.
 */
export class NbdDisk {
  readonly #socket: Socket;
  readonly #waiting = new Map<bigint, Waiting>();
  #cookie = 0n;
  #bytes: Buffer = Buffer.alloc(0);
  #problem: string | undefined;
  /** The connection is over; what waited will have no answer. */
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
  }

  /** Connect and choose an export, in the oldest words (NBD_OPT_EXPORT_NAME). */
  static async open(path: string, exportName: string): Promise<NbdDisk> {
    const socket = connect({ path });
    socket.on('error', () => {}); // 'close' tells
    await once(socket, 'connect');
    await take(socket, 18);
    const name = Buffer.from(exportName);
    const words = Buffer.alloc(20);
    words.writeUInt32BE(3, 0); // fixed newstyle, no zeroes
    words.write('IHAVEOPT', 4);
    words.writeUInt32BE(1, 12);
    words.writeUInt32BE(name.length, 16);
    socket.write(Buffer.concat([words, name]));
    await take(socket, 10);
    return new NbdDisk(socket);
  }

  /** What the server did that no server may. */
  get problem(): string | undefined {
    return this.#problem;
  }
  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Ask for bytes. */
  read(offset: number, length: number, answered: Waiting['answered']): void {
    this.#send(NbdCommand.read, 0, offset, length, { bytes: length, answered });
  }

  write(offset: number, data: Uint8Array, fua: boolean, answered: Waiting['answered']): void {
    this.#send(NbdCommand.write, fua ? FUA : 0, offset, data.length, { bytes: 0, answered }, data);
  }

  flush(answered: Waiting['answered']): void {
    this.#send(NbdCommand.flush, 0, 0, 0, { bytes: 0, answered });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #send(
    command: number,
    flags: number,
    offset: number,
    length: number,
    waiting: Waiting,
    data?: Uint8Array,
  ): void {
    const request = Buffer.alloc(28);
    request.writeUInt32BE(REQUEST_MAGIC, 0);
    request.writeUInt16BE(flags, 4);
    request.writeUInt16BE(command, 6);
    request.writeBigUInt64BE(++this.#cookie, 8);
    request.writeBigUInt64BE(BigInt(offset), 16);
    request.writeUInt32BE(length, 24);
    this.#waiting.set(this.#cookie, waiting);
    this.#socket.cork();
    this.#socket.write(request);
    if (data !== undefined) this.#socket.write(data);
    this.#socket.uncork();
  }

  #received(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= REPLY_BYTES) {
      const cookie = this.#bytes.readBigUInt64BE(8);
      const errno = this.#bytes.readUInt32BE(4);
      const waiting = this.#waiting.get(cookie);
      if (this.#bytes.readUInt32BE(0) !== REPLY_MAGIC || waiting === undefined) {
        this.#problem = `a reply nobody waits for: ${this.#bytes.toString('hex', 0, REPLY_BYTES)}`;
        this.#socket.destroy();
        return;
      }
      const length = REPLY_BYTES + (errno === 0 ? waiting.bytes : 0);
      if (this.#bytes.length < length) return;
      const data = this.#bytes.subarray(REPLY_BYTES, length);
      this.#bytes = this.#bytes.subarray(length);
      this.#waiting.delete(cookie);
      waiting.answered(errno, data);
    }
  }
}

async function take(socket: Socket, bytes: number): Promise<void> {
  while (socket.read(bytes) === null) {
    if (socket.destroyed || socket.readableEnded) throw new Error('the NBD server hung up');
    await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
  }
}

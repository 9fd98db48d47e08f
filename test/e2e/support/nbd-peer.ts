import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const CLIENT_FLAGS_AND_OPTION = 4 + 16;
const EXPORT_NAME = 1;
const GREETING_BYTES = 18;
const EXPORT_BYTES = 10;
const REQUEST_MAGIC = 0x25609513;
const READ = 0;

/** A client of an NBD server that asks and never takes an answer. */
export class GreedyNbdPeer {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Connect and choose an export, in the oldest words of the protocol. */
  static async open(path: string, exportName: string): Promise<GreedyNbdPeer> {
    const socket = connect({ path });
    socket.on('error', () => {}); // that it is dropped is no failure
    await once(socket, 'connect');
    await take(socket, GREETING_BYTES);
    const name = Buffer.from(exportName);
    const words = Buffer.alloc(CLIENT_FLAGS_AND_OPTION);
    words.writeUInt32BE(3, 0); // fixed newstyle, no zeroes
    words.write('IHAVEOPT', 4);
    words.writeUInt32BE(EXPORT_NAME, 12);
    words.writeUInt32BE(name.length, 16);
    socket.write(Buffer.concat([words, name]));
    await take(socket, EXPORT_BYTES);
    socket.pause();
    return new GreedyNbdPeer(socket);
  }

  /** Ask for reads from the start on. */
  readMany(count: number, bytes: number, sizeBytes: number): void {
    const requests = Buffer.alloc(28 * count);
    for (let i = 0; i < count; i++) {
      const at = 28 * i;
      requests.writeUInt32BE(REQUEST_MAGIC, at);
      requests.writeUInt16BE(READ, at + 6);
      requests.writeUInt32BE(i, at + 12);
      requests.writeBigUInt64BE(BigInt((i * bytes) % sizeBytes), at + 16);
      requests.writeUInt32BE(bytes, at + 24);
    }
    this.#socket.write(requests);
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

async function take(socket: Socket, bytes: number): Promise<void> {
  while (socket.read(bytes) === null) await once(socket, 'readable');
}

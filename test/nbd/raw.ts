import { createConnection, type Server, type Socket } from 'node:net';
import { Command, REQUEST_MAGIC } from '../../electron/nbd/constants.ts';

/** One end of a socket that says whatever a test wants. */
export class RawPeer {
  readonly socket: Socket;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #watchers: (() => void)[] = [];

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {}); // a reset is one way of being dropped
    socket.on('data', (data) => {
      this.#received = Buffer.concat([this.#received, data]);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        resolve();
        this.#wake();
      });
    });
  }

  static async connect(path: string): Promise<RawPeer> {
    const socket = createConnection({ path });
    const peer = new RawPeer(socket);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return peer;
  }

  write(...parts: (Buffer | string)[]): void {
    this.socket.write(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
  }

  /** The next `length` bytes; throws when the other side closes before. */
  async read(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.#isClosed) throw new Error(`closed after ${this.#received.length} of ${length} bytes`);
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
    const bytes = this.#received.subarray(0, length);
    this.#received = this.#received.subarray(length);
    return bytes;
  }

  /** What was received and not read. */
  get unread(): Buffer {
    return this.#received;
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}

export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, 4 * i);
  });
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** An option of a client. */
export function option(number: number, data: Buffer | string = ''): Buffer {
  const bytes = Buffer.from(data as string);
  return Buffer.concat([Buffer.from('IHAVEOPT'), u32(number, bytes.length), bytes]);
}

/** A request of a client. */
export function command(
  type: number,
  cookie: number,
  offset: number | bigint,
  length: number,
  flags = 0,
): Buffer {
  return Buffer.concat([
    u32(REQUEST_MAGIC),
    u16(flags),
    u16(type),
    u32(0, cookie),
    u64(BigInt(offset)),
    u32(length),
  ]);
}

export const DISCONNECT = command(Command.disconnect, 0, 0, 0);

/** The client's flags for fixed newstyle without zeroes. */
export const CLIENT_FLAGS = u32(3);

/** The reply to an option: its type and data. */
export async function optionReply(peer: RawPeer): Promise<{ type: number; data: Buffer }> {
  const head = await peer.read(20);
  return { type: head.readUInt32BE(12), data: await peer.read(head.readUInt32BE(16)) };
}

/** A client in the transmission phase, by EXPORT_NAME, with simple replies. */
export async function attached(path: string, name: string): Promise<RawPeer> {
  const peer = await RawPeer.connect(path);
  await peer.read(18);
  peer.write(CLIENT_FLAGS, option(1, name));
  await peer.read(10);
  return peer;
}

/** The next simple reply without data. */
export async function simpleReply(peer: RawPeer): Promise<{ errno: number; cookie: number }> {
  const reply = await peer.read(16);
  return { errno: reply.readUInt32BE(4), cookie: reply.readUInt32BE(12) };
}

/** Close a server of node:net with everything on it. */
export function closeServer(server: Server, peers: Iterable<RawPeer>): Promise<void> {
  for (const peer of peers) peer.socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** What stands behind a wrong address: not a peer, but something. Gone with the test. */

/** A port nobody listens on. */
export async function closedPort(): Promise<string> {
  const server = createServer();
  const address = await listening(server);
  server.close();
  await once(server, 'close');
  return address;
}

/** Something that takes connections. `answer`: says this to whoever connects, else nothing. */
export class Stranger {
  readonly address: string;
  readonly #server: Server;
  readonly #sockets: readonly Socket[];

  private constructor(address: string, server: Server, sockets: readonly Socket[]) {
    this.address = address;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async start(t: TestContext, answer?: string): Promise<Stranger> {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      socket.on('error', () => {}); // it went away
      socket.resume();
      if (answer !== undefined) socket.write(answer);
      sockets.push(socket);
    });
    const stranger = new Stranger(await listening(server), server, sockets);
    t.after(() => stranger.#close());
    return stranger;
  }

  /** Connections there are now. */
  get open(): number {
    return this.#sockets.filter(({ closed }) => !closed).length;
  }

  #close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return `127.0.0.1:${address.port}`;
}

import { createConnection, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import type { Address } from '../../../electron/stream/address.ts';
import { type MessageFault, Pipe } from './pipe.ts';

/** `up` is from who connects to where the link leads. */
export type Way = 'up' | 'down';
export const BOTH: readonly Way[] = ['up', 'down'];

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  readonly pipes: Readonly<Record<Way, Pipe>>;
  /** The client's side was cut; what it sent is on its way still. */
  stuck: boolean;
  readonly over: Promise<void>;
}

/**
 * The network between a client and an address: a TCP proxy that does what networks do on their bad days. A fault
 * strikes the connections there are; new ones pass well, unless the link is told to be down for them too.
 */
export class BadLink {
  readonly address: Address & { readonly kind: 'tcp' };
  readonly #to: NetConnectOpts;
  /** There is no RST on UNIX sockets. */
  readonly #canReset: boolean;
  readonly #server: Server;
  readonly #random: () => number;
  readonly #connections = new Set<Connection>();
  /** What new connections are to be like. */
  #isDown = false;
  #delayMs = 0;
  #rateBytes = 0;
  /** Bytes that came in, both ways. */
  traffic = 0;
  /** Bytes let go late, by `deliver`. */
  lateBytes = 0;
  #late: Promise<unknown> = Promise.resolve();

  private constructor(server: Server, port: number, to: Address, random: () => number) {
    this.#server = server;
    this.#random = random;
    this.address = { kind: 'tcp', host: '127.0.0.1', port };
    this.#canReset = to.kind === 'tcp';
    this.#to = to.kind === 'unix' ? { path: to.path } : { host: to.host, port: to.port };
    server.on('connection', (client) => this.#accept(client));
  }

  /** @param random 0 … 1, for what is left to chance */
  static async start(to: Address, random: () => number = Math.random): Promise<BadLink> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new BadLink(server, (server.address() as { port: number }).port, to, random);
  }

  /** Cut all connections: with FIN, or with RST. */
  cut(how: 'end' | 'reset'): void {
    for (const { client, server } of this.#connections) {
      if (how === 'reset') {
        client.resetAndDestroy();
        if (this.#canReset) server.resetAndDestroy();
      }
      client.destroy();
      server.destroy();
    }
  }

  /** Nothing passes that way, and nobody is told. @param forAll new connections share the fate */
  blackHole(ways: readonly Way[], forAll: boolean): void {
    this.#isDown = forAll;
    for (const { pipes } of this.#connections) for (const way of ways) pipes[way].hold();
  }

  /** What was kept back passes, late. */
  heal(): void {
    this.#isDown = false;
    this.slow(0, 0);
    for (const connection of this.#connections) {
      if (connection.stuck) continue;
      for (const way of BOTH) connection.pipes[way].release();
    }
  }

  /** @param delayMs each way @param rateBytes per second each way; 0 for any number */
  slow(delayMs: number, rateBytes: number): void {
    this.#delayMs = delayMs;
    this.#rateBytes = rateBytes;
    for (const { pipes } of this.#connections) {
      for (const way of BOTH) Object.assign(pipes[way], { delayMs, rateBytes });
    }
  }

  /** Do this to the next message of each connection. */
  mangle(way: Way, fault: MessageFault): void {
    for (const { pipes } of this.#connections) pipes[way].mangle(fault);
  }

  /** What the client sends gets stuck from now on; resolves when something is. */
  stick(): Promise<void> {
    return new Promise((resolve) => {
      for (const connection of this.#connections) {
        connection.stuck = true;
        connection.pipes.up.onHeld = resolve;
        connection.pipes.up.hold();
      }
    });
  }

  /** Where something is stuck, the client is cut off; the other side lives on and knows nothing of it. */
  cutStuckClients(): void {
    for (const { client, stuck } of this.#connections) if (stuck) client.resetAndDestroy();
  }

  /** What is stuck arrives. @returns bytes that do */
  deliver(): number {
    let bytes = 0;
    for (const connection of this.#connections) {
      if (!connection.stuck) continue;
      connection.stuck = false;
      this.#late = Promise.all([this.#late, connection.over]);
      bytes += connection.pipes.up.release();
    }
    this.lateBytes += bytes;
    return bytes;
  }

  /** Until the other side has taken all that was delivered late, and has hung up. */
  async lateTaken(): Promise<void> {
    await this.#late;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { client, server, pipes } of this.#connections) {
      pipes.up.stop();
      pipes.down.stop();
      client.destroy();
      server.destroy();
    }
    await closed;
  }

  #accept(client: Socket): void {
    const server = createConnection({ ...this.#to, allowHalfOpen: true });
    const pipes = {
      up: new Pipe(client, server, this.#random),
      down: new Pipe(server, client, this.#random),
    };
    const over = new Promise<void>((resolve) => server.once('close', () => resolve()));
    const connection: Connection = { client, server, pipes, stuck: false, over };
    this.#connections.add(connection);
    for (const way of BOTH) {
      Object.assign(pipes[way], { delayMs: this.#delayMs, rateBytes: this.#rateBytes });
      if (this.#isDown) pipes[way].hold();
    }
    for (const socket of [client, server]) {
      socket.setNoDelay(true).on('error', () => {});
      socket.on('data', ({ length }) => {
        this.traffic += length;
      });
    }
    client.on('close', () => {
      // Without an orderly end nothing tells the other side but the network, and that may be stuck.
      if (connection.stuck) pipes.up.end();
      else server.destroy();
    });
    server.on('close', () => {
      pipes.up.stop();
      pipes.down.stop();
      client.destroy();
      this.#connections.delete(connection);
    });
  }
}

import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import type { Address } from '../../electron/stream/address.ts';

/**
 * A network between a client and an exporter in which what the client sends can get stuck: the client's
 * connection then ends, and what it had sent arrives at the exporter much later, over a connection that lives
 * on there. That is what a router with a full queue, a tunnel or a switch with a flapping port does.
 */
export class StuckLink {
  readonly address: Address;
  readonly #server: Server;
  readonly #pairs: { client: Socket; exporter: Socket; stuck: Buffer[] }[] = [];
  #isStuck = false;
  #waiting: (() => void) | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.address = { kind: 'tcp', host: '127.0.0.1', port };
  }

  static async start(t: TestContext, to: Address): Promise<StuckLink> {
    if (to.kind !== 'tcp') throw new Error('a TCP address is needed');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const link = new StuckLink(server, (server.address() as { port: number }).port);
    server.on('connection', (client) => link.#accept(client, createConnection(to.port, to.host)));
    t.after(() => link.#close());
    return link;
  }

  /** From now on nothing of the client reaches the exporter; resolves when something was held back. */
  stick(): Promise<void> {
    this.#isStuck = true;
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The client's side is cut; the exporter's lives on and knows nothing of it. */
  cutClient(): void {
    for (const { client } of this.#pairs) client.destroy();
  }

  /** What was held back arrives. @returns bytes that did */
  deliver(): number {
    let bytes = 0;
    for (const { exporter, stuck } of this.#pairs) {
      for (const chunk of stuck.splice(0)) {
        bytes += chunk.length;
        if (!exporter.destroyed) exporter.write(chunk);
      }
    }
    return bytes;
  }

  #accept(client: Socket, exporter: Socket): void {
    const pair = { client, exporter, stuck: [] as Buffer[] };
    this.#pairs.push(pair);
    for (const socket of [client, exporter]) socket.setNoDelay(true).on('error', () => {});
    client.on('data', (chunk) => {
      if (!this.#isStuck) exporter.write(chunk);
      else {
        pair.stuck.push(chunk);
        this.#waiting?.();
      }
    });
    exporter.on('data', (chunk) => {
      if (!client.destroyed) client.write(chunk);
    });
    client.on('close', () => {
      if (!this.#isStuck) exporter.destroy();
    });
    exporter.on('close', () => client.destroy());
  }

  #close(): void {
    this.#server.close();
    for (const { client, exporter } of this.#pairs) {
      client.destroy();
      exporter.destroy();
    }
  }
}

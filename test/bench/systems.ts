import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, freePort } from './children.ts';
import { Engine } from './engine.ts';
import { Fio } from './fio.ts';
import type { LoadResult } from './measure.ts';
import type { Comparison, Workload } from './workload.ts';

const CLI = fileURLToPath(new URL('../../dist/electron/cli.js', import.meta.url));
const HOST = '127.0.0.1';

/** Puts load on a system. */
export interface Generator {
  /** Write random data everywhere. */
  fill(): Promise<void>;
  run(workload: Workload, seconds: number): Promise<LoadResult>;
}

/** Servers that run, and the generator that speaks to them. */
export interface System {
  readonly servers: readonly Child[];
  readonly generator: Generator;
}

export type Side = 'ours' | 'peer';

/**
 * Start one side of a comparison.
 * @param directory for sockets and reports
 * @param started is told each server at once, so that it can be stopped whatever happens next
 */
export async function startSystem(
  comparison: Comparison,
  side: Side,
  sizeBytes: number,
  directory: string,
  started: (server: Child) => void,
): Promise<System> {
  const servers: Child[] = [];
  const start = (command: string, ...args: readonly string[]): Child => {
    const server = new Child(command, args);
    servers.push(server);
    started(server);
    return server;
  };
  const serve = side === 'ours' ? ourServer : peerServer;
  const address = await serve(start, sizeBytes);
  if (comparison === 'engine') {
    const generator =
      side === 'ours' ? new Engine(address) : new Fio(`nbd://${address}`, sizeBytes, directory);
    return { servers, generator };
  }
  const gateway = side === 'ours' ? ourGateway : peerGateway;
  const uri = await gateway(start, address, join(directory, `${side}.sock`));
  return { servers, generator: new Fio(uri, sizeBytes, directory) };
}

type Start = (command: string, ...args: readonly string[]) => Child;

async function ourServer(start: Start, sizeBytes: number): Promise<string> {
  const memory = `memory:${sizeBytes / 2 ** 20}M`;
  const server = start(process.execPath, CLI, 'export', memory, '--listen', `${HOST}:0`, '--json');
  const { addresses } = JSON.parse(await server.firstLine()) as { addresses: readonly [string] };
  return addresses[0];
}

async function ourGateway(start: Start, address: string, socket: string): Promise<string> {
  const server = start(process.execPath, CLI, 'attach', address, '--nbd', `unix:${socket}`, '--json');
  const { nbd } = JSON.parse(await server.firstLine()) as { nbd: string };
  return nbd;
}

async function peerServer(start: Start, sizeBytes: number): Promise<string> {
  const port = await freePort();
  const server = start('nbdkit', '-f', '-p', String(port), '-i', HOST, 'memory', String(sizeBytes));
  await server.listening({ host: HOST, port });
  return `${HOST}:${port}`;
}

async function peerGateway(start: Start, address: string, socket: string): Promise<string> {
  const [host, port] = address.split(':');
  const server = start('nbdkit', '-f', '-U', socket, 'nbd', `hostname=${host}`, `port=${port}`);
  await server.listening({ path: socket });
  return `nbd+unix:///?socket=${socket}`;
}

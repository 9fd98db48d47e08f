import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Child, freePort } from './children.ts';
import { Engine } from './engine.ts';
import { Fio } from './fio.ts';
import { certificates, hostFingerprint } from './keys.ts';
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
  if (comparison === 'tls') {
    const serveTls = side === 'ours' ? ourTlsServer : peerTlsServer;
    return { servers, generator: await serveTls(start, sizeBytes, directory) };
  }
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
  const server = start(
    process.execPath,
    CLI,
    'export',
    memoryOf(sizeBytes),
    '--listen',
    `${HOST}:0`,
    '--json',
  );
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

async function ourTlsServer(start: Start, sizeBytes: number, directory: string): Promise<Generator> {
  const [server, client] = [state(directory, 'server'), state(directory, 'client')];
  const [serverKey, clientKey] = [await hostFingerprint(CLI, server), await hostFingerprint(CLI, client)];
  const tls = ['--tls', '--allow', clientKey, '--listen', `${HOST}:0`, '--json'];
  const exporter = start('env', server, process.execPath, CLI, 'export', memoryOf(sizeBytes), ...tls);
  const { addresses } = JSON.parse(await exporter.firstLine()) as { addresses: readonly [string] };
  return new Engine(`${addresses[0]}#${serverKey}`, [client]);
}

async function peerTlsServer(start: Start, sizeBytes: number, directory: string): Promise<Generator> {
  const port = await freePort();
  const tls = ['--tls=require', `--tls-certificates=${await certificates(join(directory, 'pki'))}`];
  const server = start('nbdkit', '-f', '-p', String(port), '-i', HOST, ...tls, 'memory', String(sizeBytes));
  await server.listening({ host: HOST, port });
  // What is sent is encrypted all the same; fio cannot be given certificates to look at.
  return new Fio(`nbds://${HOST}:${port}/?tls-verify-peer=false`, sizeBytes, directory);
}

/** A state directory of its own, and so a key. */
function state(directory: string, name: string): string {
  return `SPANDREL_STATE=${join(directory, name)}`;
}

function memoryOf(sizeBytes: number): string {
  return `memory:${sizeBytes / 2 ** 20}M`;
}

import { chmodSync, lstatSync, readlinkSync, unlinkSync } from 'node:fs';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { type Address, formatAddress } from './address.ts';
import type { ByteStream } from './byte-stream.ts';
import { SocketStream } from './socket-stream.ts';

export class ListenError extends Error {
  readonly code: 'in-use' | 'denied' | 'bad-address' | 'failed';
  constructor(code: ListenError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ListenError';
    this.code = code;
  }
}

/** A server for byte streams on one address. */
export interface Listener {
  /** The address listened on, with the real port where 0 was asked. */
  readonly address: Address;
  /** Take no more connections. Streams already accepted stay. A UNIX socket's file is removed. */
  close(): Promise<void>;
}

/**
 * Listen for streams. `accepted` must call `start` on its stream before it returns. A UNIX socket is made
 * for its owner alone (mode 0600); a stale socket file nobody listens on is replaced.
 * @throws ListenError whose message names the address and the fix
 */
export function listen(address: Address, accepted: (stream: ByteStream) => void): Promise<Listener> {
  return listenForSockets(address, (name, socket) => accepted(SocketStream.accept(name, socket)));
}

/** As `listen`, for who makes something else than plain streams of the sockets; `name` is for people. */
export async function listenForSockets(
  address: Address,
  accepted: (name: string, socket: Socket) => void,
): Promise<Listener> {
  const server = createServer((socket) => accepted(nameOf(socket, address), socket));
  return {
    address: await bindServer(server, address),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/**
 * Make a server of whatever protocol listen on an address, as `listen` does.
 * @returns the address, with the real port where 0 was asked
 * @throws ListenError
 */
export async function bindServer(server: Server, address: Address): Promise<Address> {
  if (address.kind === 'unix' && !isNamedPipe(address.path)) await removeStaleSocket(address.path);
  await bind(server, address);
  const bound = server.address() as AddressInfo | string | null;
  return address.kind === 'tcp' && bound !== null && typeof bound === 'object'
    ? { kind: 'tcp', host: bound.address, port: bound.port }
    : address;
}

/** What stands for a UNIX socket on Windows; it is no file and goes with its process. */
function isNamedPipe(path: string): boolean {
  return path.startsWith('\\\\.\\pipe\\');
}

let unixPeers = 0;

function nameOf(socket: Socket, address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}#${inodeOf(socket) ?? ++unixPeers}`;
  return formatAddress({ kind: 'tcp', host: socket.remoteAddress ?? '?', port: socket.remotePort ?? 0 });
}

/** The number the system has for a socket, by which its peer can be found; only Linux tells. */
function inodeOf(socket: Socket): number | undefined {
  const fd = (socket as unknown as { _handle?: { fd?: number } | null })._handle?.fd ?? -1;
  try {
    const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

function bind(server: Server, address: Address): Promise<void> {
  const name = formatAddress(address);
  return new Promise((resolve, reject) => {
    // Stays for the server's life: a failed accept (no descriptors left) must not end the process.
    server.on('error', (error: NodeJS.ErrnoException) => reject(explain(name, error)));
    if (address.kind === 'tcp') server.listen(address.port, address.host, resolve);
    else {
      const umask = process.umask(0o177);
      server.listen(address.path, () => {
        if (!isNamedPipe(address.path)) chmodSync(address.path, 0o600);
        resolve();
      });
      process.umask(umask);
    }
  });
}

function explain(name: string, error: NodeJS.ErrnoException): ListenError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new ListenError('in-use', `cannot listen on ${name}: already in use by another program`, error);
    case 'EACCES':
      return new ListenError(
        'denied',
        `cannot listen on ${name}: permission denied (ports below 1024 and foreign directories need rights)`,
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        'bad-address',
        `cannot listen on ${name}: not an address of this machine`,
        error,
      );
    default:
      return new ListenError('failed', `cannot listen on ${name}: ${error.message}`, error);
  }
}

/** Remove a socket file left by a killed process; refuse to touch a live one or another kind of file. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new ListenError('in-use', `cannot listen on unix:${path}: a file that is no socket stands there`);
  }
  const live = await new Promise<boolean>((resolve) => {
    const probe = createConnection({ path });
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false));
    probe.once('connect', () => probe.destroy());
  });
  if (live)
    throw new ListenError('in-use', `cannot listen on unix:${path}: already in use by another program`);
  // Another process may have replaced it meanwhile, as we were about to.
  const now = lstatSync(path, { throwIfNoEntry: false });
  if (now === undefined) return;
  if (now.ino !== found.ino || now.ctimeMs !== found.ctimeMs) await removeStaleSocket(path);
  else unlinkSync(path);
}

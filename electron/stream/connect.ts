import type { Socket } from 'node:net';
import { type Address, formatAddress } from './address.ts';
import type { ByteStream } from './byte-stream.ts';
import { SocketStream } from './socket-stream.ts';

/** Why a stream could not be opened, as a closed set for callers that tell people what to do. */
export type ConnectErrorCode = 'refused' | 'unknown-host' | 'unreachable' | 'timeout' | 'denied' | 'failed';

export class ConnectError extends Error {
  readonly code: ConnectErrorCode;
  constructor(code: ConnectErrorCode, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'ConnectError';
    this.code = code;
  }
}

const DEFAULT_TIMEOUT_MS = 10_000;

export interface ConnectOptions {
  /** How long to wait for the connection, 10 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Open a stream to an address. The promise's continuation runs after the connection, so the stream is paused
 * until its `start`.
 * @throws ConnectError whose message names the address and the likely cause
 */
export async function connect(address: Address, options: ConnectOptions = {}): Promise<ByteStream> {
  let socket: Socket | undefined;
  const stream = SocketStream.dial(formatAddress(address), (dialled) => {
    socket = dialled;
  });
  await connectSocket(socket as unknown as Socket, address, options);
  return stream;
}

/** Connect a new socket, which is paused then. @throws ConnectError as `connect` */
export function connectSocket(socket: Socket, address: Address, options: ConnectOptions = {}): Promise<void> {
  const name = formatAddress(address);
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    if (address.kind === 'unix') socket.connect({ path: address.path });
    else socket.connect({ host: address.host, port: address.port });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const abort = (): void => {
      socket.destroy(new Error('cancelled'));
    };
    options.signal?.addEventListener('abort', abort);
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      socket.removeListener('connect', onConnect);
      socket.removeListener('error', onError);
    };
    const onConnect = (): void => {
      settle();
      socket.pause();
      resolve();
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      settle();
      reject(options.signal?.aborted ? options.signal.reason : explain(name, error));
    };
    socket.once('connect', onConnect);
    socket.once('error', onError);
  });
}

function explain(name: string, error: NodeJS.ErrnoException): ConnectError {
  // Node tries all addresses of a name and reports them together; the last one speaks for all.
  const cause = error instanceof AggregateError ? (error.errors.at(-1) as NodeJS.ErrnoException) : error;
  switch (cause.code) {
    case 'ECONNREFUSED':
      return new ConnectError('refused', `${name}: connection refused (nothing listens there?)`, error);
    case 'ENOENT':
      return new ConnectError('refused', `${name}: no such socket (is the other program running?)`, error);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new ConnectError('unknown-host', `${name}: unknown host`, error);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return new ConnectError('unreachable', `${name}: no route to the host`, error);
    case 'ETIMEDOUT':
      return new ConnectError('timeout', `${name}: no answer (host down, or a firewall)`, error);
    case 'EACCES':
    case 'EPERM':
      return new ConnectError('denied', `${name}: permission denied`, error);
    default:
      return new ConnectError('failed', `${name}: ${cause.message}`, error);
  }
}

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

/**
 * Open a stream to an address. The promise's continuation runs after the connection, so the stream is paused
 * until its `start`.
 * @param options.timeoutMs how long to wait for the connection, 10 s by default
 * @throws ConnectError whose message names the address and the likely cause
 */
export function connect(
  address: Address,
  options: { timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<ByteStream> {
  const name = formatAddress(address);
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    let socket: Socket | undefined;
    const stream = SocketStream.dial(name, (dialled) => {
      socket = dialled;
      if (address.kind === 'unix') dialled.connect({ path: address.path });
      else dialled.connect({ host: address.host, port: address.port });
    });
    const dialled = socket as unknown as Socket;
    const timer = setTimeout(() => {
      dialled.destroy(Object.assign(new Error('timed out'), { code: 'ETIMEDOUT' }));
    }, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const abort = (): void => {
      dialled.destroy(new Error('cancelled'));
    };
    options.signal?.addEventListener('abort', abort);
    const settle = (): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      dialled.removeListener('connect', onConnect);
      dialled.removeListener('error', onError);
    };
    const onConnect = (): void => {
      settle();
      dialled.pause();
      resolve(stream);
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      settle();
      reject(options.signal?.aborted ? options.signal.reason : explain(name, error));
    };
    dialled.once('connect', onConnect);
    dialled.once('error', onError);
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

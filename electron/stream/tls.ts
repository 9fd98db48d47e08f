import { Socket } from 'node:net';
import { type Address, formatAddress } from './address.ts';
import { type ConnectOptions, connectSocket } from './connect.ts';
import { type Listener, listenForSockets } from './listen.ts';
import { TlsError } from './tls-error.ts';
import { handshake, type TlsOptions } from './tls-handshake.ts';
import type { TlsStream } from './tls-stream.ts';

/** Handshakes a listener has under way at most; one more, and the one that takes longest is dropped. */
const MAX_HANDSHAKES = 64;

/**
 * Open a stream with TLS. Who answers is told by its `identity`, which the caller must look at. The stream is
 * paused until its `start`, which must follow in the promise's continuation.
 * @throws ConnectError, TlsError
 */
export async function connectTls(
  address: Address,
  tls: TlsOptions,
  options: ConnectOptions = {},
): Promise<TlsStream> {
  const socket = new Socket();
  await connectSocket(socket, address, options);
  return secureSocket(socket, formatAddress(address), tls, options.signal);
}

/** The second half of `connectTls`, on a socket just connected. @throws TlsError */
export function secureSocket(
  socket: Socket,
  name: string,
  tls: TlsOptions,
  signal?: AbortSignal,
): Promise<TlsStream> {
  return new Promise((resolve, reject) => {
    const shaking = handshake(socket, name, 'dialer', tls, (error, stream) => {
      signal?.removeEventListener('abort', abort);
      if (stream === undefined) reject(signal?.aborted === true ? signal.reason : error);
      else resolve(stream);
    });
    const abort = (): void => shaking.destroy(new TlsError('closed', 'cancelled'));
    signal?.addEventListener('abort', abort);
  });
}

/**
 * Listen for streams with TLS, and for nothing else.
 * @param accepted must look at the stream's `identity`, and start or destroy it before it returns
 * @param refused hears of those that did not come through the handshake; `name` is for people
 * @throws ListenError
 */
export async function listenTls(
  address: Address,
  tls: TlsOptions,
  accepted: (stream: TlsStream) => void,
  refused: (name: string, error: TlsError) => void,
): Promise<Listener> {
  const shaking = new Set<{ destroy(error: TlsError): void }>();
  const listener = await listenForSockets(address, (name, socket) => {
    const [oldest] = shaking;
    if (shaking.size >= MAX_HANDSHAKES && oldest !== undefined) {
      oldest.destroy(new TlsError('crowded', `more than ${MAX_HANDSHAKES} handshakes are under way`));
    }
    const mine = handshake(socket, name, 'listener', tls, (error, stream) => {
      shaking.delete(mine);
      if (stream === undefined) refused(name, error as TlsError);
      else accepted(stream);
    });
    shaking.add(mine);
  });
  return {
    address: listener.address,
    close: () => {
      const closing = listener.close();
      for (const one of shaking) one.destroy(new TlsError('closed', 'no more links are taken'));
      return closing;
    },
  };
}

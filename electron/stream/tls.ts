import { Socket } from 'node:net';
import { type Address, formatAddress } from './address.ts';
import { type ConnectOptions, connectSocket } from './connect.ts';
import { type CrowdedError, Door, type DoorLimits, type Guest } from './door.ts';
import { type Listener, listenForSockets } from './listen.ts';
import { TlsError } from './tls-error.ts';
import { handshake, type TlsOptions } from './tls-handshake.ts';
import type { TlsStream } from './tls-stream.ts';

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
 * @param limits of those who may be there
 * @param accepted must look at the stream's `identity`, and start or destroy it before it returns; it tells the
 *   guest how its connection is ended from now on, when it is introduced, and when it has left
 * @param refused hears of those there was no room for, and of those that did not come through the handshake;
 *   `name` is for people
 * @throws ListenError
 */
export async function listenTls(
  address: Address,
  tls: TlsOptions,
  limits: DoorLimits,
  accepted: (stream: TlsStream, guest: Guest) => void,
  refused: (name: string, error: TlsError) => void,
): Promise<Listener> {
  const shaking = new Set<{ destroy(error: TlsError): void }>();
  const door = new Door(limits);
  const listener = await listenForSockets(address, (name, socket) => {
    let guest: Guest;
    try {
      guest = door.enter(name, (error) => mine.destroy(crowded(error)));
    } catch (error) {
      socket.destroy();
      refused(name, crowded(error as CrowdedError));
      return;
    }
    const mine = handshake(socket, name, 'listener', tls, (error, stream) => {
      shaking.delete(mine);
      if (stream !== undefined) {
        accepted(stream, guest);
        return;
      }
      guest.leave();
      refused(name, error as TlsError);
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

function crowded(error: CrowdedError): TlsError {
  return new TlsError('crowded', error.message, error);
}

import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, connect as startTls, TLSSocket } from 'node:tls';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { asTlsError, TlsError } from './tls-error.ts';
import { TlsStream } from './tls-stream.ts';

/** The name both sides give what they speak inside of TLS, so that no other protocol can be tricked into it. */
export const ALPN = 'dmsg/1';

/** TLS 1.3 alone, and of it what is fast and good; the first cipher both have is used. */
const POLICY = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384',
  sigalgs: 'ECDSA+SHA256:ed25519',
  ecdhCurve: 'X25519:P-256',
} as const;

const DEFAULT_HANDSHAKE_MS = 10_000;

/** Who we are, and how long others may take to tell who they are. */
export interface TlsOptions {
  readonly context: SecureContext;
  /** Time for the handshake, 10 s by default. */
  readonly handshakeMs?: number | undefined;
}

/** @param key private key, PEM @param cert certificate of it, PEM */
export function tlsContext(key: string, cert: string): SecureContext {
  return createSecureContext({ ...POLICY, key, cert });
}

/**
 * Put TLS on a socket just connected or accepted. Certificates are but the wrapping of keys: none is verified
 * here, the caller decides by the stream's `identity`, of which the peer has proved to hold the private key.
 * Nothing the peer sent before that is handed on.
 *
 * `done` is called once, within the event that ends the handshake; a stream it gets must be started before it
 * returns, or be ended. After an error the socket is destroyed.
 */
export function handshake(
  socket: Socket,
  name: string,
  side: 'dialer' | 'listener',
  options: TlsOptions,
  done: (error: TlsError | undefined, stream: TlsStream | undefined) => void,
): { destroy(error: TlsError): void } {
  const { context, handshakeMs = DEFAULT_HANDSHAKE_MS } = options;
  const common = { secureContext: context, rejectUnauthorized: false, ALPNProtocols: [ALPN] };
  const tls =
    side === 'listener'
      ? new TLSSocket(socket, { ...common, isServer: true, requestCert: true })
      : startTls({ ...common, socket });
  let settled = false;
  const settle = (error: TlsError | undefined, identity?: Fingerprint): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (error === undefined) done(undefined, new TlsStream(name, identity as Fingerprint, tls));
    else {
      tls.destroy();
      socket.destroy();
      done(error, undefined);
    }
  };
  const timer = setTimeout(
    () => settle(new TlsError('timeout', `the TLS handshake was not finished in ${handshakeMs} ms`)),
    handshakeMs,
  );
  const established = (): void => {
    try {
      settle(undefined, identityOf(tls));
    } catch (error) {
      settle(asTlsError(error as Error));
    }
  };
  tls.once('error', (error: NodeJS.ErrnoException) => settle(asTlsError(error)));
  // What goes wrong after the handshake, such as bytes changed on the way, Node tells of an accepted socket in
  // this event alone, which it has for its own servers.
  tls.once('_tlsError', (error: Error) => tls.destroy(error));
  // Whatever comes of it later has been told: an 'error' nobody hears would end the process.
  tls.on('error', () => {});
  socket.on('error', () => {});
  tls.once('close', () =>
    settle(new TlsError('closed', 'the peer closed the connection in the TLS handshake')),
  );
  tls.once(side === 'listener' ? 'secure' : 'secureConnect', established);
  return { destroy: (error) => settle(error) };
}

/** @throws TlsError where what was agreed is not what we asked for */
function identityOf(tls: TLSSocket): Fingerprint {
  if (tls.getProtocol() !== 'TLSv1.3') throw new TlsError('version', 'the peer does not speak TLS 1.3');
  if (tls.alpnProtocol !== ALPN) {
    throw new TlsError('protocol', 'the peer wants another protocol than DMSG (ALPN)');
  }
  // Each link proves both keys anew.
  if (tls.isSessionReused()) throw new TlsError('certificate', 'the peer takes up an old session');
  const certificate = tls.getPeerX509Certificate();
  if (certificate === undefined) throw new TlsError('certificate', 'the peer shows no key of its own');
  return fingerprintOf(certificate.publicKey);
}

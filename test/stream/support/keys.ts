import { generateKeyPairSync } from 'node:crypto';
import { selfSigned } from '../../../electron/host/trust/certificate.ts';
import { type Fingerprint, fingerprintOf } from '../../../electron/stream/fingerprint.ts';
import { type TlsOptions, tlsContext } from '../../../electron/stream/tls-handshake.ts';

/** A host with a key of its own. */
export interface TestKey extends TlsOptions {
  readonly fingerprint: Fingerprint;
  readonly key: string;
  readonly cert: string;
}

export function makeKey(handshakeMs?: number): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const cert = selfSigned(privateKey);
  return { fingerprint: fingerprintOf(publicKey), key, cert, context: tlsContext(key, cert), handshakeMs };
}

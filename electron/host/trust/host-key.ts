import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  X509Certificate,
} from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Fingerprint, fingerprintOf } from '../../stream/fingerprint.ts';
import { replaceFile } from '../atomic-file.ts';
import { fileError, isMissing } from '../file-error.ts';
import { locked } from '../file-lock.ts';
import { HostError } from '../host-error.ts';
import { selfSigned } from './certificate.ts';

/** The key by which peers know this host. */
export interface HostKey {
  readonly fingerprint: Fingerprint;
  /** PEM. */
  readonly key: string;
  readonly certificate: string;
  readonly path: string;
  /** It was made now. */
  readonly created: boolean;
}

const OTHERS = 0o077;

/**
 * The host's key, made on first need: `keys/host.key` and beside it `keys/host.crt` in the state directory. The
 * key is what counts: a certificate that is missing or of another key is made anew from it.
 *
 * ECDSA on P-256: with OpenSSL a handshake's signature and check cost 26 and 88 µs, with Ed25519 69 and 178.
 * @throws HostError 'local' where a file cannot be used, or the key could be read by others
 */
export function hostKey(directory: string): HostKey {
  const path = join(directory, 'keys', 'host.key');
  let created = false;
  try {
    statSync(path);
  } catch (error) {
    if (!isMissing(error)) throw fileError(path, 'read', error);
    created = make(path, false);
  }
  return load(path, created);
}

/** Make a new key in the place of the one there is, if any: peers that know the old one will refuse us. */
export function renewHostKey(directory: string): HostKey {
  const path = join(directory, 'keys', 'host.key');
  return load(path, make(path, true));
}

/** @returns whether it was us, not another process in the same moment */
function make(path: string, replace: boolean): boolean {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return locked(path, () => {
    if (!replace && existsSync(path)) return false;
    attempt(path, () => replaceFile(path, text, true), 'written');
    return true;
  });
}

function load(path: string, created: boolean): HostKey {
  const mode = attempt(path, () => statSync(path).mode);
  if (process.platform !== 'win32' && (mode & OTHERS) !== 0) {
    throw new HostError(
      'local',
      `${path} can be used by others of this machine (mode 0${(mode & 0o777).toString(8)}), so it proves nothing: ` +
        `chmod 600 ${path}, or make a new one with: spandrel keygen --force`,
    );
  }
  const text = attempt(path, () => readFileSync(path, 'utf8'));
  let key: KeyObject;
  try {
    key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
      throw new Error('it is not of the curve P-256');
  } catch (error) {
    throw new HostError(
      'local',
      `${path} is no key of ours: put back the right file, or make a new one with: spandrel keygen --force`,
      error,
    );
  }
  const fingerprint = fingerprintOf(createPublicKey(key));
  const certificate = certificateOf(join(dirname(path), 'host.crt'), key, fingerprint);
  return { fingerprint, key: text, certificate, path, created };
}

function certificateOf(path: string, key: KeyObject, fingerprint: Fingerprint): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (fingerprintOf(new X509Certificate(text).publicKey) === fingerprint) return text;
  } catch {
    // Missing or damaged: it is made from the key.
  }
  const made = selfSigned(key);
  locked(path, () => attempt(path, () => replaceFile(path, made, true), 'written'));
  return made;
}

function attempt<T>(path: string, work: () => T, done = 'read'): T {
  try {
    return work();
  } catch (error) {
    throw fileError(path, done, error);
  }
}

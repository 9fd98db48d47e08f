import { createHash, type KeyObject } from 'node:crypto';

/**
 * What tells a key from all others, written as OpenSSH does: `SHA256:` and 43 characters of base64, the hash
 * being that of the key's SubjectPublicKeyInfo. It stays the same when a certificate is made anew.
 */
export type Fingerprint = string;

const FORM = /^SHA256:[A-Za-z0-9+/]{43}$/;

export function fingerprintOf(publicKey: KeyObject): Fingerprint {
  const hash = createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' }));
  return `SHA256:${hash.digest('base64').replace(/=+$/, '')}`;
}

/** @throws Error that shows how one looks */
export function parseFingerprint(text: string): Fingerprint {
  if (FORM.test(text)) return text;
  throw new Error(
    `"${text}" is no fingerprint: it is SHA256: and 43 characters, as "spandrel keygen" prints it`,
  );
}

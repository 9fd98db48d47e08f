import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './children.ts';

/** The fingerprint of a host's key, made with that. @param state `SPANDREL_STATE=DIRECTORY` */
export async function hostFingerprint(cli: string, state: string): Promise<string> {
  return (await new Child('env', [state, process.execPath, cli, 'keygen']).output()).trim();
}

/**
 * A server's key and certificates as nbdkit wants them, of the same kind as ours: ECDSA on P-256.
 * @returns the directory
 */
export async function certificates(directory: string): Promise<string> {
  mkdirSync(directory, { recursive: true });
  const at = (name: string): string => join(directory, name);
  const openssl = (...args: readonly string[]): Promise<string> => new Child('openssl', args).output();
  for (const name of ['ca', 'server']) {
    await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', at(`${name}-key.pem`));
  }
  const ca = ['-key', at('ca-key.pem'), '-out', at('ca-cert.pem'), '-subj', '/CN=bench', '-days', '2'];
  await openssl('req', '-x509', '-new', ...ca);
  await openssl(
    'req',
    '-new',
    '-key',
    at('server-key.pem'),
    '-out',
    at('server.csr'),
    '-subj',
    '/CN=localhost',
  );
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const signed = ['-CA', at('ca-cert.pem'), '-CAkey', at('ca-key.pem'), '-CAcreateserial', '-days', '2'];
  const out = ['-extfile', at('names'), '-out', at('server-cert.pem')];
  await openssl('x509', '-req', '-in', at('server.csr'), ...signed, ...out);
  return directory;
}

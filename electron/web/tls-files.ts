import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { HostError } from '../host/host-error.ts';

/** A certificate (with its chain) and its key, as PEM. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** @throws HostError `local` that names the file and what is wrong with it */
export function readTlsFiles(certFile: string, keyFile: string): TlsFiles {
  const files = { cert: read('certificate', certFile), key: read('key', keyFile) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw new HostError(
      'local',
      `the certificate ${certFile} and the key ${keyFile} cannot be used: ${(error as Error).message} ` +
        '(both must be PEM, and belong together)',
      error,
    );
  }
  return files;
}

function read(what: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new HostError('local', `the ${what} cannot be read: ${(error as Error).message}`, error);
  }
}

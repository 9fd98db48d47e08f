import { createRequire } from 'node:module';

/** The native CRC-32C itself, whatever the length; undefined where the optional aws-crt is not installed. */
export const nativeCrc32c = load();

function load(): ((bytes: Uint8Array, previous?: number) => number) | undefined {
  try {
    const module: unknown = createRequire(import.meta.url)('aws-crt/dist/native/checksums');
    const { crc32c } = module as { crc32c: (bytes: Uint8Array, previous?: number) => number };
    return (bytes, previous) => crc32c(bytes, previous) >>> 0;
  } catch {
    return undefined;
  }
}

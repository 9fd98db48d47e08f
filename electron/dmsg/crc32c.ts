import { createRequire } from 'node:module';

/**
 * CRC-32C (Castagnoli, as in iSCSI): reflected, initial value and final XOR all ones. Headers are short and
 * go through tables in JavaScript, which beats the 100 ns of a native call below some 220 bytes; payloads
 * go through aws-crt's native code (22 GB/s), or the tables (2 GB/s) where that is not installed.
 */

const POLYNOMIAL = 0x82f63b78;
const NATIVE_FROM_BYTES = 256;

/** Table k holds the CRC of a byte followed by k zero bytes, so that eight bytes fold in one step. */
const T = Array.from({ length: 8 }, () => new Int32Array(256));
type Tables = [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];
const [t0, t1, t2, t3, t4, t5, t6, t7] = T as Tables;
for (let n = 0; n < 256; n++) {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1;
  t0[n] = c;
}
for (let k = 1; k < 8; k++) {
  const before = T[k - 1];
  const table = T[k];
  for (let n = 0; n < 256; n++) {
    const c = before[n];
    table[n] = (c >>> 8) ^ t0[c & 0xff];
  }
}

/** Fold bytes [start, end) into a running, un-finalised CRC (begin with -1, finish with ~). */
export function foldCrc32c(crc: number, bytes: Uint8Array, start: number, end: number): number {
  let c = crc | 0;
  let i = start;
  for (const last = end - 8; i <= last; i += 8) {
    c ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    c =
      t7[c & 0xff] ^
      t6[(c >>> 8) & 0xff] ^
      t5[(c >>> 16) & 0xff] ^
      t4[c >>> 24] ^
      t3[bytes[i + 4]] ^
      t2[bytes[i + 5]] ^
      t1[bytes[i + 6]] ^
      t0[bytes[i + 7]];
  }
  for (; i < end; i++) c = (c >>> 8) ^ t0[(c ^ bytes[i]) & 0xff];
  return c;
}

type NativeCrc32c = (bytes: Uint8Array, previous?: number) => number;

function loadNative(): NativeCrc32c | undefined {
  try {
    const module: unknown = createRequire(import.meta.url)('aws-crt/dist/native/checksums');
    const native = (module as { crc32c: NativeCrc32c }).crc32c;
    // The check value of the CRC catalogues; a library that fails it is not used.
    return native(Buffer.from('123456789')) >>> 0 === 0xe3069283 ? native : undefined;
  } catch {
    return undefined;
  }
}

const native = loadNative();

/** Which code computes the CRC of payloads. */
export const crc32cBackend: 'native' | 'javascript' = native === undefined ? 'javascript' : 'native';

/** CRC-32C of bytes, 0 … 2^32-1; `previous` is the CRC of what stands before them. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  if (native !== undefined && bytes.length >= NATIVE_FROM_BYTES) return native(bytes, previous) >>> 0;
  return crc32cJavaScript(bytes, previous);
}

/** The same without native code. */
export function crc32cJavaScript(bytes: Uint8Array, previous = 0): number {
  return ~foldCrc32c(~previous, bytes, 0, bytes.length) >>> 0;
}

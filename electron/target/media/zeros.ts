/**
 * One MiB of zeros, to compare with and to write from. Nobody may write into it. It comes from calloc and is
 * only ever read, so the system backs it with its one shared page of zeros.
 */
export const ZEROS: Buffer = Buffer.alloc(1 << 20);

/** A piece that stays in the first- and second-level cache while it is compared. */
const STEP_BYTES = 64 << 10;
/** Data that is not zero nearly always shows it in its first bytes. */
const PEEK_BYTES = 16;

/**
 * Where the data in the first `length` bytes of `buffer` ends, as far as `BlockRequest.filled` and the wire
 * care: 0 if all of them are zero, else `length`.
 */
export function dataEnd(buffer: Uint8Array, length: number): number {
  const peek = Math.min(PEEK_BYTES, length);
  for (let at = 0; at < peek; at++) if (buffer[at] !== 0) return length;
  for (let at = peek; at < length; at += STEP_BYTES) {
    const end = Math.min(length, at + STEP_BYTES);
    if (ZEROS.compare(buffer, at, end, 0, end - at) !== 0) return length;
  }
  return 0;
}

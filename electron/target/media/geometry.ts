import { MediumError } from './medium-error.ts';
import { formatSize } from './size.ts';

export const DEFAULT_BLOCK_BYTES = 512;
const LARGEST_BLOCK_BYTES = 1 << 20;

/** What of a medium can be offered in whole blocks. */
export interface Geometry {
  readonly blockBytes: number;
  /** Bytes, a multiple of `blockBytes` and at least one of them. */
  readonly sizeBytes: number;
  /** What people should know, or null. */
  readonly warning: string | null;
}

/**
 * Fit a medium to its blocks: the tail beyond the last whole block is not offered, and the warning says so.
 * @param name how messages call the medium
 * @param remedy what to do about one that is too small
 * @throws MediumError 'size'
 */
export function fitBlocks(name: string, bytes: number, blockBytes: number, remedy: string): Geometry {
  if (!Number.isInteger(Math.log2(blockBytes)) || blockBytes < 512 || blockBytes > LARGEST_BLOCK_BYTES) {
    const good = `a power of two from 512 to ${LARGEST_BLOCK_BYTES}`;
    throw new MediumError('size', `${name}: ${blockBytes} is no block size; use ${good}`);
  }
  if (bytes > Number.MAX_SAFE_INTEGER) {
    throw new MediumError('size', `${name}: over the largest size, ${formatSize(Number.MAX_SAFE_INTEGER)}`);
  }
  if (bytes < blockBytes) {
    const has = bytes === 0 ? 'is empty' : `has only ${bytes} bytes, less than one block of ${blockBytes}`;
    throw new MediumError('size', `${name} ${has}; ${remedy}`);
  }
  const tailBytes = bytes % blockBytes;
  const sizeBytes = bytes - tailBytes;
  const warning =
    tailBytes === 0
      ? null
      : `${name} is no multiple of ${blockBytes} bytes: its last ${tailBytes} bytes are not offered`;
  return { blockBytes, sizeBytes, warning };
}

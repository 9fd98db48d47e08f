import type { BlockDevice } from './device.ts';
import { BlockError } from './error.ts';

/**
 * Check that a range lies on the device and on its blocks, before anything touches the medium. Safe for any
 * number a peer can send: offsets over 2^53 and fractions fail the check.
 * @returns the error to answer with, or null
 */
export function checkRange(device: BlockDevice, offset: number, length: number): BlockError | null {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    return new BlockError('range', `offset ${offset} or length ${length} is no byte count`);
  }
  if (length > device.sizeBytes || offset > device.sizeBytes - length) {
    return new BlockError('range', `${length} bytes at ${offset} end beyond ${device.sizeBytes} bytes`);
  }
  // Block sizes are powers of two, at most 2^31, so the low 32 bits decide.
  const mask = device.blockBytes - 1;
  if (((offset | length) & mask) !== 0) {
    return new BlockError(
      'range',
      `${length} bytes at ${offset} are not whole blocks of ${device.blockBytes}`,
    );
  }
  return null;
}

import { type BlockDevice, BlockOp } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { InputError } from '../api/call-error.ts';
import { Awaited } from '../copy/awaited.ts';

/** The most one call reads. */
export const MAX_RANGE_BYTES = 64 << 10;

/**
 * Read a stretch of a disk that need not be whole blocks: it is widened to them on the way.
 * @param length 1 … 64 KiB; what lies beyond the end of the disk is left out
 * @throws InputError `offset` or `length`; BlockError naming the offset; the signal's reason
 */
export async function readRange(
  device: BlockDevice,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset >= device.sizeBytes) {
    throw new InputError(
      'offset',
      `offset ${offset} is not on the disk, which has ${device.sizeBytes} bytes`,
    );
  }
  if (!Number.isSafeInteger(length) || length < 1 || length > MAX_RANGE_BYTES) {
    throw new InputError('length', `length ${length} is not 1 to ${MAX_RANGE_BYTES} bytes`);
  }
  return readWidened(device, offset, Math.min(length, device.sizeBytes - offset), signal);
}

/** The same for a range known to lie on the device. */
export async function readWidened(
  device: BlockDevice,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const { blockBytes } = device;
  const first = Math.floor(offset / blockBytes) * blockBytes;
  const last = Math.ceil((offset + length) / blockBytes) * blockBytes;
  const blocks = await readBlocks(device, first, last - first, signal);
  return blocks.subarray(offset - first, offset + length - first);
}

/**
 * Read whole blocks on the device.
 * @throws BlockError naming the offset; the signal's reason. A request that was given up keeps its memory
 *   until the device is done with it.
 */
export async function readBlocks(
  device: BlockDevice,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Buffer> {
  signal.throwIfAborted();
  const buffer = Buffer.allocUnsafeSlow(length);
  const request = new Awaited();
  request.buffer = buffer;
  const error = await orAborted(request.run(device, BlockOp.read, offset, length), signal);
  if (error !== null) {
    throw new BlockError(error.code, `read of ${length} bytes at byte ${offset} failed: ${error.message}`, {
      cause: error,
    });
  }
  return buffer.fill(0, request.filled, length);
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

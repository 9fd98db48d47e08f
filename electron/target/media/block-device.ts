import fs from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const SECTOR_BYTES = 512;
const MAX_SECTORS = 2 ** 44; // 8 PiB, the end of exact offsets

/** What the system says of a block device. */
export interface DeviceFacts {
  readonly sizeBytes: number;
  readonly logicalBlockBytes: number;
  readonly readOnly: boolean;
}

/**
 * Ask sysfs for a block device.
 * @param rdev device number, as `stat` gives it
 * @returns null where there is no sysfs, or it does not know the device
 */
export async function readDeviceFacts(rdev: number): Promise<DeviceFacts | null> {
  const folder = `/sys/dev/block/${major(rdev)}:${minor(rdev)}`;
  try {
    const sectors = await readNumber(`${folder}/size`);
    // A partition has no queue of its own; its folder stands in that of its disk.
    const logicalBlockBytes = await readNumber(`${folder}/queue/logical_block_size`).catch(() =>
      readNumber(`${folder}/../queue/logical_block_size`),
    );
    const readOnly = (await readNumber(`${folder}/ro`)) !== 0;
    return { sizeBytes: sectors * SECTOR_BYTES, logicalBlockBytes, readOnly };
  } catch {
    return null;
  }
}

/**
 * Find the size of an open device where the system does not tell, by reading single sectors: about 90 reads.
 * @returns bytes, a multiple of 512
 * @throws what the system says to a read, where that does not mean "beyond the end"
 */
export async function probeSize(fd: number): Promise<number> {
  let end = 1; // no sector known at or beyond it
  while (end < MAX_SECTORS && (await hasSector(fd, end - 1))) end *= 2;
  let low = 0; // sectors that are there
  while (low < end) {
    const middle = Math.floor((low + end) / 2);
    if (await hasSector(fd, middle)) low = middle + 1;
    else end = middle;
  }
  return low * SECTOR_BYTES;
}

const read = promisify(fs.read);

async function hasSector(fd: number, sector: number): Promise<boolean> {
  try {
    const buffer = Buffer.alloc(SECTOR_BYTES);
    const { bytesRead } = await read(fd, buffer, 0, SECTOR_BYTES, sector * SECTOR_BYTES);
    return bytesRead === SECTOR_BYTES;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'EINVAL' || code === 'ENXIO') return false;
    throw error;
  }
}

async function readNumber(path: string): Promise<number> {
  const value = Number((await readFile(path, 'latin1')).trim());
  if (!Number.isSafeInteger(value)) throw new Error(`${path} holds no number`);
  return value;
}

// Linux packs a device number as minor 19..8, major, minor 7..0, of 12, 12 and 8 bits.
function major(rdev: number): number {
  return (rdev >>> 8) & 0xfff;
}

function minor(rdev: number): number {
  return (rdev & 0xff) | ((rdev >>> 12) & 0xfff00);
}

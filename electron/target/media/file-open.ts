import fs, { constants, type Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type DeviceFacts, probeSize, readDeviceFacts } from './block-device.ts';
import { DEFAULT_BLOCK_BYTES, fitBlocks, type Geometry } from './geometry.ts';
import type { MediumOptions, ReadOnlyReason } from './medium.ts';
import { MediumError } from './medium-error.ts';

const openFd = promisify(fs.open);
const closeFd = promisify(fs.close);
const statFd = promisify(fs.fstat);

/** A file or block device opened as a medium. Whoever has it closes `fd`. */
export interface OpenedFile {
  readonly fd: number;
  /** As it was asked for. */
  readonly path: string;
  /** Without symbolic links. */
  readonly realPath: string;
  readonly kind: 'file' | 'block device';
  readonly geometry: Geometry;
  readonly readOnlyReason: ReadOnlyReason | null;
}

/**
 * Open a file or block device for reading and writing, or for reading only where that is asked for or all it
 * allows. No lock is taken: several processes may offer the same file as several paths to it.
 * @throws MediumError
 */
export async function openFile(path: string, options: MediumOptions): Promise<OpenedFile> {
  const stats = await system(path, () => stat(path));
  const kind = kindOf(path, stats);
  const facts = kind === 'block device' ? await readDeviceFacts(stats.rdev) : null;
  const { fd, readOnlyReason } = await openEither(path, mustBeReadOnly(options, facts));
  try {
    const sizeBytes = await system(path, () => sizeOf(fd, kind, facts));
    const geometry = fitBlocks(path, sizeBytes, blockBytesOf(path, options, facts), remedyOf(path, kind));
    return { fd, path, realPath: await system(path, () => realpath(path)), kind, geometry, readOnlyReason };
  } catch (error) {
    await closeFd(fd);
    throw error;
  }
}

function kindOf(path: string, stats: Stats): OpenedFile['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isBlockDevice()) return 'block device';
  const is = stats.isDirectory() ? 'a directory' : 'neither a file nor a block device';
  throw new MediumError('kind', `${path} is ${is}; name a regular file or a block device`);
}

function mustBeReadOnly(options: MediumOptions, facts: DeviceFacts | null): ReadOnlyReason | null {
  if (options.readOnly === true) return 'asked for';
  // Some kernels let such a device be opened for writing and fail each write.
  return facts?.readOnly === true ? 'read-only device' : null;
}

/** What forbids writing when opening for it failed. */
const FORBIDS_WRITING: Readonly<Record<string, ReadOnlyReason>> = {
  EACCES: 'no permission to write',
  EPERM: 'no permission to write', // an immutable file
  EROFS: 'read-only file system',
};

async function openEither(path: string, known: ReadOnlyReason | null) {
  let readOnlyReason = known;
  if (readOnlyReason === null) {
    try {
      return { fd: await openFd(path, constants.O_RDWR), readOnlyReason };
    } catch (error) {
      readOnlyReason = FORBIDS_WRITING[(error as NodeJS.ErrnoException).code ?? ''] ?? null;
      if (readOnlyReason === null) throw describe(path, error);
    }
  }
  return { fd: await system(path, () => openFd(path, constants.O_RDONLY)), readOnlyReason };
}

async function sizeOf(fd: number, kind: OpenedFile['kind'], facts: DeviceFacts | null): Promise<number> {
  if (kind === 'file') return (await statFd(fd)).size;
  return facts?.sizeBytes ?? probeSize(fd);
}

function blockBytesOf(path: string, options: MediumOptions, facts: DeviceFacts | null): number {
  const least = facts?.logicalBlockBytes ?? DEFAULT_BLOCK_BYTES;
  const asked = options.blockBytes ?? least;
  if (asked >= least) return asked;
  throw new MediumError(
    'size',
    `${path} has blocks of ${least} bytes; use a block size of at least that, not ${asked}`,
  );
}

function remedyOf(path: string, kind: OpenedFile['kind']): string {
  if (kind === 'file') return `give it a size first, for example: truncate -s 1G ${path}`;
  return 'put a disk into the drive, or attach the device first';
}

async function system<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw describe(path, error);
  }
}

function describe(path: string, error: unknown): MediumError {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new MediumError(
        'missing',
        `${path}: no such file; make one with: truncate -s 1G ${path}`,
        error,
      );
    case 'EACCES':
    case 'EPERM': {
      const remedy = 'let this user read it (and its folders), or run as one who may';
      return new MediumError('permission', `${path}: no permission to read it; ${remedy}`, error);
    }
    default:
      return new MediumError('system', `${path} cannot be opened: ${message}`, error);
  }
}

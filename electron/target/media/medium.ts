import type { BlockDevice } from '../../block/device.ts';
import { FileMedium } from './file.ts';
import { MediumError } from './medium-error.ts';
import { MemoryMedium } from './memory.ts';
import { parseSize } from './size.ts';

/** Why a medium may not be written. The texts are fit for people. */
export type ReadOnlyReason =
  | 'asked for'
  | 'no permission to write'
  | 'read-only file system'
  | 'read-only device';

/** What a disk is made of: a block device with what an exporter needs besides. */
export interface Medium extends BlockDevice {
  /** For people: `file /srv/a.img, 16 GiB`. */
  readonly description: string;
  readonly readOnlyReason: ReadOnlyReason | null;
  /** Something people should know about it, or null. */
  readonly warning: string | null;
  /**
   * The same text each time this host opens the same path, whatever symbolic links lead there; new each
   * time for memory, whose content is new each time too. A serial number can be derived from it.
   */
  readonly identity: string;
  /** Bytes of storage in use behind it, for display; at most about `sizeBytes`. */
  allocatedBytes(): Promise<number>;
}

/** Which medium a text names. */
export type MediumSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'memory'; readonly sizeBytes: number };

export interface MediumOptions {
  /** Offer it for reading only, though it could be written. */
  readonly readOnly?: boolean;
  /**
   * Logical block size in bytes: a power of two, 512 … 1 MiB, not below that of a block device. Without it
   * that of the device, else 512.
   */
  readonly blockBytes?: number;
}

/**
 * Read `PATH` or `memory:SIZE`. A file whose name starts with `memory:` is written `./memory:…`.
 * @throws MediumError 'source', SizeError
 */
export function parseSource(text: string): MediumSource {
  if (text.startsWith('memory:')) {
    return { kind: 'memory', sizeBytes: parseSize(text.slice('memory:'.length)) };
  }
  if (text !== '' && !text.includes('\0')) return { kind: 'file', path: text };
  throw new MediumError(
    'source',
    `bad disk source "${text}": expected a path or memory:SIZE (example: memory:1G)`,
  );
}

/**
 * Open the medium a text names. It may be closed and opened again any number of times; memory then comes
 * back empty.
 * @throws MediumError, SizeError
 */
export async function openMedium(source: string, options: MediumOptions = {}): Promise<Medium> {
  const parsed = parseSource(source);
  if (parsed.kind === 'memory') return new MemoryMedium(parsed.sizeBytes, options);
  return FileMedium.open(parsed.path, options);
}

import type { BlockDevice } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { readBlocks, readWidened } from './read-range.ts';

/** Reads come in pieces of this size: most of what identifies a disk lies in the first two. */
const PIECE_BYTES = 64 << 10;
/** 16 MiB. Each stretch of a disk takes about four pieces, and few stretches are looked at together. */
const KEPT_PIECES = 256;

/** Reads of one inspection, with what was read kept, as many structures share a piece. */
class Pieces {
  readonly #device: BlockDevice;
  readonly #signal: AbortSignal;
  readonly #kept = new Map<number, Promise<Buffer>>();

  constructor(device: BlockDevice, signal: AbortSignal) {
    this.#device = device;
    this.#signal = signal;
  }

  /** A range on the device. */
  async read(offset: number, length: number): Promise<Buffer> {
    try {
      return await this.#joined(offset, length);
    } catch (error) {
      if (!isOfMedium(error)) throw error;
      // Bad blocks elsewhere in a piece are no reason to miss what is wanted of it.
      return readWidened(this.#device, offset, length, this.#signal);
    }
  }

  async #joined(offset: number, length: number): Promise<Buffer> {
    const first = Math.floor(offset / PIECE_BYTES);
    const last = Math.floor((offset + length - 1) / PIECE_BYTES);
    const wanted = Array.from({ length: last - first + 1 }, (_, index) => this.#piece(first + index));
    const pieces = await Promise.all(wanted);
    const joined = pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
    const start = offset - first * PIECE_BYTES;
    return joined.subarray(start, start + length);
  }

  #piece(index: number): Promise<Buffer> {
    const known = this.#kept.get(index);
    if (known !== undefined) return known;
    const offset = index * PIECE_BYTES;
    const length = Math.min(PIECE_BYTES, this.#device.sizeBytes - offset);
    const piece = readBlocks(this.#device, offset, length, this.#signal);
    piece.catch(() => this.#kept.delete(index));
    this.#kept.set(index, piece);
    if (this.#kept.size > KEPT_PIECES)
      for (const oldest of this.#kept.keys()) if (this.#kept.delete(oldest)) break;
    return piece;
  }
}

/** Whether the disk answered with an error, rather than the way to it having failed. */
export function isOfMedium(error: unknown): error is BlockError {
  return error instanceof BlockError && error.code !== 'path' && error.code !== 'timeout';
}

/**
 * A stretch of a disk: all of it, or a partition. What reads from it can neither leave it nor the disk,
 * whatever offsets the disk's own structures name.
 */
export class View {
  /** Where it begins on the disk. */
  readonly offset: number;
  readonly sizeBytes: number;
  readonly #pieces: Pieces;

  private constructor(pieces: Pieces, offset: number, sizeBytes: number) {
    this.#pieces = pieces;
    this.offset = offset;
    this.sizeBytes = sizeBytes;
  }

  static of(device: BlockDevice, signal: AbortSignal): View {
    return new View(new Pieces(device, signal), 0, device.sizeBytes);
  }

  /** A stretch of this one, cut where this one ends. */
  part(offset: number, sizeBytes: number): View {
    const start = Math.min(offset, this.sizeBytes);
    return new View(this.#pieces, this.offset + start, Math.min(sizeBytes, this.sizeBytes - start));
  }

  /**
   * Bytes of the stretch.
   * @param at any number: a structure on the disk may have named it
   * @param length 1 … 1 MiB
   * @returns null where not all of it lies in the stretch
   * @throws BlockError, or the signal's reason
   */
  async read(at: number, length: number): Promise<Buffer | null> {
    if (!Number.isSafeInteger(at) || at < 0 || length > this.sizeBytes - at) return null;
    return this.#pieces.read(this.offset + at, length);
  }
}

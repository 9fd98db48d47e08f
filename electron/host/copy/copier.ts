import { type BlockDevice, BlockOp } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { dataEnd } from '../../target/media/zeros.ts';
import { HostError } from '../host-error.ts';
import { Awaited } from './awaited.ts';
import { RateLimit } from './rate-limit.ts';

const PIECE_BYTES = 1 << 20;
/** At a low rate a piece takes no longer than this part of a second, so that progress is seen. */
const PIECES_PER_SECOND = 8;
const DEPTH = 16;

/** How far a copy is. */
export interface CopyProgress {
  phase: 'copy' | 'verify';
  doneBytes: number;
  /** Of these, bytes that were zero and not carried over. */
  zeroBytes: number;
}

/** How a copy goes about its work. */
export interface CopyOptions {
  /** The target reads as zeros where nothing is written, so zeros need not be. */
  readonly blank: boolean;
  readonly signal: AbortSignal;
  /** Bytes of the source to read each second, and in a verification of the target as well. */
  readonly rateBytes?: number | undefined;
}

/** Copies one block device to another of at least its size, several pieces at a time. */
export class Copier {
  readonly #from: BlockDevice;
  readonly #to: BlockDevice;
  readonly #blank: boolean;
  readonly #signal: AbortSignal;
  readonly #limit: RateLimit | undefined;
  readonly #pieceBytes: number;
  readonly progress: CopyProgress = { phase: 'copy', doneBytes: 0, zeroBytes: 0 };

  constructor(from: BlockDevice, to: BlockDevice, { blank, signal, rateBytes }: CopyOptions) {
    this.#from = from;
    this.#to = to;
    this.#blank = blank;
    this.#signal = signal;
    this.#limit = rateBytes === undefined ? undefined : new RateLimit(rateBytes, signal);
    this.#pieceBytes = pieceBytesFor(rateBytes, Math.max(from.blockBytes, to.blockBytes));
  }

  /**
   * Copy everything and make it stable.
   * @throws BlockError naming the offset; HostError `cancelled`
   */
  async copy(): Promise<void> {
    await this.#inPieces('copy', (piece, offset, length) => this.#copyPiece(piece, offset, length));
    const flush = new Awaited();
    located(await flush.run(this.#to, BlockOp.flush, 0, 0), 'flush of the target', 0);
  }

  /** Read both sides again and compare. @throws HostError `verify` naming the first difference found */
  async verify(): Promise<void> {
    await this.#inPieces('verify', (piece, offset, length) => this.#comparePiece(piece, offset, length));
  }

  async #inPieces(
    phase: CopyProgress['phase'],
    work: (piece: Piece, offset: number, length: number) => Promise<void>,
  ): Promise<void> {
    this.progress.phase = phase;
    this.progress.doneBytes = 0;
    const { sizeBytes } = this.#from;
    let next = 0;
    let isOver = false;
    const worker = async (): Promise<void> => {
      const piece = new Piece(this.#pieceBytes);
      while (next < sizeBytes && !isOver && !this.#signal.aborted) {
        const offset = next;
        const length = Math.min(this.#pieceBytes, sizeBytes - offset);
        next += length;
        await this.#limit?.pass(length);
        if (isOver || this.#signal.aborted) break;
        try {
          await work(piece, offset, length);
        } catch (error) {
          isOver = true;
          throw error;
        }
        this.progress.doneBytes += length;
      }
    };
    // All workers come to rest before the first error is told: their requests own their buffers.
    const results = await Promise.allSettled(Array.from({ length: DEPTH }, worker));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    if (this.#signal.aborted) throw new HostError('cancelled', 'cancelled');
  }

  async #copyPiece(piece: Piece, offset: number, length: number): Promise<void> {
    await piece.read(this.#from, offset, length);
    const { buffer, filled, request } = piece;
    if (dataEnd(buffer, filled) === 0) {
      this.progress.zeroBytes += length;
      if (!this.#blank) await this.#writeZeros(piece, offset, length);
      return;
    }
    buffer.fill(0, filled, length);
    request.buffer = buffer.subarray(0, length);
    located(await request.run(this.#to, BlockOp.write, offset, length), 'write to the target', offset);
  }

  async #writeZeros(piece: Piece, offset: number, length: number): Promise<void> {
    const { request } = piece;
    const error = await request.run(this.#to, BlockOp.zero, offset, length);
    if (error?.code !== 'unsupported') {
      located(error, 'write of zeros to the target', offset);
      return;
    }
    piece.buffer.fill(0, 0, length);
    request.buffer = piece.buffer.subarray(0, length);
    located(await request.run(this.#to, BlockOp.write, offset, length), 'write to the target', offset);
  }

  async #comparePiece(piece: Piece, offset: number, length: number): Promise<void> {
    const other = new Piece(this.#pieceBytes);
    await Promise.all([piece.read(this.#from, offset, length), other.read(this.#to, offset, length)]);
    piece.buffer.fill(0, piece.filled, length);
    other.buffer.fill(0, other.filled, length);
    if (piece.buffer.compare(other.buffer, 0, length, 0, length) === 0) return;
    let at = 0;
    while (piece.buffer[at] === other.buffer[at]) at++;
    throw new HostError('verify', `the copy differs from its source at byte ${offset + at}`);
  }
}

/** A power of two, so that it is whole blocks on both sides. */
function pieceBytesFor(rateBytes: number | undefined, blockBytes: number): number {
  if (rateBytes === undefined) return PIECE_BYTES;
  const fitting = 2 ** Math.floor(Math.log2(rateBytes / PIECES_PER_SECOND));
  return Math.min(PIECE_BYTES, Math.max(blockBytes, fitting));
}

/** A buffer and the request that uses it. */
class Piece {
  readonly request = new Awaited();
  readonly buffer: Buffer;
  filled = 0;

  constructor(bytes: number) {
    this.buffer = Buffer.allocUnsafeSlow(bytes);
  }

  async read(device: BlockDevice, offset: number, length: number): Promise<void> {
    this.request.buffer = this.buffer.subarray(0, length);
    const error = await this.request.run(device, BlockOp.read, offset, length);
    located(error, 'read', offset);
    this.filled = this.request.filled;
  }
}

function located(error: BlockError | null, what: string, offset: number): void {
  if (error === null) return;
  throw new BlockError(error.code, `${what} failed at byte ${offset}: ${error.message}`, { cause: error });
}

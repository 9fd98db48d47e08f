import { type BlockDevice, BlockOp, BlockRequest } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { dataEnd } from '../../target/media/zeros.ts';
import { HostError } from '../host-error.ts';

const PIECE_BYTES = 1 << 20;
const DEPTH = 16;

/** How far a copy is. */
export interface CopyProgress {
  phase: 'copy' | 'verify';
  doneBytes: number;
  /** Of these, bytes that were zero and not carried over. */
  zeroBytes: number;
}

/** A request whose end is awaited. The copy has a few pieces of a MiB under way, so a promise each is cheap. */
class Awaited extends BlockRequest {
  #settle: ((error: BlockError | null) => void) | undefined;

  run(device: BlockDevice, op: BlockOp, offset: number, length: number): Promise<BlockError | null> {
    this.op = op;
    this.offset = offset;
    this.length = length;
    return new Promise((resolve) => {
      this.#settle = resolve;
      device.submit(this);
    });
  }

  override done(error: BlockError | null): void {
    this.#settle?.(error);
  }
}

/** Copies one block device to another of at least its size, several pieces at a time. */
export class Copier {
  readonly #from: BlockDevice;
  readonly #to: BlockDevice;
  readonly #blank: boolean;
  readonly #signal: AbortSignal;
  readonly progress: CopyProgress = { phase: 'copy', doneBytes: 0, zeroBytes: 0 };

  /** @param blank the target reads as zeros where nothing is written, so zeros need not be */
  constructor(from: BlockDevice, to: BlockDevice, blank: boolean, signal: AbortSignal) {
    this.#from = from;
    this.#to = to;
    this.#blank = blank;
    this.#signal = signal;
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
    const worker = async (): Promise<void> => {
      const piece = new Piece();
      while (next < sizeBytes && !this.#signal.aborted) {
        const offset = next;
        const length = Math.min(PIECE_BYTES, sizeBytes - offset);
        next += length;
        try {
          await work(piece, offset, length);
        } catch (error) {
          next = sizeBytes;
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
    const other = new Piece();
    await Promise.all([piece.read(this.#from, offset, length), other.read(this.#to, offset, length)]);
    piece.buffer.fill(0, piece.filled, length);
    other.buffer.fill(0, other.filled, length);
    if (piece.buffer.compare(other.buffer, 0, length, 0, length) === 0) return;
    let at = 0;
    while (piece.buffer[at] === other.buffer[at]) at++;
    throw new HostError('verify', `the copy differs from its source at byte ${offset + at}`);
  }
}

/** A buffer and the request that uses it. */
class Piece {
  readonly request = new Awaited();
  readonly buffer = Buffer.allocUnsafeSlow(PIECE_BYTES);
  filled = 0;

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

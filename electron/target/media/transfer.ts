import { BlockOp, type BlockRequest } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import type { FileCalls } from './file-calls.ts';
import { blockError } from './medium-error.ts';
import { ZEROS } from './zeros.ts';

/** The file transfers run on. */
export interface TransferFile {
  readonly fd: number;
  readonly path: string;
  readonly calls: FileCalls;
  /** Called when a transfer is over; it may be started again at once. */
  transferred(transfer: Transfer, request: BlockRequest, error: BlockError | null): void;
}

/**
 * One place for a read, a write or a zero (a write of zeros) in the thread pool: it repeats the call until
 * the whole range is done. Kept and used again, so that an I/O makes no closure of ours.
 */
export class Transfer {
  readonly #file: TransferFile;
  #request: BlockRequest | undefined;
  #doneBytes = 0;

  constructor(file: TransferFile) {
    this.#file = file;
  }

  start(request: BlockRequest): void {
    this.#request = request;
    this.#doneBytes = 0;
    this.#next(request);
  }

  #next(request: BlockRequest): void {
    const { fd, calls } = this.#file;
    const at = this.#doneBytes;
    const left = request.length - at;
    const position = request.offset + at;
    if (request.op === BlockOp.read) calls.read(fd, request.buffer, at, left, position, this.#onBytes);
    else if (request.op === BlockOp.write) calls.write(fd, request.buffer, at, left, position, this.#onBytes);
    else calls.write(fd, ZEROS, 0, Math.min(left, ZEROS.length), position, this.#onBytes);
  }

  readonly #onBytes = (error: NodeJS.ErrnoException | null, bytes: number): void => {
    const request = this.#request as BlockRequest;
    if (error !== null) {
      this.#finish(request, blockError(this.#describe(request), error, this.#left(request)));
    } else if (bytes === 0) {
      this.#finish(request, this.#stuck(request));
    } else {
      this.#doneBytes += bytes;
      if (this.#doneBytes < request.length) this.#next(request);
      else this.#finish(request, null);
    }
  };

  /** No byte moved and no error: reads do so at the end of a file, writes never should. */
  #stuck(request: BlockRequest): BlockError {
    const at = request.offset + this.#doneBytes;
    const why =
      request.op === BlockOp.read ? `the file ends before byte ${at}: was it truncated?` : 'nothing written';
    return new BlockError('io', `${this.#describe(request)}: ${why}`, { residual: this.#left(request) });
  }

  #left(request: BlockRequest): number {
    return request.length - this.#doneBytes;
  }

  #describe(request: BlockRequest): string {
    const what = request.op === BlockOp.read ? 'read' : request.op === BlockOp.write ? 'write' : 'zero';
    return `${this.#file.path}: ${what} of ${request.length} bytes at ${request.offset}`;
  }

  #finish(request: BlockRequest, error: BlockError | null): void {
    this.#request = undefined;
    if (request.op === BlockOp.read) request.filled = this.#doneBytes;
    this.#file.transferred(this, request, error);
  }
}

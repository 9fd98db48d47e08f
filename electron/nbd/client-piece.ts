import type { BlockRequest } from '../block/device.ts';
import type { BlockError } from '../block/error.ts';
import { Coverage } from './coverage.ts';

/** A block request on its way: as many pieces as the server's limits make of it. Reused. */
export class Transfer {
  request: BlockRequest | null = null;
  piecesLeft = 0;
  error: BlockError | null = null;
  /** After the last piece comes a flush, as the server has no FUA. */
  wantsFlush = false;
  /** The whole of a read is a hole, and so were no bytes written to its buffer. */
  isHole = false;
}

/** One NBD command in flight. Reused; its slot number and `generation` make the cookie. */
export class Piece {
  readonly slot: number;
  generation = 0;
  /** null while the slot is free. */
  transfer: Transfer | null = null;
  command = 0;
  /** Byte offset on the device. */
  offset = 0;
  length = 0;
  /** Where in the request's buffer this piece starts. */
  bufferAt = 0;
  /** The stream has taken the payload: before, the request's buffer is not the caller's again. */
  isSent = false;
  isAnswered = false;
  /** The first error a structured reply told, 0 for none. */
  errno = 0;
  message = '';
  /** Parts of a read a structured reply has brought. */
  readonly coverage = new Coverage();
  readonly #sent: (piece: Piece) => void;

  constructor(slot: number, sent: (piece: Piece) => void) {
    this.slot = slot;
    this.#sent = sent;
  }

  /** A bound method, so that a write needs no closure. */
  readonly sent = (): void => {
    this.#sent(this);
  };
}

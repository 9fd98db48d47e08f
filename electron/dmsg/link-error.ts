import { Wire } from './constants.ts';

/** Why a link ended, as a closed set. */
export type LinkErrorCode =
  | 'sync' // bad magic, not DMSG
  | 'eof' // the peer closed the connection
  | 'socket' // the connection failed
  | 'field' // a field out of its range: header size, payload size, unknown form
  | 'header-crc'
  | 'payload-crc'
  | 'sequence'
  | 'transaction' // a message that does not fit its transaction's state
  | 'mac' // an encrypted chunk was tampered with
  | 'flood' // more open transactions, spans or queued bytes than a peer may have
  | 'silent' // no answer to pings
  | 'handshake' // no LNK_CONN in time
  | 'refused' // the peer's key has no right to be here (any more)
  | 'closed'; // we ended it

const WIRE: Readonly<Record<LinkErrorCode, number>> = {
  sync: Wire.SYNC,
  eof: Wire.EOF,
  socket: Wire.SOCKET,
  field: Wire.FIELD,
  'header-crc': Wire.HEADER_CRC,
  'payload-crc': Wire.PAYLOAD_CRC,
  sequence: Wire.SEQUENCE,
  transaction: Wire.TRANSACTION,
  mac: Wire.MAC,
  flood: Wire.FIELD,
  silent: Wire.LOSTLINK,
  handshake: Wire.LOSTLINK,
  refused: Wire.LOSTLINK,
  closed: Wire.LOSTLINK,
};

/** The end of a link. `message` says what the peer did, without naming the peer. */
export class LinkError extends Error {
  readonly code: LinkErrorCode;
  constructor(code: LinkErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LinkError';
    this.code = code;
  }

  /** Whether it would end so again: a peer that goes over a limit does not do so by accident. */
  get lasting(): boolean {
    return this.code === 'flood';
  }

  /** The number DMSG has for it. */
  get wire(): number {
    return WIRE[this.code];
  }
}

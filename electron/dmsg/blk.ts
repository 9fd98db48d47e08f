/**
 * The block commands' extended headers (sys/sys/dmsg.h, struct dmsg_blk_open, _read, _write, _flush,
 * _freeblks, _error). Offsets are bytes from the header's start; a 64-bit number is handled as two words,
 * because a bigint costs 16 ns to read and 46 ns to write.
 */

const AT = { modes: 0x40, keyid: 0x40, offset: 0x48, bytes: 0x50, flags: 0x54 } as const;
const AT_ERROR = { resid: 0x48, text: 0x50 } as const;
const ERROR_TEXT_BYTES = 64;
const TWO_32 = 0x1_0000_0000;

/** Modes of a BLK_OPEN: a set of OpenMode bits. */
export function readOpenModes(view: DataView, at: number, le: boolean): number {
  return view.getUint32(at + AT.modes, le);
}

export function writeOpenModes(view: DataView, at: number, le: boolean, modes: number): void {
  view.setUint32(at + AT.modes, modes, le);
}

/** Byte offset of a READ, WRITE or FREEBLKS: 0 … 2^64-1, exact below 2^53, which the range check demands. */
export function readBlkOffset(view: DataView, at: number, le: boolean): number {
  const low = view.getUint32(at + AT.offset + (le ? 0 : 4), le);
  const high = view.getUint32(at + AT.offset + (le ? 4 : 0), le);
  return high * TWO_32 + low;
}

/** Length in bytes of a READ, WRITE or FREEBLKS: 0 … 2^32-1. */
export function readBlkBytes(view: DataView, at: number, le: boolean): number {
  return view.getUint32(at + AT.bytes, le);
}

/** Flags of a block command; none is defined. */
export function readBlkFlags(view: DataView, at: number, le: boolean): number {
  return view.getUint32(at + AT.flags, le);
}

export function writeBlkFlags(view: DataView, at: number, le: boolean, flags: number): void {
  view.setUint32(at + AT.flags, flags, le);
}

/** Write the range of a READ, WRITE, FLUSH or FREEBLKS into a zeroed header. */
export function writeBlkRange(view: DataView, at: number, le: boolean, offset: number, bytes: number): void {
  view.setUint32(at + AT.offset + (le ? 0 : 4), offset % TWO_32, le);
  view.setUint32(at + AT.offset + (le ? 4 : 0), Math.floor(offset / TWO_32), le);
  view.setUint32(at + AT.bytes, bytes, le);
}

/** A word of a command's key id, the client's own mark: 0 the low, 1 the high one. */
export function readBlkKeyid(view: DataView, at: number, le: boolean, word: 0 | 1): number {
  const first = le === (word === 0);
  return view.getUint32(at + AT.keyid + (first ? 0 : 4), le);
}

export function writeBlkKeyid(view: DataView, at: number, le: boolean, low: number, high: number): void {
  view.setUint32(at + AT.keyid + (le ? 0 : 4), low, le);
  view.setUint32(at + AT.keyid + (le ? 4 : 0), high, le);
}

/** What a BLK_ERROR adds to the error code of its header. */
export interface BlkError {
  /** The key id of the command answered. */
  keyidLow: number;
  keyidHigh: number;
  /** Bytes not done. */
  residual: number;
  text: string;
}

export function readBlkError(view: DataView, at: number, le: boolean): BlkError {
  const bytes = Buffer.from(view.buffer, view.byteOffset + at + AT_ERROR.text, ERROR_TEXT_BYTES - 1);
  const nul = bytes.indexOf(0);
  return {
    keyidLow: readBlkKeyid(view, at, le, 0),
    keyidHigh: readBlkKeyid(view, at, le, 1),
    residual: view.getUint32(at + AT_ERROR.resid, le),
    text: bytes.toString('utf8', 0, nul < 0 ? bytes.length : nul),
  };
}

/** Write a BLK_ERROR into a zeroed header of 192 bytes; the text is cut to 63 bytes. */
export function writeBlkError(view: DataView, at: number, le: boolean, error: BlkError): void {
  writeBlkKeyid(view, at, le, error.keyidLow, error.keyidHigh);
  view.setUint32(at + AT_ERROR.resid, error.residual, le);
  const field = new Uint8Array(view.buffer, view.byteOffset + at + AT_ERROR.text, ERROR_TEXT_BYTES - 1);
  new TextEncoder().encodeInto(error.text, field);
}

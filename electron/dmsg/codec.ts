/**
 * Whole messages as values, for traces, tests and fuzzing. The data path reads and writes in place instead,
 * with the same functions for the extended headers, so there is one codec.
 */
import {
  type BlkError,
  readBlkBytes,
  readBlkError,
  readBlkFlags,
  readBlkKeyid,
  readBlkOffset,
  readOpenModes,
  writeBlkError,
  writeBlkFlags,
  writeBlkKeyid,
  writeBlkRange,
  writeOpenModes,
} from './blk.ts';
import { type Conn, readConn, writeConn } from './conn.ts';
import { Command, HEADER_BYTES, MAGIC } from './constants.ts';
import { crc32c } from './crc32c.ts';
import { type Dialect, dialectOfConn } from './dialect.ts';
import { commandOf, headerBytes, headerCrc, Off, padded, readHeaderBytes, readMagic } from './header.ts';
import { LinkError } from './link-error.ts';
import { readSpan, type Span, writeSpan } from './span.ts';

/** What a READ, WRITE, FLUSH or FREEBLKS says. */
export interface BlkRange {
  keyidLow: number;
  keyidHigh: number;
  /** Bytes; exact below 2^53. */
  offset: number;
  bytes: number;
  flags: number;
}

/** What the command adds to the core header. */
export type MessageBody =
  | { kind: 'none' }
  | { kind: 'conn'; dialect: Dialect; conn: Conn }
  | { kind: 'span'; span: Span }
  | { kind: 'open'; modes: number }
  | { kind: 'range'; range: BlkRange }
  | { kind: 'error'; error: BlkError }
  /** DBG_SHELL: the payload as text. Encoding takes the payload. */
  | { kind: 'shell'; text: string }
  /** A command with an extended header not known here. */
  | { kind: 'raw'; header: Buffer };

/** A message as a value. Sizes and CRCs follow from the rest. */
export interface DecodedMessage {
  littleEndian: boolean;
  reserved: number;
  /** The whole word: 24 random bits and, lowest, the 8 of the sequence number. */
  salt: number;
  msgid: bigint;
  circuit: bigint;
  linkVerifier: bigint;
  /** Command word with flags. */
  cmd: number;
  error: number;
  auxDescr: bigint;
  reserved2: number;
  body: MessageBody;
  /**
   * What of the extended header `body` does not show, as the difference (XOR) to its canonical form:
   * reserved fields, what follows a text's NUL, broken UTF-8. Empty where there is none.
   */
  rest: Buffer;
  /** Without its padding. */
  payload: Buffer;
}

/**
 * Read one whole message.
 * @throws LinkError for what a MessageReader refuses, and 'field' when the size is not the message's
 */
export function decodeMessage(bytes: Uint8Array): DecodedMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (buffer.length < HEADER_BYTES) throw new LinkError('field', `a message of ${buffer.length} bytes`);
  const length = readHeaderBytes(buffer, 0);
  const le = readMagic(buffer, 0) === MAGIC;
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  const auxBytes = view.getUint32(Off.auxBytes, le);
  if (buffer.length !== length + padded(auxBytes)) {
    throw new LinkError('field', `${buffer.length} bytes for ${length} and a payload of ${auxBytes}`);
  }
  if (headerCrc(buffer, 0, length) !== view.getUint32(Off.hdrCrc, le)) {
    throw new LinkError('header-crc', 'header CRC does not match');
  }
  if (auxBytes > 0 && crc32c(buffer.subarray(length)) !== view.getUint32(Off.auxCrc, le)) {
    throw new LinkError('payload-crc', 'payload CRC does not match');
  }
  const cmd = view.getUint32(Off.cmd, le);
  const payload = Buffer.from(buffer.subarray(length, length + auxBytes));
  const body = readBody(view, le, cmd, payload);
  return {
    littleEndian: le,
    reserved: view.getUint16(Off.reserved, le),
    salt: view.getUint32(Off.salt, le),
    msgid: view.getBigUint64(Off.msgid, le),
    circuit: view.getBigUint64(Off.circuit, le),
    linkVerifier: view.getBigUint64(Off.linkVerifier, le),
    cmd,
    error: view.getUint32(Off.error, le),
    auxDescr: view.getBigUint64(Off.auxDescr, le),
    reserved2: view.getUint32(Off.reserved2, le),
    body,
    rest: difference(buffer.subarray(HEADER_BYTES, length), body, le),
    payload,
  };
}

/** The message's bytes, with CRCs and padding made for them. `body` must be of the kind `cmd` has. */
export function encodeMessage(message: DecodedMessage): Buffer {
  const { littleEndian: le, payload } = message;
  const length = headerBytes(message.cmd);
  const bytes = Buffer.alloc(length + padded(payload.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint16(Off.magic, MAGIC, le);
  view.setUint16(Off.reserved, message.reserved, le);
  view.setUint32(Off.salt, message.salt, le);
  view.setBigUint64(Off.msgid, message.msgid, le);
  view.setBigUint64(Off.circuit, message.circuit, le);
  view.setBigUint64(Off.linkVerifier, message.linkVerifier, le);
  view.setUint32(Off.cmd, message.cmd, le);
  view.setUint32(Off.error, message.error, le);
  view.setBigUint64(Off.auxDescr, message.auxDescr, le);
  view.setUint32(Off.reserved2, message.reserved2, le);
  writeBody(view, le, message.body);
  xorInto(bytes.subarray(HEADER_BYTES, length), message.rest);
  bytes.set(payload, length);
  if (payload.length > 0) {
    view.setUint32(Off.auxBytes, payload.length, le);
    view.setUint32(Off.auxCrc, crc32c(bytes.subarray(length)), le);
  }
  view.setUint32(Off.hdrCrc, headerCrc(bytes, 0, length), le);
  return bytes;
}

function readBody(view: DataView, le: boolean, cmd: number, payload: Buffer): MessageBody {
  const command = commandOf(cmd);
  const dialect = dialectOfConn(command);
  if (dialect !== undefined) return { kind: 'conn', dialect, conn: readConn(view, 0, le, dialect) };
  switch (command) {
    case Command.LNK_SPAN:
      return { kind: 'span', span: readSpan(view, 0, le) };
    case Command.BLK_OPEN:
      return { kind: 'open', modes: readOpenModes(view, 0, le) };
    case Command.BLK_READ:
    case Command.BLK_WRITE:
    case Command.BLK_FLUSH:
    case Command.BLK_FREEBLKS:
      return { kind: 'range', range: readRange(view, le) };
    case Command.BLK_ERROR:
      return { kind: 'error', error: readBlkError(view, 0, le) };
    case Command.DBG_SHELL:
      return { kind: 'shell', text: payload.toString('utf8') };
    default: {
      const length = headerBytes(cmd) - HEADER_BYTES;
      if (length === 0) return { kind: 'none' };
      return {
        kind: 'raw',
        header: Buffer.from(Buffer.from(view.buffer, view.byteOffset + HEADER_BYTES, length)),
      };
    }
  }
}

function readRange(view: DataView, le: boolean): BlkRange {
  return {
    keyidLow: readBlkKeyid(view, 0, le, 0),
    keyidHigh: readBlkKeyid(view, 0, le, 1),
    offset: readBlkOffset(view, 0, le),
    bytes: readBlkBytes(view, 0, le),
    flags: readBlkFlags(view, 0, le),
  };
}

/** Write an extended header into zeros. */
function writeBody(view: DataView, le: boolean, body: MessageBody): void {
  switch (body.kind) {
    case 'conn':
      writeConn(view, 0, le, body.dialect, body.conn);
      break;
    case 'span':
      writeSpan(view, 0, le, body.span);
      break;
    case 'open':
      writeOpenModes(view, 0, le, body.modes);
      break;
    case 'range': {
      const { keyidLow, keyidHigh, offset, bytes, flags } = body.range;
      writeBlkKeyid(view, 0, le, keyidLow, keyidHigh);
      writeBlkRange(view, 0, le, offset, bytes);
      writeBlkFlags(view, 0, le, flags);
      break;
    }
    case 'error':
      writeBlkError(view, 0, le, body.error);
      break;
    case 'raw':
      new Uint8Array(view.buffer, view.byteOffset + HEADER_BYTES).set(body.header);
      break;
    case 'none':
    case 'shell':
      break;
  }
}

/** What a header has beyond its body, empty if nothing. */
function difference(extended: Buffer, body: MessageBody, le: boolean): Buffer {
  const canonical = Buffer.alloc(HEADER_BYTES + extended.length);
  writeBody(new DataView(canonical.buffer, canonical.byteOffset, canonical.length), le, body);
  const rest = canonical.subarray(HEADER_BYTES);
  xorInto(rest, extended);
  return rest.some((byte) => byte !== 0) ? rest : rest.subarray(0, 0);
}

function xorInto(target: Uint8Array, mask: Uint8Array): void {
  for (let i = 0; i < mask.length; i++) target[i] = (target[i] as number) ^ (mask[i] as number);
}

import type { BlockRequest } from '../block/device.ts';
import type { ByteSink } from '../stream/byte-stream.ts';
import { type Block, peekTarget, receiveMemory } from '../stream/memory.ts';
import { printable } from '../stream/text.ts';
import type { Piece, Transfer } from './client-piece.ts';
import {
  CHUNK_BYTES,
  CHUNK_DONE,
  CHUNK_ERROR_BIT,
  CHUNK_OFFSET_BYTES,
  Chunk,
  Command,
  HOLE_PAYLOAD_BYTES,
  MAX_STRING_BYTES,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from './constants.ts';
import { ProtocolError } from './protocol-error.ts';

/** Data from here on is read by the kernel into the request's buffer; less arrives with other replies. */
const DIRECT_MIN_BYTES = 16 << 10;
/** An error chunk: error u32, message length u16, message, and perhaps an offset u64. */
const MAX_ERROR_PAYLOAD_BYTES = 6 + MAX_STRING_BYTES + 8;
/** A read in more unordered parts is an attack on the receiver's time. */
const MAX_ISLANDS = 64;

export interface ReplyHandler {
  /** The piece in flight with this cookie, or null. */
  find(cookieHigh: number, cookieLow: number): Piece | null;
  /** The piece's reply is complete. `errno` 0 is success. */
  answered(piece: Piece, errno: number, message: string): void;
  /** The server broke the protocol. */
  failed(error: ProtocolError): void;
  closed(error: Error | undefined): void;
}

/** Cuts the received stream of a client into replies and puts the data of reads where it is wanted. */
export class ReplyReceiver implements ByteSink {
  readonly #handler: ReplyHandler;
  readonly #structured: boolean;
  readonly #head = Buffer.alloc(CHUNK_BYTES + MAX_ERROR_PAYLOAD_BYTES);
  readonly #headView = new DataView(this.#head.buffer, this.#head.byteOffset, this.#head.length);
  #headBytes = 0;
  /** The read whose data is being received, and the rest of the buffer it goes to. */
  #reading: Piece | null = null;
  #dataAt = 0;
  #dataEnd = 0;
  #isLastChunk = false;
  #targetIsBuffer = false;
  #afterLargeRead = false;
  #isStopped = false;
  /** Moves with every byte, for whoever watches a silent server. */
  receivedBytes = 0;

  constructor(handler: ReplyHandler, structured: boolean) {
    this.#handler = handler;
    this.#structured = structured;
  }

  /** Look at nothing more. The stream must be destroyed already: it may have been given a caller's buffer. */
  stop(): void {
    this.#isStopped = true;
    this.#reading = null;
  }

  target(): Uint8Array {
    const left = this.#dataEnd - this.#dataAt;
    this.#targetIsBuffer = this.#reading !== null && left >= DIRECT_MIN_BYTES;
    if (this.#targetIsBuffer) return bufferOf(this.#reading as Piece).subarray(this.#dataAt, this.#dataEnd);
    return this.#afterLargeRead ? peekTarget : receiveMemory.bytes;
  }

  received(bytes: number): void {
    if (this.#isStopped) return;
    this.receivedBytes += bytes;
    try {
      if (this.#targetIsBuffer) this.#dataGrew(this.#reading as Piece, bytes);
      else this.#consume(receiveMemory, bytes);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#handler.failed(error);
    }
  }

  closed(error: Error | undefined): void {
    this.#handler.closed(error);
  }

  #consume(from: Block, end: number): void {
    let at = 0;
    while (at < end && !this.#isStopped) {
      if (this.#reading !== null) at += this.#takeData(this.#reading, from, at, end);
      else if (this.#headBytes > 0) at += this.#takeHeadPart(from, at, end);
      else {
        const needed = this.#headLength(from.view, at, end - at);
        if (needed > end - at) at += this.#takeHeadPart(from, at, end);
        else {
          this.#replyHead(from.bytes, from.view, at);
          at += needed;
        }
      }
    }
  }

  /** Collect a head that is cut by the end of what was received. */
  #takeHeadPart(from: Block, at: number, end: number): number {
    const needed = this.#headLength(this.#headView, 0, this.#headBytes);
    const bytes = Math.min(needed - this.#headBytes, end - at);
    from.bytes.copy(this.#head, this.#headBytes, at, at + bytes);
    this.#headBytes += bytes;
    if (this.#headLength(this.#headView, 0, this.#headBytes) === this.#headBytes) {
      this.#headBytes = 0;
      this.#replyHead(this.#head, this.#headView, 0);
    }
    return bytes;
  }

  /** How long the part of a reply in front of its data is, as far as its first `known` bytes tell. */
  #headLength(view: DataView, at: number, known: number): number {
    if (known < 4) return 4;
    const magic = view.getUint32(at);
    if (magic === SIMPLE_REPLY_MAGIC) return SIMPLE_REPLY_BYTES;
    if (magic !== STRUCTURED_REPLY_MAGIC || !this.#structured) {
      throw new ProtocolError(`sent a reply with magic number 0x${magic.toString(16)}`);
    }
    if (known < CHUNK_BYTES) return CHUNK_BYTES;
    const type = view.getUint16(at + 6);
    const payloadBytes = view.getUint32(at + 16);
    if (type === Chunk.offsetData && payloadBytes > CHUNK_OFFSET_BYTES)
      return CHUNK_BYTES + CHUNK_OFFSET_BYTES;
    const isError = (type & CHUNK_ERROR_BIT) !== 0;
    if (
      (type === Chunk.offsetHole && payloadBytes === HOLE_PAYLOAD_BYTES) ||
      (type === Chunk.none && payloadBytes === 0) ||
      (isError && payloadBytes >= 6 && payloadBytes <= MAX_ERROR_PAYLOAD_BYTES)
    ) {
      return CHUNK_BYTES + payloadBytes;
    }
    throw new ProtocolError(`sent a chunk of type ${type} with ${payloadBytes} bytes`);
  }

  #replyHead(bytes: Buffer, view: DataView, at: number): void {
    if (view.getUint32(at) === SIMPLE_REPLY_MAGIC) this.#simple(view, at);
    else this.#chunk(bytes, view, at);
  }

  #simple(view: DataView, at: number): void {
    const piece = this.#find(view, at);
    const errno = view.getUint32(at + 4);
    const isRead = piece.command === Command.read;
    if (isRead && this.#structured) throw new ProtocolError('sent a simple reply to a read');
    this.#afterLargeRead = false;
    if (isRead && errno === 0) this.#expectData(piece, 0, piece.length, true);
    else this.#handler.answered(piece, errno, '');
  }

  #chunk(bytes: Buffer, view: DataView, at: number): void {
    const piece = this.#find(view, at);
    const type = view.getUint16(at + 6);
    const isLast = (view.getUint16(at + 4) & CHUNK_DONE) !== 0;
    const payloadBytes = view.getUint32(at + 16);
    this.#afterLargeRead = false;
    if ((type & CHUNK_ERROR_BIT) !== 0) this.#error(piece, bytes, at + CHUNK_BYTES, payloadBytes, isLast);
    else if (type === Chunk.none) {
      if (!isLast) throw new ProtocolError('sent an empty chunk that is not the last');
      this.#complete(piece);
    } else {
      if (piece.command !== Command.read) throw new ProtocolError('sent data nobody asked for');
      const from = view.getUint32(at + CHUNK_BYTES) * 2 ** 32 + view.getUint32(at + CHUNK_BYTES + 4);
      const isData = type === Chunk.offsetData;
      const length = isData ? payloadBytes - CHUNK_OFFSET_BYTES : view.getUint32(at + CHUNK_BYTES + 8);
      this.#cover(piece, from - piece.offset, length);
      if (isData) this.#expectData(piece, from - piece.offset, length, isLast);
      else this.#hole(piece, from - piece.offset, length, isLast);
    }
  }

  #find(view: DataView, at: number): Piece {
    const piece = this.#handler.find(view.getUint32(at + 8), view.getUint32(at + 12));
    if (piece === null) throw new ProtocolError('sent a reply to nothing that was asked');
    return piece;
  }

  #cover(piece: Piece, from: number, length: number): void {
    if (from < 0 || length === 0 || from + length > piece.length) {
      throw new ProtocolError('sent data outside what was asked');
    }
    if (!piece.coverage.add(from, from + length)) throw new ProtocolError('sent the same data twice');
    if (piece.coverage.islands > MAX_ISLANDS) throw new ProtocolError('sent data in wild disorder');
  }

  #hole(piece: Piece, from: number, length: number, isLast: boolean): void {
    const { transfer } = piece;
    const isAll = length === transfer?.request?.length;
    if (isAll) transfer.isHole = true;
    else bufferOf(piece).fill(0, piece.bufferAt + from, piece.bufferAt + from + length);
    if (isLast) this.#complete(piece);
  }

  #error(piece: Piece, bytes: Buffer, at: number, payloadBytes: number, isLast: boolean): void {
    const errno = bytes.readUInt32BE(at);
    const messageBytes = bytes.readUInt16BE(at + 4);
    if (6 + messageBytes > payloadBytes || errno === 0) throw new ProtocolError('sent a malformed error');
    piece.errno ||= errno;
    piece.message ||= printable(bytes.toString('utf8', at + 6, at + 6 + messageBytes));
    if (isLast) this.#complete(piece);
  }

  #complete(piece: Piece): void {
    if (piece.errno === 0 && piece.command === Command.read && !piece.coverage.isComplete(piece.length)) {
      throw new ProtocolError('ended a read without all of its data');
    }
    this.#handler.answered(piece, piece.errno, piece.message);
  }

  #expectData(piece: Piece, from: number, length: number, isLast: boolean): void {
    this.#afterLargeRead = length >= DIRECT_MIN_BYTES;
    this.#reading = piece;
    this.#dataAt = piece.bufferAt + from;
    this.#dataEnd = this.#dataAt + length;
    this.#isLastChunk = isLast;
  }

  #takeData(piece: Piece, from: Block, at: number, end: number): number {
    const bytes = Math.min(this.#dataEnd - this.#dataAt, end - at);
    from.bytes.copy(bufferOf(piece), this.#dataAt, at, at + bytes);
    this.#dataGrew(piece, bytes);
    return bytes;
  }

  #dataGrew(piece: Piece, bytes: number): void {
    this.#dataAt += bytes;
    if (this.#dataAt < this.#dataEnd) return;
    this.#reading = null;
    if (!this.#isLastChunk) return;
    if (this.#structured) this.#complete(piece);
    else this.#handler.answered(piece, 0, '');
  }
}

function bufferOf(piece: Piece): Uint8Array {
  return ((piece.transfer as Transfer).request as BlockRequest).buffer;
}

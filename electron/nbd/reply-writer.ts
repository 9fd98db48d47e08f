import { acquire } from '../stream/memory.ts';
import type { OutQueue } from '../stream/out-queue.ts';
import {
  CHUNK_BYTES,
  CHUNK_DONE,
  CHUNK_OFFSET_BYTES,
  Chunk,
  Command,
  CommandFlag,
  type Errno,
  ExtentState,
  HOLE_PAYLOAD_BYTES,
  SIMPLE_REPLY_BYTES,
  SIMPLE_REPLY_MAGIC,
  STRUCTURED_REPLY_MAGIC,
} from './constants.ts';
import type { Extent } from './export.ts';
import { ALLOCATION_ID } from './negotiation.ts';
import type { ServerRequest } from './server-request.ts';

/** Replies with less data are copied together, others leave from the block the device filled. */
const COPY_BELOW_BYTES = 16 << 10;
/** Where data stands in a read's block: the reply's header fits in front of it. */
const DATA_AT = 64;
const MAX_MESSAGE_CHARACTERS = 200;

/** Writes the replies of one connection into its outgoing queue (proto.md, Simple and Structured replies). */
export class ReplyWriter {
  readonly #out: OutQueue;
  readonly #structured: boolean;
  readonly #intoStaging: boolean;
  /** Bytes in front of a read's data. */
  readonly #readHeaderBytes: number;
  /** Bytes of all replies so far. */
  queuedBytes = 0;

  /** @param synchronous the device's: its small reads go straight into the queue's staging memory. */
  constructor(out: OutQueue, structured: boolean, synchronous: boolean) {
    this.#out = out;
    this.#structured = structured;
    this.#intoStaging = synchronous;
    this.#readHeaderBytes = structured ? CHUNK_BYTES + CHUNK_OFFSET_BYTES : SIMPLE_REPLY_BYTES;
  }

  /** Give a read the memory its data is to stand in. */
  prepareRead(request: ServerRequest): void {
    const { length } = request;
    if (this.#intoStaging && length < COPY_BELOW_BYTES) {
      const at = this.#out.reserve(this.#readHeaderBytes + length);
      request.stagedAt = at;
      request.buffer = this.#out.staging.bytes.subarray(
        at + this.#readHeaderBytes,
        at + this.#readHeaderBytes + length,
      );
      return;
    }
    request.stagedAt = -1;
    request.block = acquire(DATA_AT + length);
    request.buffer = request.block.bytes.subarray(DATA_AT, DATA_AT + length);
  }

  /**
   * Answer a read.
   * @returns whether the data leaves from the request's block, which is then busy until its `sent`
   */
  read(request: ServerRequest): boolean {
    const { length, filled } = request;
    if (length === 0) {
      if (this.#structured) this.#chunk(request, Chunk.none, 0);
      else this.#simple(request, 0);
      return false;
    }
    let dataBytes = filled;
    if (filled < length && (!this.#structured || (filled > 0 && this.#mustNotFragment(request)))) {
      request.buffer.fill(0, filled);
      dataBytes = length;
    }
    const isBlockBusy = this.#readData(request, dataBytes);
    if (dataBytes < length) this.#hole(request, dataBytes);
    return isBlockBusy;
  }

  /** Answer success to a command that returns no data. */
  success(request: ServerRequest): void {
    this.#simple(request, 0);
  }

  /** Answer an error; `message` is for people and reaches clients that know structured replies. */
  error(request: ServerRequest, errno: Errno, message: string): void {
    this.#cancelStaged(request);
    const needsStructure = request.command === Command.read || request.command === Command.blockStatus;
    if (!this.#structured || !needsStructure) {
      this.#simple(request, errno);
      return;
    }
    const text = Buffer.from(message.slice(0, MAX_MESSAGE_CHARACTERS));
    const at = this.#chunk(request, Chunk.error, 6 + text.length);
    const { view, bytes } = this.#out.staging;
    view.setUint32(at, errno);
    view.setUint16(at + 4, text.length);
    bytes.set(text, at + 6);
  }

  /** Answer with extents; the last one ends with the request's range. */
  blockStatus(request: ServerRequest, extents: readonly Extent[]): void {
    let at = this.#chunk(request, Chunk.blockStatus, 4 + 8 * extents.length);
    const { view } = this.#out.staging;
    view.setUint32(at, ALLOCATION_ID);
    at += 4;
    let left = request.length;
    for (const extent of extents) {
      const bytes = Math.min(left, extent.bytes);
      left -= bytes;
      view.setUint32(at, bytes);
      view.setUint32(at + 4, (extent.hole ? ExtentState.hole : 0) | (extent.zero ? ExtentState.zero : 0));
      at += 8;
    }
  }

  #mustNotFragment(request: ServerRequest): boolean {
    return (request.flags & CommandFlag.dontFragment) !== 0;
  }

  #readData(request: ServerRequest, dataBytes: number): boolean {
    if (dataBytes === 0 && this.#structured) {
      this.#cancelStaged(request);
      return false;
    }
    const headerBytes = this.#readHeaderBytes;
    this.queuedBytes += headerBytes + dataBytes;
    const block = request.block;
    if (block === null) {
      this.#out.unreserve(request.length - dataBytes);
      this.#readHeader(this.#out.staging.view, request.stagedAt, request, dataBytes);
      return false;
    }
    if (dataBytes < COPY_BELOW_BYTES) {
      const at = this.#out.reserve(headerBytes + dataBytes);
      this.#readHeader(this.#out.staging.view, at, request, dataBytes);
      block.bytes.copy(this.#out.staging.bytes, at + headerBytes, DATA_AT, DATA_AT + dataBytes);
      return false;
    }
    this.#readHeader(block.view, DATA_AT - headerBytes, request, dataBytes);
    this.#out.append(block.bytes.subarray(DATA_AT - headerBytes, DATA_AT + dataBytes), request.sent);
    return true;
  }

  #readHeader(view: DataView, at: number, request: ServerRequest, dataBytes: number): void {
    if (this.#structured) {
      writeChunk(
        view,
        at,
        request,
        dataBytes === request.length,
        Chunk.offsetData,
        CHUNK_OFFSET_BYTES + dataBytes,
      );
      writeOffset(view, at + CHUNK_BYTES, request.offset);
    } else writeSimple(view, at, request, 0);
  }

  #hole(request: ServerRequest, from: number): void {
    const at = this.#chunk(request, Chunk.offsetHole, HOLE_PAYLOAD_BYTES);
    const { view } = this.#out.staging;
    writeOffset(view, at, request.offset + from);
    view.setUint32(at + 8, request.length - from);
  }

  #simple(request: ServerRequest, errno: number): void {
    this.queuedBytes += SIMPLE_REPLY_BYTES;
    const at = this.#out.reserve(SIMPLE_REPLY_BYTES);
    writeSimple(this.#out.staging.view, at, request, errno);
  }

  /** The last chunk of a reply; its payload, to be written by the caller, starts at the returned offset. */
  #chunk(request: ServerRequest, type: number, payloadBytes: number): number {
    this.queuedBytes += CHUNK_BYTES + payloadBytes;
    const at = this.#out.reserve(CHUNK_BYTES + payloadBytes);
    writeChunk(this.#out.staging.view, at, request, true, type, payloadBytes);
    return at + CHUNK_BYTES;
  }

  /** Give back the staging memory of a read that has no data. */
  #cancelStaged(request: ServerRequest): void {
    if (request.stagedAt < 0) return;
    this.#out.unreserve(this.#readHeaderBytes + request.length);
    request.stagedAt = -1;
  }
}

function writeSimple(view: DataView, at: number, request: ServerRequest, errno: number): void {
  view.setUint32(at, SIMPLE_REPLY_MAGIC);
  view.setUint32(at + 4, errno);
  view.setUint32(at + 8, request.cookieHigh);
  view.setUint32(at + 12, request.cookieLow);
}

function writeChunk(
  view: DataView,
  at: number,
  request: ServerRequest,
  isLast: boolean,
  type: number,
  payloadBytes: number,
): void {
  view.setUint32(at, STRUCTURED_REPLY_MAGIC);
  view.setUint16(at + 4, isLast ? CHUNK_DONE : 0);
  view.setUint16(at + 6, type);
  view.setUint32(at + 8, request.cookieHigh);
  view.setUint32(at + 12, request.cookieLow);
  view.setUint32(at + 16, payloadBytes);
}

function writeOffset(view: DataView, at: number, offset: number): void {
  view.setUint32(at, offset / 2 ** 32);
  view.setUint32(at + 4, offset);
}

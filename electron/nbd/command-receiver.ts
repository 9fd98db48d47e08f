import type { ByteSink, ByteStream } from '../stream/byte-stream.ts';
import { acquire, type Block, peekTarget, receiveMemory } from '../stream/memory.ts';
import { REQUEST_BYTES } from './constants.ts';
import type { ServerRequest } from './server-request.ts';

/**
 * Payloads from here on are read by the kernel into their block. Smaller ones arrive many at a time in the
 * shared memory, where a read for each would cost more than the copy (10.1 µs against 12.5 at 16 KiB, equal
 * at 64 KiB), and much more where the device takes them without one (17.7 µs against 26.8 at 64 KiB).
 */
const DIRECT_MIN_BYTES = 48 << 10;
const DIRECT_MIN_BYTES_OF_VIEWS = 160 << 10;
/** Larger blocks are taken only when this much of the payload is there: announcing costs a peer nothing. */
const PROVEN_BYTES = 64 << 10;
const UNPROVEN_BLOCK_BYTES = 256 << 10;

export interface CommandHandler {
  /** No further command is wanted until `CommandReceiver.resume`. */
  readonly isSaturated: boolean;
  /**
   * A command's header stands at `at`.
   * @returns the request to collect a payload for and submit, or null when the stream is over
   */
  begin(view: DataView, at: number): ServerRequest | null;
  /** Whether writes may be submitted with a buffer valid only during `submit`. */
  readonly takesViews: boolean;
  /** The request is complete. */
  submit(request: ServerRequest): void;
  /** Reading stopped because of `isSaturated`. */
  suspended(): void;
  closed(error: Error | undefined): void;
}

/**
 * Cuts the received stream of one connection into commands. Headers and small payloads are taken from the
 * shared receive memory; large payloads go from the kernel into the request's block.
 */
export class CommandReceiver implements ByteSink {
  readonly #stream: ByteStream;
  readonly #handler: CommandHandler;
  readonly #directMinBytes: number;
  /** Start of a header that is not complete yet. */
  readonly #header = Buffer.alloc(REQUEST_BYTES);
  readonly #headerView = new DataView(this.#header.buffer, this.#header.byteOffset, REQUEST_BYTES);
  #headerBytes = 0;
  /** The write whose payload is being received. */
  #incoming: ServerRequest | null = null;
  #payloadBytes = 0;
  #targetIsBlock = false;
  #afterLargeWrite = false;
  /** Commands received before a suspension and not looked at yet. */
  #rest: Block | null = null;
  #restAt = 0;
  #restEnd = 0;
  #isSuspended = false;
  #isStopped = false;

  constructor(stream: ByteStream, handler: CommandHandler) {
    this.#stream = stream;
    this.#handler = handler;
    this.#directMinBytes = handler.takesViews ? DIRECT_MIN_BYTES_OF_VIEWS : DIRECT_MIN_BYTES;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  target(): Uint8Array {
    const request = this.#isStopped ? null : this.#incoming;
    this.#targetIsBlock =
      request !== null && request.length >= this.#directMinBytes && request.block !== null;
    if (this.#targetIsBlock) return this.#payloadTail(request as ServerRequest);
    return this.#afterLargeWrite ? peekTarget : receiveMemory.bytes;
  }

  received(bytes: number): void {
    if (this.#isStopped) return;
    if (this.#targetIsBlock) this.#payloadGrew(this.#incoming as ServerRequest, bytes);
    else if (this.#isSuspended) this.#keepRest(receiveMemory, 0, bytes);
    else this.#consume(receiveMemory, 0, bytes);
    if (this.#incoming === null && this.#handler.isSaturated) this.#suspend();
  }

  closed(error: Error | undefined): void {
    this.stop();
    this.#incoming?.releaseBlock();
    this.#incoming = null;
    this.#handler.closed(error);
  }

  /** Go on after a suspension. */
  resume(): void {
    if (!this.#isSuspended) return;
    this.#isSuspended = false;
    const rest = this.#rest;
    if (rest !== null) {
      this.#consume(rest, this.#restAt, this.#restEnd);
      if (!this.#isSuspended) this.#dropRest();
    }
    if (!this.#isSuspended) this.#stream.resume();
  }

  /**
   * Take no more commands; what still arrives is thrown away. A write cut short keeps its block until
   * `closed`, as the stream may have been told already to read into it.
   */
  stop(): void {
    this.#isStopped = true;
    if (this.#isSuspended) this.#stream.resume();
    this.#isSuspended = false;
    this.#dropRest();
  }

  #consume(from: Block, start: number, end: number): void {
    let at = start;
    while (at < end && !this.#isStopped) {
      if (this.#incoming !== null) at += this.#takePayload(this.#incoming, from, at, end);
      else if (this.#handler.isSaturated) {
        this.#keepRest(from, at, end);
        return;
      } else if (this.#headerBytes === 0 && end - at >= REQUEST_BYTES) {
        this.#begin(from.view, at);
        at += REQUEST_BYTES;
      } else at += this.#takeHeaderPart(from, at, end);
    }
  }

  #takeHeaderPart(from: Block, at: number, end: number): number {
    const bytes = Math.min(REQUEST_BYTES - this.#headerBytes, end - at);
    from.bytes.copy(this.#header, this.#headerBytes, at, at + bytes);
    this.#headerBytes += bytes;
    if (this.#headerBytes === REQUEST_BYTES) {
      this.#headerBytes = 0;
      this.#begin(this.#headerView, 0);
    }
    return bytes;
  }

  #begin(view: DataView, at: number): void {
    const request = this.#handler.begin(view, at);
    if (request === null) {
      this.stop();
      return;
    }
    if (!request.hasPayload) {
      this.#afterLargeWrite = false;
      this.#handler.submit(request);
      return;
    }
    this.#afterLargeWrite = request.length >= this.#directMinBytes;
    this.#incoming = request;
    this.#payloadBytes = 0;
  }

  /** Take what is there of a payload; returns how many bytes that is. */
  #takePayload(request: ServerRequest, from: Block, at: number, end: number): number {
    const bytes = Math.min(request.length - this.#payloadBytes, end - at);
    if (request.refusal === null) {
      if (bytes === request.length && this.#handler.takesViews) {
        this.#incoming = null;
        request.buffer = from.bytes.subarray(at, at + bytes);
        this.#handler.submit(request);
        return bytes;
      }
      request.block ??= acquire(request.length <= UNPROVEN_BLOCK_BYTES ? request.length : PROVEN_BYTES);
      const fits = Math.min(bytes, this.#payloadTail(request).length);
      from.bytes.copy(request.block.bytes, this.#payloadBytes, at, at + fits);
      this.#payloadGrew(request, fits);
      return fits;
    }
    this.#payloadGrew(request, bytes);
    return bytes;
  }

  /** What is still missing of a payload, as far as its present block has room. */
  #payloadTail(request: ServerRequest): Buffer {
    const { bytes } = request.block as Block;
    return bytes.subarray(this.#payloadBytes, bytes.length < request.length ? PROVEN_BYTES : request.length);
  }

  #payloadGrew(request: ServerRequest, bytes: number): void {
    this.#payloadBytes += bytes;
    const block = request.block;
    if (this.#payloadBytes === request.length) {
      this.#incoming = null;
      if (block !== null) request.buffer = block.bytes.subarray(0, request.length);
      this.#handler.submit(request);
    } else if (block !== null && this.#payloadBytes === PROVEN_BYTES && block.bytes.length < request.length) {
      request.block = acquire(request.length);
      block.bytes.copy(request.block.bytes, 0, 0, PROVEN_BYTES);
      block.release();
    }
  }

  /** Put aside commands that are not to be looked at now, behind those already there. */
  #keepRest(from: Block, at: number, end: number): void {
    const kept = this.#rest;
    if (from === kept) this.#restAt = at;
    else {
      const keptBytes = kept === null ? 0 : this.#restEnd - this.#restAt;
      const rest = acquire(keptBytes + end - at);
      kept?.bytes.copy(rest.bytes, 0, this.#restAt, this.#restEnd);
      from.bytes.copy(rest.bytes, keptBytes, at, end);
      kept?.release();
      this.#rest = rest;
      this.#restAt = 0;
      this.#restEnd = keptBytes + end - at;
    }
    this.#suspend();
  }

  #suspend(): void {
    if (this.#isSuspended || this.#isStopped) return;
    this.#isSuspended = true;
    this.#stream.pause();
    this.#handler.suspended();
  }

  #dropRest(): void {
    this.#rest?.release();
    this.#rest = null;
  }
}

import { type BlockDevice, BlockOp, type BlockRequest } from '../block/device.ts';
import { BlockError } from '../block/error.ts';
import { formatAddress } from '../stream/address.ts';
import type { ByteStream } from '../stream/byte-stream.ts';
import { connect } from '../stream/connect.ts';
import { OutQueue } from '../stream/out-queue.ts';
import { quoted } from '../stream/text.ts';
import { NbdConnectError, negotiateExport, type RemoteExport } from './client-negotiation.ts';
import { Piece, Transfer } from './client-piece.ts';
import { Command, CommandFlag, REQUEST_BYTES, REQUEST_MAGIC, TransmissionFlag } from './constants.ts';
import { blockErrorOf } from './errno.ts';
import { HandshakeChannel } from './handshake-channel.ts';
import type { ProtocolError } from './protocol-error.ts';
import { type ReplyHandler, ReplyReceiver } from './reply-receiver.ts';
import type { NbdUri } from './uri.ts';

export interface NbdClientOptions {
  /** Milliseconds for the connection and as much again for the negotiation, 10 s by default. */
  readonly timeoutMs?: number;
  /** Milliseconds the server may say nothing while requests wait, 60 s by default. */
  readonly replyTimeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Told once when the connection is lost, after all requests are done; not after `close`. */
  readonly onLost?: (error: Error) => void;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_REPLY_TIMEOUT_MS = 60_000;
const SMALLEST_BLOCK_BYTES = 512;
/** Payloads below are copied behind their header; others leave from the caller's buffer. */
const COPY_BELOW_BYTES = 16 << 10;
/** Longest trim or zeroing asked at a time: it has no payload, so the server's maximum is not meant for it. */
const MAX_RANGE_BYTES = 1 << 30;
const CLOSE_MS = 5_000;
const COMMANDS = {
  [BlockOp.read]: Command.read,
  [BlockOp.write]: Command.write,
  [BlockOp.flush]: Command.flush,
  [BlockOp.discard]: Command.trim,
  [BlockOp.zero]: Command.writeZeroes,
} as const;

/**
 * An export of an NBD server as a block device. Requests are pipelined and cut to what the server takes. A
 * lost connection ends all of them, and every later one, with a BlockError `path`.
 */
export class NbdClient implements BlockDevice, ReplyHandler {
  /** The export's size, rounded up to whole blocks: what lies behind its end reads as zeros. */
  readonly sizeBytes: number;
  /** The export's size as the server told it. */
  readonly exportBytes: number;
  readonly blockBytes: number;
  readonly readOnly: boolean;
  readonly synchronous = false;
  /** The export for people. */
  readonly name: string;
  readonly #flags: number;
  readonly #payloadBytes: number;
  readonly #stream: ByteStream;
  readonly #out: OutQueue;
  readonly #receiver: ReplyReceiver;
  readonly #onLost: ((error: Error) => void) | undefined;
  readonly #pieces: Piece[] = [];
  readonly #freeSlots: number[] = [];
  readonly #transfers: Transfer[] = [];
  readonly #watchdog: NodeJS.Timeout;
  #inFlight = 0;
  #seenBytes = 0;
  #silentTicks = 0;
  #lost: BlockError | null = null;
  #isClosing = false;
  #streamClosed: (() => void) | undefined;

  /**
   * Connect to a server and open an export.
   * @throws ConnectError where no server is, NbdConnectError where it does not give the export
   */
  static async connect(uri: NbdUri, options: NbdClientOptions = {}): Promise<NbdClient> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const stream = await connect(uri.address, {
      timeoutMs,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return NbdClient.over(stream, uri.exportName, formatAddress(uri.address), options);
  }

  /**
   * Open an export over a stream just opened; it is the client's from then on.
   * @param where who the server is, for people
   * @throws NbdConnectError where the server does not give the export
   */
  static async over(
    stream: ByteStream,
    exportName: string,
    where: string,
    options: NbdClientOptions = {},
  ): Promise<NbdClient> {
    const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const channel = new HandshakeChannel(stream);
    const abort = (): void => stream.destroy(options.signal?.reason);
    const timer = setTimeout(() => {
      stream.destroy(new NbdConnectError('timeout', `no answer in ${timeoutMs / 1000} s`));
    }, timeoutMs);
    options.signal?.addEventListener('abort', abort);
    try {
      const found = await negotiateExport(channel, exportName);
      const client = new NbdClient(stream, `${where} ${quoted(exportName)}`, found, options);
      channel.handOver(client.#receiver);
      return client;
    } catch (reason) {
      stream.destroy();
      options.signal?.throwIfAborted();
      const error = reason as Error;
      const code = error instanceof NbdConnectError ? error.code : 'protocol';
      const export_ = `export ${quoted(exportName)} of ${where}`;
      throw new NbdConnectError(code, `${export_}: ${error.message}`, { cause: error });
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  private constructor(stream: ByteStream, name: string, found: RemoteExport, options: NbdClientOptions) {
    this.name = name;
    this.blockBytes = Math.max(SMALLEST_BLOCK_BYTES, found.minimumBlockBytes);
    this.exportBytes = found.sizeBytes;
    this.sizeBytes = Math.ceil(found.sizeBytes / this.blockBytes) * this.blockBytes;
    this.readOnly = (found.flags & TransmissionFlag.readOnly) !== 0;
    this.#flags = found.flags;
    this.#payloadBytes = found.maximumPayloadBytes - (found.maximumPayloadBytes % this.blockBytes);
    this.#stream = stream;
    this.#out = new OutQueue(stream);
    this.#receiver = new ReplyReceiver(this, found.structuredReplies);
    this.#onLost = options.onLost;
    const replyTimeoutMs = options.replyTimeoutMs ?? DEFAULT_REPLY_TIMEOUT_MS;
    this.#watchdog = setInterval(this.#watch, replyTimeoutMs / 4).unref();
  }

  submit(request: BlockRequest): void {
    const { op } = request;
    const refusal = this.#lost ?? this.#refusal(request);
    request.filled = 0;
    if (refusal !== null || (op === BlockOp.flush && !this.#has(TransmissionFlag.sendFlush))) {
      request.done(refusal);
      return;
    }
    const isData = op === BlockOp.read || op === BlockOp.write;
    const transfer = this.#transfers.pop() ?? new Transfer();
    transfer.request = request;
    transfer.error = null;
    transfer.isHole = false;
    const changes = op !== BlockOp.read && op !== BlockOp.flush;
    transfer.wantsFlush = request.fua && changes && this.#has(TransmissionFlag.sendFlush) && !this.#hasFua;
    const length =
      op === BlockOp.flush ? 0 : Math.max(0, Math.min(request.length, this.exportBytes - request.offset));
    const pieceBytes = isData ? this.#payloadBytes : MAX_RANGE_BYTES;
    transfer.piecesLeft = Math.max(op === BlockOp.flush ? 1 : 0, Math.ceil(length / pieceBytes));
    if (transfer.piecesLeft === 0) {
      this.#finish(transfer);
      return;
    }
    const fua = request.fua && changes && this.#hasFua ? CommandFlag.fua : 0;
    for (let at = 0, left = transfer.piecesLeft; left > 0; at += pieceBytes, left--) {
      this.#send(transfer, COMMANDS[op], fua, at, Math.min(pieceBytes, length - at));
    }
  }

  /** Say goodbye and end the connection. Requests still in flight are done with `path`. */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#lost !== null) return;
    const closed = new Promise<void>((resolve) => {
      this.#streamClosed = resolve;
    });
    this.#writeHeader(0, Command.disconnect, 0, 0, 0, 0);
    this.#out.flush();
    this.#stream.end();
    const timer = setTimeout(() => this.#stream.destroy(), CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }

  find(cookieHigh: number, cookieLow: number): Piece | null {
    const piece = this.#pieces[cookieLow];
    if (piece === undefined || piece.transfer === null || piece.isAnswered) return null;
    return piece.generation === cookieHigh ? piece : null;
  }

  answered(piece: Piece, errno: number, message: string): void {
    const transfer = piece.transfer as Transfer;
    if (errno !== 0) transfer.error ??= blockErrorOf(errno, this.name, message);
    piece.isAnswered = true;
    if (piece.isSent) this.#pieceDone(piece);
  }

  failed(error: ProtocolError): void {
    this.#lose(`the server ${error.message}`, error);
  }

  closed(error: Error | undefined): void {
    this.#lose(error?.message ?? 'the server ended the connection', error);
    this.#streamClosed?.();
  }

  get #hasFua(): boolean {
    return this.#has(TransmissionFlag.sendFua);
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  #refusal(request: BlockRequest): BlockError | null {
    const { op } = request;
    if (op === BlockOp.read || op === BlockOp.flush) return null;
    if (this.readOnly) return new BlockError('readonly', `${this.name} is read-only`);
    if (op === BlockOp.write) return this.#checkEnd(request);
    const flag = op === BlockOp.discard ? TransmissionFlag.sendTrim : TransmissionFlag.sendWriteZeroes;
    return this.#has(flag) ? null : new BlockError('unsupported', `${this.name} has no such operation`);
  }

  /** Behind the export's end, in the last block, there is room for zeros only. */
  #checkEnd(request: BlockRequest): BlockError | null {
    const inside = this.exportBytes - request.offset;
    if (request.length <= inside) return null;
    const isZero = request.buffer.subarray(Math.max(0, inside), request.length).every((byte) => byte === 0);
    return isZero ? null : new BlockError('nospace', `${this.name} ends at ${this.exportBytes} bytes`);
  }

  #send(transfer: Transfer, command: number, flags: number, bufferAt: number, length: number): void {
    const piece = this.#takePiece();
    const request = transfer.request as BlockRequest;
    piece.transfer = transfer;
    piece.command = command;
    piece.bufferAt = bufferAt;
    piece.offset = command === Command.flush ? 0 : request.offset + bufferAt;
    piece.length = length;
    this.#inFlight++;
    const isLarge = command === Command.write && length >= COPY_BELOW_BYTES;
    const copied = command === Command.write && !isLarge ? length : 0;
    piece.isSent = !isLarge;
    const at = this.#writeHeader(flags, command, piece.generation, piece.slot, piece.offset, length, copied);
    if (isLarge) {
      const { buffer } = request;
      const data = Buffer.from(buffer.buffer, buffer.byteOffset + bufferAt, length);
      this.#out.append(data, piece.sent);
    } else if (copied > 0) {
      this.#out.staging.bytes.set(request.buffer.subarray(bufferAt, bufferAt + length), at + REQUEST_BYTES);
    }
  }

  /** @returns where in the staging memory the header is; `roomBytes` follow it. */
  #writeHeader(
    flags: number,
    command: number,
    cookieHigh: number,
    cookieLow: number,
    offset: number,
    length: number,
    roomBytes = 0,
  ): number {
    const at = this.#out.reserve(REQUEST_BYTES + roomBytes);
    const { view } = this.#out.staging;
    view.setUint32(at, REQUEST_MAGIC);
    view.setUint16(at + 4, flags);
    view.setUint16(at + 6, command);
    view.setUint32(at + 8, cookieHigh);
    view.setUint32(at + 12, cookieLow);
    view.setUint32(at + 16, offset / 2 ** 32);
    view.setUint32(at + 20, offset);
    view.setUint32(at + 24, length);
    return at;
  }

  #takePiece(): Piece {
    const slot = this.#freeSlots.pop();
    if (slot === undefined) {
      const piece = new Piece(this.#pieces.length, this.#pieceSent);
      this.#pieces.push(piece);
      return piece;
    }
    const piece = this.#pieces[slot] as Piece;
    piece.generation = (piece.generation + 1) >>> 0;
    piece.isAnswered = false;
    piece.errno = 0;
    piece.message = '';
    piece.coverage.clear();
    return piece;
  }

  readonly #pieceSent = (piece: Piece): void => {
    if (this.#lost !== null) return;
    piece.isSent = true;
    if (piece.isAnswered) this.#pieceDone(piece);
  };

  #pieceDone(piece: Piece): void {
    const transfer = piece.transfer as Transfer;
    piece.transfer = null;
    this.#freeSlots.push(piece.slot);
    this.#inFlight--;
    if (--transfer.piecesLeft === 0) this.#finish(transfer);
  }

  #finish(transfer: Transfer): void {
    const { request, error } = transfer;
    if (request === null) return;
    if (error === null && transfer.wantsFlush) {
      transfer.wantsFlush = false;
      transfer.piecesLeft = 1;
      this.#send(transfer, Command.flush, 0, 0, 0);
      return;
    }
    const isRead = request.op === BlockOp.read && error === null;
    request.filled =
      isRead && !transfer.isHole
        ? Math.min(request.length, Math.max(0, this.exportBytes - request.offset))
        : 0;
    transfer.request = null;
    this.#transfers.push(transfer);
    request.done(error);
  }

  /** The connection is no more: end every request, once. */
  #lose(reason: string, cause: Error | undefined): void {
    if (this.#lost !== null) return;
    const lost = new BlockError('path', `${this.name}: connection lost: ${reason}`, { cause });
    this.#lost = lost;
    clearInterval(this.#watchdog);
    this.#stream.destroy(); // first, so that nothing is read into or sent from buffers given back
    this.#receiver.stop();
    for (const piece of this.#pieces) {
      const { transfer } = piece;
      piece.transfer = null;
      if (transfer === null || transfer.request === null) continue;
      transfer.error = lost;
      this.#finish(transfer);
    }
    this.#inFlight = 0;
    if (!this.#isClosing) this.#onLost?.(lost);
  }

  readonly #watch = (): void => {
    const { receivedBytes } = this.#receiver;
    const isSilent = this.#inFlight > 0 && receivedBytes === this.#seenBytes;
    this.#seenBytes = receivedBytes;
    this.#silentTicks = isSilent ? this.#silentTicks + 1 : 0;
    if (this.#silentTicks >= 4) this.#lose('no reply in the time allowed', undefined);
  };
}

import type { ByteSink, ByteStream } from '../../stream/byte-stream.ts';
import { EncryptedStream } from './encrypted-stream.ts';
import { LinkCryptoError } from './error.ts';
import { FLIGHT_BYTES, type Flight, makeFlight, readFlight } from './flight.ts';
import type { LinkKeys } from './keys.ts';
import { SeenSessions } from './seen-sessions.ts';

const DEFAULT_TIMEOUT_MS = 10_000; // libdmsg plans the same: lib/libdmsg/crypto.c
const DMSG_MAGIC = 0x4832;

const seenSessions = new SeenSessions();

/**
 * Put the encryption of libdmsg between a stream and its user. Both sides call it the same way, at once
 * after connecting: it starts the stream before it returns. The stream it promises is paused until its own
 * `start`, which must follow in the promise's continuation.
 *
 * WEAK, for old libdmsg peers only: textbook RSA without padding, no forward secrecy, no challenge (a
 * recorded link can be played back to another process), an end of stream anyone on the way can make. Where
 * both sides can, use TLS or a tunnel instead.
 * @param options.timeoutMs how long the whole handshake may take, 10 s by default
 * @throws LinkCryptoError the stream is destroyed then
 */
export function encryptLink(
  stream: ByteStream,
  keys: LinkKeys,
  options: { timeoutMs?: number } = {},
): Promise<ByteStream> {
  return new Promise((resolve, reject) => {
    const handshake = new Handshake(stream, keys, resolve, reject);
    handshake.begin(options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  });
}

/** The sink of the stream: collects the peer's flight, then hands everything to the encrypted stream. */
class Handshake implements ByteSink {
  readonly #stream: ByteStream;
  readonly #keys: LinkKeys;
  readonly #resolve: (stream: ByteStream) => void;
  readonly #reject: (error: LinkCryptoError) => void;
  readonly #peerFlight = Buffer.alloc(FLIGHT_BYTES);
  #peerFlightBytes = 0;
  #flight: Flight | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failed = false;
  /** Set when the handshake is over. */
  #next: ByteSink | undefined;

  constructor(
    stream: ByteStream,
    keys: LinkKeys,
    resolve: (stream: ByteStream) => void,
    reject: (error: LinkCryptoError) => void,
  ) {
    this.#stream = stream;
    this.#keys = keys;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(timeoutMs: number): void {
    this.#stream.start(this);
    this.#timer = setTimeout(() => {
      const got = `${this.#peerFlightBytes} of ${FLIGHT_BYTES} bytes`;
      this.#fail(new LinkCryptoError('timeout', `no handshake within ${timeoutMs} ms (${got} came)`));
    }, timeoutMs);
    this.#try(() => {
      this.#flight = makeFlight(this.#keys);
      // A failed write is followed by `closed`, which tells it.
      this.#stream.write([this.#flight.bytes], () => {});
    });
  }

  target(): Uint8Array {
    // Never more than the flight, so that nothing of the stream behind it is left here.
    return this.#next?.target() ?? this.#peerFlight.subarray(this.#peerFlightBytes % FLIGHT_BYTES);
  }

  received(bytes: number): void {
    if (this.#next !== undefined) this.#next.received(bytes);
    else if (!this.#failed) {
      this.#peerFlightBytes += bytes;
      if (this.#peerFlightBytes === FLIGHT_BYTES) this.#try(() => this.#complete());
    }
  }

  closed(error: Error | undefined): void {
    if (this.#next !== undefined) this.#next.closed(error);
    else {
      const got = `after ${this.#peerFlightBytes} of ${FLIGHT_BYTES} bytes`;
      const problem = `the peer closed the link in the handshake, ${got} (does it know our key?)`;
      this.#fail(new LinkCryptoError('truncated', problem, error));
    }
  }

  #complete(): void {
    const session = readFlight(this.#keys, this.#peerFlight);
    const own = (this.#flight as Flight).session;
    if (session.equals(own) || !seenSessions.add(session)) {
      throw new LinkCryptoError(
        'replay',
        'this handshake was used before: somebody plays back a recorded link',
      );
    }
    clearTimeout(this.#timer);
    this.#stream.pause();
    const encrypted = new EncryptedStream(this.#stream, own, session);
    this.#next = encrypted.input;
    this.#resolve(encrypted);
  }

  #try(step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#fail(
        error instanceof LinkCryptoError
          ? error
          : new LinkCryptoError('key', 'our key or the one of the peer cannot be used', error),
      );
    }
  }

  #fail(error: LinkCryptoError): void {
    if (this.#failed) return;
    this.#failed = true;
    clearTimeout(this.#timer);
    const explained = this.#peerIsPlain(error)
      ? new LinkCryptoError('plain', 'the peer sends without encryption: has it a .none file for us?', error)
      : error;
    this.#reject(explained);
    this.#stream.destroy(explained);
  }

  /** A plain libdmsg sends LNK_CONN at once. Its 384 bytes (512 in 2014) may or may not fill a flight. */
  #peerIsPlain(error: LinkCryptoError): boolean {
    if ((error.code !== 'key' && error.code !== 'timeout') || this.#peerFlightBytes < 2) return false;
    const flight = this.#peerFlight;
    return flight.readUInt16LE() === DMSG_MAGIC || flight.readUInt16BE() === DMSG_MAGIC;
  }
}

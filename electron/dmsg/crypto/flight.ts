import {
  constants,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
  randomFillSync,
  timingSafeEqual,
} from 'node:crypto';
import { LinkCryptoError } from './error.ts';
import type { LinkKeys } from './keys.ts';

/** Bytes each side sends before any message: two RSA blocks of 256. */
export const FLIGHT_BYTES = 512;

// struct dmsg_handshake, lib/libdmsg/dmsg.h; what is not named here is random.
const BLOCK_BYTES = 256;
const PAD_COUNTER_AT = 4; // in each block
const MAGIC_AT = 0x08;
const VERSION_AT = 0x0a;
const FLAGS_AT = 0x0c;
const SESSION_AT = 0x10;
const SESSION_BYTES = 64;
const VERIFIER_AT = 0x50;
const VERIFIER_BYTES = 16;
const TEXT_AT = 0x60;
const TEXT_BYTES = 32;

const MAGIC = 0x4832;
const VERSION = 1;
const TEXT = 'spandrel'; // the peer logs it
const TOP_TWO_BITS = 0xc0;
const padding = constants.RSA_NO_PADDING;

/** A handshake ready to be sent, and the session our sending direction uses from then on. */
export interface Flight {
  readonly bytes: Buffer;
  readonly session: Buffer;
}

/**
 * Make a handshake with a fresh session. It blocks for some milliseconds: a private-key operation takes
 * about 1 ms, and each of the two blocks needs two to four of them.
 */
export function makeFlight(keys: LinkKeys): Flight {
  const plain = randomFillSync(Buffer.alloc(FLIGHT_BYTES));
  plain.writeUInt16LE(MAGIC, MAGIC_AT);
  plain.writeUInt16LE(VERSION, VERSION_AT);
  plain.writeUInt32LE(0, FLAGS_AT);
  plain.fill(0, TEXT_AT, TEXT_AT + TEXT_BYTES).write(TEXT, TEXT_AT);
  const session = Buffer.from(plain.subarray(SESSION_AT, SESSION_AT + SESSION_BYTES));
  verifierOf(session).copy(plain, VERIFIER_AT);
  const blocks = [plain.subarray(0, BLOCK_BYTES), plain.subarray(BLOCK_BYTES)];
  return { bytes: Buffer.concat(blocks.map((block) => encryptTwice(keys, block))), session };
}

/**
 * Read the peer's handshake. Only what the peer sent is checked: libdmsg answers nothing of ours, so a
 * replay cannot be told here.
 * @returns the session the peer's sending direction uses
 * @throws LinkCryptoError
 */
export function readFlight(keys: LinkKeys, bytes: Buffer): Buffer {
  const plain = decryptTwice(keys, bytes);
  const session = plain.subarray(SESSION_AT, SESSION_AT + SESSION_BYTES);
  const verifier = plain.subarray(VERIFIER_AT, VERIFIER_AT + VERIFIER_BYTES);
  const verified = timingSafeEqual(verifierOf(session), verifier);
  // The magic also tells the peer's byte order, which is that of the version.
  const littleEndian = plain.readUInt16LE(MAGIC_AT) === MAGIC;
  const bigEndian = plain.readUInt16BE(MAGIC_AT) === MAGIC;
  if (!verified && !littleEndian && !bigEndian) throw wrongKeys();
  if (!verified) {
    throw new LinkCryptoError('verifier', 'the session of the handshake does not match its verifier');
  }
  if (!littleEndian && !bigEndian) {
    const magic = plain.readUInt16LE(MAGIC_AT).toString(16);
    throw new LinkCryptoError(
      'magic',
      `the magic of the handshake is 0x${magic}, not 0x${MAGIC.toString(16)}`,
    );
  }
  const version = littleEndian ? plain.readUInt16LE(VERSION_AT) : plain.readUInt16BE(VERSION_AT);
  if (version !== VERSION) {
    throw new LinkCryptoError('version', `the handshake has version ${version}; only ${VERSION} is known`);
  }
  return Buffer.from(session);
}

/** verifier[i / 4] ^= session[i], from zeros: four bytes of the session in each of the verifier. */
function verifierOf(session: Buffer): Buffer {
  const verifier = Buffer.alloc(VERIFIER_BYTES);
  for (let i = 0; i < SESSION_BYTES; i++) (verifier[i >> 2] as number) ^= session[i] as number;
  return verifier;
}

/**
 * With our private key, then with the peer's public one. Without padding, what is encrypted must be less
 * than the modulus: that holds for any modulus once the top two bits are clear. The second encryption takes
 * what the first made, so the pad is counted up until that is small enough too.
 */
function encryptTwice(keys: LinkKeys, block: Buffer): Buffer {
  (block[0] as number) &= ~TOP_TWO_BITS;
  let signed: Buffer;
  do {
    block.writeInt32LE((block.readInt32LE(PAD_COUNTER_AT) + 1) | 0, PAD_COUNTER_AT);
    signed = privateEncrypt({ key: keys.own, padding }, block);
  } while (((signed[0] as number) & TOP_TWO_BITS) !== 0);
  return publicEncrypt({ key: keys.peer, padding }, signed);
}

/** The reverse, for the first block. The second is random throughout; nothing of it is used. */
function decryptTwice(keys: LinkKeys, flight: Buffer): Buffer {
  try {
    const signed = privateDecrypt({ key: keys.own, padding }, flight.subarray(0, BLOCK_BYTES));
    return publicDecrypt({ key: keys.peer, padding }, signed);
  } catch (error) {
    throw wrongKeys(error); // a number over the modulus
  }
}

function wrongKeys(cause?: unknown): LinkCryptoError {
  return new LinkCryptoError(
    'key',
    'the handshake was not made with our public key and the private key of the peer we know: compare the rsa.pub of each side with its copy on the other',
    cause,
  );
}

import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

/**
 * The encrypted link written down a second time, step by step from its description and with the RSA done in
 * plain big-number arithmetic, to hold against the implementation. Nothing here is shared with it.
 */

function numbersOf(key: KeyObject): { n: bigint; e: bigint; d: bigint } {
  const jwk = key.export({ format: 'jwk' });
  const read = (text: string | undefined): bigint =>
    text === undefined ? 0n : BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
  return { n: read(jwk.n), e: read(jwk.e), d: read(jwk.d) };
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

const toNumber = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
const toBytes = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(512, '0'), 'hex');

export function rawPrivate(key: KeyObject, block: Buffer): Buffer {
  const { n, d } = numbersOf(key);
  return toBytes(power(toNumber(block), d, n));
}

export function rawPublic(key: KeyObject, block: Buffer): Buffer {
  const { n, e } = numbersOf(key);
  return toBytes(power(toNumber(block), e, n));
}

/** Both 256-byte halves of a flight in plain text. */
export function decodeFlight(receiver: KeyObject, sender: KeyObject, flight: Buffer): Buffer {
  const halves = [flight.subarray(0, 256), flight.subarray(256, 512)];
  return Buffer.concat(halves.map((half) => rawPublic(sender, rawPrivate(receiver, half))));
}

/** The plain text of a proper flight, which a test may then spoil. */
export function plainFlight(session: Buffer): Buffer {
  const plain = randomBytes(512);
  plain.writeUInt16LE(0x4832, 8);
  plain.writeUInt16LE(1, 10);
  plain.writeUInt32LE(0, 12);
  session.copy(plain, 16);
  plain.fill(0, 80, 96);
  for (let i = 0; i < 64; i++)
    plain[80 + Math.floor(i / 4)] = (plain[80 + Math.floor(i / 4)] ?? 0) ^ (session[i] ?? 0);
  plain.fill(0, 96, 128).write('by the book', 96);
  return plain;
}

export function encodeFlight(sender: KeyObject, receiver: KeyObject, plain: Buffer): Buffer {
  const halves = [Buffer.from(plain.subarray(0, 256)), Buffer.from(plain.subarray(256, 512))];
  return Buffer.concat(
    halves.map((half) => {
      half[0] = (half[0] ?? 0) & 0x3f;
      for (;;) {
        half.writeInt32LE((half.readInt32LE(4) + 1) | 0, 4);
        const first = rawPrivate(sender, half);
        if (((first[0] ?? 0) & 0xc0) === 0) return rawPublic(receiver, first);
      }
    }),
  );
}

function ivOf(session: Buffer, counter: number): Buffer {
  const iv = Buffer.alloc(12);
  session.copy(iv, 0, 32, 36);
  iv.writeBigUInt64BE(BigInt(counter), 4);
  return iv;
}

export function decodeStream(session: Buffer, sealed: Buffer): Buffer {
  const plain: Buffer[] = [];
  for (let at = 0, counter = 0; at < sealed.length; at += 80, counter++) {
    const decipher = createDecipheriv('aes-256-gcm', session.subarray(0, 32), ivOf(session, counter));
    decipher.setAuthTag(sealed.subarray(at + 64, at + 80));
    plain.push(decipher.update(sealed.subarray(at, at + 64)), decipher.final());
  }
  return Buffer.concat(plain);
}

export function encodeStream(session: Buffer, plain: Buffer): Buffer {
  const sealed: Buffer[] = [];
  for (let at = 0, counter = 0; at < plain.length; at += 64, counter++) {
    const cipher = createCipheriv('aes-256-gcm', session.subarray(0, 32), ivOf(session, counter));
    sealed.push(cipher.update(plain.subarray(at, at + 64)), cipher.final(), cipher.getAuthTag());
  }
  return Buffer.concat(sealed);
}

import { constants, generateKeyPairSync, privateEncrypt, publicEncrypt } from 'node:crypto';
import { CHUNK_BYTES, Opener, SEALED_BYTES, Sealer } from '../../../electron/dmsg/crypto/chunk-cipher.ts';
import { encryptLink } from '../../../electron/dmsg/crypto/encrypt-link.ts';
import { EncryptedStream } from '../../../electron/dmsg/crypto/encrypted-stream.ts';
import { LinkCryptoError } from '../../../electron/dmsg/crypto/error.ts';
import type { LinkKeys } from '../../../electron/dmsg/crypto/keys.ts';
import type { LinkErrorCode } from '../../../electron/dmsg/link-error.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { noise } from '../support/canary.ts';
import { FuzzStream } from '../support/fuzz-stream.ts';
import { type Case, holds, type Target, turn } from '../support/target.ts';
import { ExporterWorld } from './exporter-world.ts';
import type { Cipher } from './peer.ts';

/** A handshake costs some ms of RSA, a case of messages as much: so many of the cases are one. */
const HANDSHAKE_SHARE = 0.3;
/** A message of 64 KiB is a thousand chunks of some 10 us, both ways. */
const LIMIT_MS = 1_000;
const BLOCK_BYTES = 256;
const SESSION_BYTES = 64;
const AT = { counter: 4, magic: 0x08, version: 0x0a, session: 0x10, verifier: 0x50 } as const;
const CHECKED = [AT.magic, AT.version, AT.session, AT.verifier];

/** The old encryption of libdmsg: its handshake, and an exporter on the encrypted stream after it. */
export class LibdmsgTarget implements Target {
  readonly #ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });

  #handshakes = 0;

  run(one: Case): Promise<void> {
    return one.random.chance(HANDSHAKE_SHARE) ? this.#handshake(one) : messages(one);
  }

  async #handshake(one: Case): Promise<void> {
    const { random } = one;
    one.limit(LIMIT_MS);
    const keys: LinkKeys = { own: this.#ours.privateKey, peer: this.#theirs.publicKey };
    const stream = new FuzzStream(random, () => {});
    let encrypted: ByteStream | undefined;
    let error: unknown;
    const done = encryptLink(stream, keys).then(
      (made) => {
        encrypted = made;
      },
      (reason: unknown) => {
        error = reason;
      },
    );
    one.fed();
    stream.late = 0;
    const { bytes, isGood } = this.#flight(random);
    const mutant = isGood ? mutantFlight(Buffer.from(bytes), random) : bytes;
    stream.arrive(mutant);
    await turn();
    let ends = 0;
    encrypted?.start({ target: () => Buffer.alloc(100), received: () => {}, closed: () => ends++ });
    if (encrypted !== undefined) stream.arrive(noise(random, random.integer(1, 200)));
    await turn();
    stream.hangUp();
    await done;
    await turn();
    const isAccepted = isGood && mutant.equals(bytes);
    holds((encrypted !== undefined) === isAccepted, `a handshake is ${isAccepted ? 'refused' : 'taken'}`);
    if (encrypted !== undefined) holds(ends === 1, `an encrypted stream has ${ends} ends`);
    else if (!(error instanceof LinkCryptoError)) throw error;
  }

  /** A peer's handshake, and whether its plain text is right. */
  #flight(random: Random): { bytes: Buffer; isGood: boolean } {
    const plain = random.bytes(2 * BLOCK_BYTES);
    plain.writeUInt16LE(0x4832, AT.magic);
    plain.writeUInt16LE(1, AT.version);
    // A session is taken once by a process, also where a case is run again.
    plain.writeUInt32LE(this.#handshakes++, AT.session);
    plain.fill(0, AT.verifier, AT.verifier + 16);
    for (let i = 0; i < SESSION_BYTES; i++) {
      const at = AT.verifier + (i >> 2);
      plain[at] = (plain[at] as number) ^ (plain[AT.session + i] as number);
    }
    const good = Buffer.from(plain);
    // Of two bytes of the session the verifier knows only what they are together.
    if (random.chance(0.4)) plain.writeUInt8(random.integer(0, 0xff), random.pick(CHECKED));
    const keys = { own: this.#theirs.privateKey, peer: this.#ours.publicKey };
    const isGood = plain.equals(good);
    const first = encryptTwice(keys, plain.subarray(0, BLOCK_BYTES));
    return { bytes: Buffer.concat([first, plain.subarray(BLOCK_BYTES)]), isGood };
  }
}

/** As the other side does it; only the first block is ever read. */
function encryptTwice({ own, peer }: LinkKeys, block: Buffer): Buffer {
  const padding = constants.RSA_NO_PADDING;
  block[0] = (block[0] as number) & 0x3f;
  for (;;) {
    block.writeInt32LE((block.readInt32LE(AT.counter) + 1) | 0, AT.counter);
    const signed = privateEncrypt({ key: own, padding }, block);
    if (((signed[0] as number) & 0xc0) === 0) return publicEncrypt({ key: peer, padding }, signed);
  }
}

function mutantFlight(flight: Buffer, random: Random): Buffer {
  if (random.chance(0.4)) return flight;
  if (random.chance(0.3)) return flight.subarray(0, random.integer(1, flight.length));
  if (random.chance(0.3)) return flight.fill(random.pick([0, 0xff]), 0, BLOCK_BYTES);
  noise(random, 4).copy(flight, random.integer(0, BLOCK_BYTES - 4));
  return flight;
}

async function messages(one: Case): Promise<void> {
  const { random } = one;
  one.limit(LIMIT_MS);
  const world = await ExporterWorld.make(one);
  const cipher = new LibdmsgCipher(random);
  const wild = random.pick([0, 0, 0.03, 0.1]);
  const { error } = await world.visit(random.integer(5, 30), wild, cipher);
  await world.check();
  // Of a peer that says nothing wrong itself, what was spoilt on the way is never taken for its words.
  if (wild === 0 && cipher.isSpoilt) {
    holds(error !== undefined && !SAID.has(error.code), `a spoilt chunk ends the link with ${error?.code}`);
  }
}

const SAID = new Set<LinkErrorCode>(['sync', 'header-crc', 'payload-crc', 'sequence']);

/** Chunks of libdmsg between the fuzzer and the program, some of them spoilt. */
class LibdmsgCipher implements Cipher {
  readonly #random: Random;
  readonly #ourSession: Buffer;
  readonly #theirSession: Buffer;
  readonly #sealer: Sealer;
  readonly #opener: Opener;
  readonly #spoils: number;
  /** A chunk was changed. */
  isSpoilt = false;
  #said: Buffer = Buffer.alloc(0);
  #came: Buffer = Buffer.alloc(0);

  constructor(random: Random) {
    this.#random = random;
    this.#ourSession = random.bytes(SESSION_BYTES);
    this.#theirSession = random.bytes(SESSION_BYTES);
    this.#sealer = new Sealer(this.#theirSession);
    this.#opener = new Opener(this.#ourSession);
    this.#spoils = random.pick([0, 0.01, 0.05]);
  }

  wrap(below: FuzzStream): ByteStream {
    const encrypted = new EncryptedStream(below, this.#ourSession, this.#theirSession);
    below.start(encrypted.input);
    below.pause();
    return encrypted;
  }

  seal(said: Buffer): Buffer {
    this.#said = Buffer.concat([this.#said, said]);
    const chunks = Math.floor(this.#said.length / CHUNK_BYTES);
    const sealed = Buffer.alloc(chunks * SEALED_BYTES);
    for (let i = 0; i < chunks; i++) {
      const chunk = this.#said.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      this.#sealer.seal(chunk, sealed.subarray(i * SEALED_BYTES));
    }
    this.#said = this.#said.subarray(chunks * CHUNK_BYTES);
    return this.#random.chance(this.#spoils) ? this.#spoil(sealed) : sealed;
  }

  open(came: Buffer): Buffer {
    this.#came = Buffer.concat([this.#came, came]);
    const chunks = Math.floor(this.#came.length / SEALED_BYTES);
    const opened = Buffer.alloc(chunks * CHUNK_BYTES);
    for (let i = 0; i < chunks; i++) {
      const sealed = this.#came.subarray(i * SEALED_BYTES, (i + 1) * SEALED_BYTES);
      holds(this.#opener.open(sealed, opened.subarray(i * CHUNK_BYTES)), 'a chunk of ours cannot be opened');
    }
    this.#came = this.#came.subarray(chunks * SEALED_BYTES);
    return opened;
  }

  #spoil(sealed: Buffer): Buffer {
    const random = this.#random;
    if (sealed.length === 0) return sealed;
    if (random.chance(0.3)) return sealed.subarray(0, random.integer(0, sealed.length));
    if (random.chance(0.3)) return Buffer.concat([sealed, sealed.subarray(0, SEALED_BYTES)]);
    const at = random.integer(0, sealed.length - 1);
    sealed[at] = (sealed[at] as number) ^ (1 << random.integer(0, 7));
    this.isSpoilt = true;
    return sealed;
  }
}

import type { Conn } from '../../../electron/dmsg/conn.ts';
import { LinkCryptoError } from '../../../electron/dmsg/crypto/error.ts';
import { Link, type LinkUser } from '../../../electron/dmsg/link.ts';
import { LinkError, type LinkErrorCode } from '../../../electron/dmsg/link-error.ts';
import { LINK_DEFAULTS, type LinkOptions } from '../../../electron/dmsg/link-options.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { checkNoCanary } from '../support/canary.ts';
import { FuzzStream } from '../support/fuzz-stream.ts';
import { type Case, holds } from '../support/target.ts';
import { checkCodec } from './codec-check.ts';
import { type Frame, type Id, makeFrame, type Parts, sameId, seal } from './frame.ts';
import { type Heard, Hearing } from './hearing.ts';
import { mutate } from './mutate.ts';
import { Rules } from './rules.ts';

/** Times go by in `beat`, hundreds of ms at once. */
/** Shorter times and less memory than usual, so that a case comes to its limits. */
export const PATIENCE = {
  pingMs: 500,
  limits: {
    ...USUAL_LIMITS,
    handshake_seconds: 4,
    silent_seconds: 2,
    stuck_seconds: 5,
    waiting_bytes: 1 << 20,
  },
};
const CODES: Readonly<Record<LinkErrorCode, true>> = {
  sync: true,
  eof: true,
  socket: true,
  field: true,
  'header-crc': true,
  'payload-crc': true,
  sequence: true,
  transaction: true,
  mac: true,
  flood: true,
  silent: true,
  handshake: true,
  refused: true,
  closed: true,
};
/** How a stream may end. */
const ENDS: readonly (() => Error | undefined)[] = [
  () => undefined,
  () => new Error('reset'),
  () => new LinkCryptoError('mac', 'a chunk was changed'),
  () => new LinkError('refused', 'the key is not wanted'),
];
/** Share of the changed frames whose CRCs and sequence number are made to fit. */
const SEALED = 0.9;
const CODEC_SHARE = 0.05;

/** How wild a peer is. */
export interface Manners {
  /** Share of frames that are changed, doubled, held back or cut. */
  readonly wild: number;
  readonly le: boolean;
}

/** What lies between the messages of a link and the bytes of its stream. */
export interface Cipher {
  /** The program's end of it, on a stream. */
  wrap(below: FuzzStream): ByteStream;
  /** The fuzzer's end: bytes to be sent for messages said, and messages heard in bytes that came. */
  seal(said: Buffer): Buffer;
  open(came: Buffer): Buffer;
}

const PLAIN: Cipher = { wrap: (below) => below, seal: (said) => said, open: (came) => came };

/** The fuzzer as the peer of a real Link. */
export class FuzzPeer {
  readonly stream: FuzzStream;
  readonly link: Link;
  /** Ids of transactions that are or were there. */
  readonly ids: Id[] = [];
  /** Heard and not yet looked at. */
  readonly inbox: Heard[] = [];
  error: LinkError | undefined;
  /** Told each frame as it goes out. */
  emitted: (frame: Frame) => void = () => {};
  readonly #case: Case;
  readonly #random: Random;
  readonly #manners: Manners;
  readonly #hearing: Hearing;
  readonly #cipher: Cipher;
  readonly #rules: Rules | undefined;
  #sequence = 0;
  /** Held back, to come later. */
  #late: Frame | undefined;
  #before: Frame | undefined;
  #nextId = 0x10;
  #nowMs = performance.now();

  constructor(
    one: Case,
    manners: Manners,
    options: Partial<LinkOptions> & { conn: Conn },
    user: LinkUser,
    cipher: Cipher = PLAIN,
  ) {
    this.#case = one;
    this.#random = one.random;
    this.#manners = manners;
    this.#hearing = new Hearing(
      (message) => {
        this.#rules?.hears(message);
        this.inbox.push(message);
      },
      () => this.link?.maxPayloadBytes ?? 0,
    );
    this.#cipher = cipher;
    this.stream = new FuzzStream(one.random, (bytes) => {
      const said = cipher.open(bytes);
      checkNoCanary(said, 'what is sent');
      this.#hearing.hear(said);
    });
    this.link = new Link(
      cipher.wrap(this.stream),
      {
        ...LINK_DEFAULTS,
        side: 'listener',
        ...PATIENCE,
        ...options,
      },
      this.#watched(user),
    );
    this.#rules = new Rules(this.link, options.dialect ?? 'auto');
  }

  get over(): boolean {
    return this.stream.over || this.link.state === 'down';
  }

  newId(): Id {
    const last = this.ids.at(-1);
    let id: Id = { low: this.#nextId, high: this.#random.chance(0.1) ? 7 : 0 };
    this.#nextId += 16;
    if (last !== undefined && this.#random.chance(0.05)) {
      const rival = rivalOf(last);
      if (!this.ids.some((known) => sameId(known, rival))) id = rival;
    }
    this.ids.push(id);
    return id;
  }

  /** Say something; as it is, or otherwise. */
  say(parts: Parts): void {
    const le = this.#random.chance(0.02) ? !this.#manners.le : this.#manners.le;
    this.send(makeFrame(parts, le));
  }

  send(frame: Frame): void {
    const random = this.#random;
    if (!random.chance(this.#manners.wild)) {
      this.#emit(frame, true);
    } else {
      switch (random.integer(0, 7)) {
        case 0:
          this.#emit(frame, true);
          this.#emit({ ...frame, bytes: Buffer.from(frame.bytes) }, random.chance(SEALED));
          break;
        case 1: // out of order
          if (this.#late !== undefined) this.#emit(this.#late, true);
          this.#late = frame;
          break;
        case 2: // spliced
          if (this.#before !== undefined) {
            const cut = 64 * random.integer(0, frame.bytes.length / 64);
            const rest = this.#before.bytes.subarray(cut);
            frame.bytes = Buffer.concat([frame.bytes.subarray(0, cut), rest]);
          }
          this.#emit(frame, random.chance(SEALED));
          break;
        case 3: // lost
          break;
        default:
          for (let count = random.pick([1, 1, 1, 2, 3]); count > 0; count--) mutate(frame, random, this.ids);
          this.#emit(frame, random.chance(SEALED));
      }
    }
    if (this.#late !== undefined && random.chance(0.3)) {
      this.#emit(this.#late, true);
      this.#late = undefined;
    }
  }

  /** Time passes, as the heartbeat tells it. */
  beat(): void {
    this.#nowMs += this.#random.pick([10, 300, 300, 3000]);
    this.link.beat(this.#nowMs, this.#random.chance(0.1));
  }

  /** End the link from a side picked at random. */
  finish(): void {
    const random = this.#random;
    this.stream.blocked = false;
    this.stream.take();
    if (!this.over) {
      if (random.chance(0.2)) this.link.close();
      if (random.chance(0.5)) this.stream.hangUp(random.pick(ENDS)());
    }
    if (this.stream.over && this.link.state !== 'down')
      this.link.fail(new LinkError('closed', 'cut by the fuzzer'));
    if (!this.stream.over) this.stream.hangUp();
  }

  /** When nothing is under way any more. @throws Finding where the ended link is not over and done with */
  checkEnd(): void {
    holds(this.error !== undefined, `the link is ${this.link.state} after its stream ended`);
    holds(this.link.mux.size === 0, `${this.link.mux.size} transactions outlive their link`);
  }

  #emit(frame: Frame, isSealed: boolean): void {
    if (this.over) return;
    if (isSealed) seal(frame, this.#sequence);
    // What the program has said in this turn is still on its way.
    this.link.mux.writer.flush();
    // Nor can be judged what comes while something said before is still to be read.
    const isCurrent = this.stream.isDrained;
    const offence = this.#rules?.says(frame, this.#sequence);
    if (isSealed) this.#sequence = (this.#sequence + 1) & 0xff;
    if (frame.bytes.length === 0) return;
    this.#before = frame;
    this.#hearing.sends(frame);
    this.emitted(frame);
    if (this.#random.chance(CODEC_SHARE)) checkCodec(frame.bytes);
    this.#case.fed();
    this.stream.arrive(this.#cipher.seal(frame.bytes));
    if (!isCurrent || !this.stream.isDrained) this.#rules?.isUnread();
    else if (offence !== undefined && this.#cipher === PLAIN) {
      holds(this.over, `the link survives ${offence}`);
    }
  }

  #watched(user: LinkUser): LinkUser {
    return {
      up: (link) => user.up(link),
      spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
      progress: (link) => user.progress?.(link),
      consoleText: (link, text) => user.consoleText?.(link, text),
      down: (link, error) => {
        holds(this.error === undefined, 'a link ended twice');
        this.error = error;
        holds(error.code in CODES, `a link ended with the code ${error.code}`);
        if (error.message.includes('internal error')) throw error.cause ?? error;
        user.down(link, error);
      },
    };
  }
}

/** Another id that the table of transactions finds in the same place: see hashOf of transaction-table.ts. */
function rivalOf({ low, high }: Id): Id {
  const mixed = low ^ (low >>> 7) ^ 0x40000000;
  let rival = mixed;
  for (let shift = 7; shift < 32; shift += 7) rival ^= mixed >>> shift;
  return { low: rival >>> 0, high };
}

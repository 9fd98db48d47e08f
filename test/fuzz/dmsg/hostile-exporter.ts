import { writeBlkError } from '../../../electron/dmsg/blk.ts';
import { Command, Flag, PeerType, Wire } from '../../../electron/dmsg/constants.ts';
import type { Dialect } from '../../../electron/dmsg/dialect.ts';
import { FENCE_ANSWER_BYTES, writeFenceAnswer } from '../../../electron/dmsg/open-fence.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { type Id, NO_ID } from './frame.ts';
import { flagged, type Heard } from './hearing.ts';
import type { FuzzPeer } from './peer.ts';
import { recordedFrame } from './recorded.ts';
import { answerTo, conn, end, type Offer, span } from './words.ts';

const DATA = Buffer.alloc((1 << 20) + 64, 0x41);
const ERRORS = [Wire.IO, Wire.PARAM, Wire.NOSUPP, Wire.LOSTLINK, Wire.CANTCIRC, 0x99];
const KEPT = 200;

/** An exporter that knows the protocol, to break it: it answers what was asked, or something else. */
export class HostileExporter {
  readonly #peer: FuzzPeer;
  readonly #random: Random;
  readonly #offer: Offer;
  readonly #spans: Id[] = [];
  /** Commands and opens not answered yet, and what has been answered. */
  #waiting: Heard[] = [];
  readonly #answered: Heard[] = [];
  readonly #opens: Heard[] = [];
  /** How often it does the wrong thing. */
  readonly #evil: number;

  constructor(peer: FuzzPeer, random: Random, offer: Offer, evil: number) {
    this.#peer = peer;
    this.#random = random;
    this.#offer = offer;
    this.#evil = evil;
  }

  introduce(dialect: Dialect): void {
    this.#peer.say(conn(this.#peer.newId(), dialect, PeerType.BLOCK));
    for (let count = this.#random.pick([1, 1, 1, 2, 3]); count > 0; count--) this.#offerSpan(this.#offer);
  }

  listen(): void {
    for (const heard of this.#peer.inbox.splice(0)) this.#hear(heard);
  }

  /** Answer something, or say something nobody asked for. */
  act(): void {
    const random = this.#random;
    if (random.chance(this.#evil)) this.#misbehave();
    else if (this.#waiting.length > 0) {
      const at = random.chance(0.7) ? 0 : random.integer(0, this.#waiting.length - 1);
      this.#answer(this.#waiting.splice(at, 1)[0] as Heard);
    } else if (this.#spans.length === 0) this.#offerSpan(this.#offer);
    else this.#peer.say({ cmd: Command.LNK_PING | (random.chance(0.5) ? Flag.REPLY : 0) });
  }

  #hear(heard: Heard): void {
    const random = this.#random;
    const peer = this.#peer;
    if ((heard.id.low | heard.id.high) === 0) return;
    peer.ids.push(heard.id);
    if (flagged(heard, Flag.REVTRANS)) {
      // The client refused or let go of a span.
      if (!flagged(heard, Flag.DELETE)) return;
      const at = this.#spans.findIndex(({ low, high }) => low === heard.id.low && high === heard.id.high);
      if (at >= 0) peer.say(end(this.#spans.splice(at, 1)[0] as Id, NO_ID));
    } else if (flagged(heard, Flag.CREATE) && (heard.circuit.low | heard.circuit.high) !== 0) {
      this.#waiting.push(heard);
    } else if (flagged(heard, Flag.CREATE)) peer.say(answerTo(heard, random.chance(0.01)));
    else if (flagged(heard, Flag.DELETE)) {
      const answered = this.#opens.find(({ id }) => id.low === heard.id.low && id.high === heard.id.high);
      peer.say(answerTo(answered ?? heard, true, 0, false));
    }
  }

  #answer(heard: Heard): void {
    const random = this.#random;
    const peer = this.#peer;
    this.#answered[random.integer(0, KEPT)] = heard;
    if (heard.command === Command.BLK_OPEN) {
      if (random.chance(0.1)) peer.say(answerTo(heard, true, random.pick(ERRORS)));
      else {
        this.#opens.push(heard);
        peer.say(answerTo(heard, false, 0, true, random.chance(0.5) ? fenceAnswer() : undefined));
      }
    } else if (random.chance(0.1)) this.#refuse(heard, random.pick(ERRORS));
    else if (heard.command === Command.BLK_READ) {
      const asked = heard.bytes.readUInt32LE(0x50);
      const bytes = random.chance(0.8) ? asked : random.integer(0, asked);
      if (random.chance(0.05)) peer.say(answerTo(heard, false));
      else peer.say(answerTo(heard, true, 0, true, DATA.subarray(0, bytes)));
    } else peer.say(answerTo(heard, true));
  }

  #refuse(heard: Heard, error: number): void {
    const { cmd, ...parts } = answerTo(heard, true, error);
    if (this.#random.chance(0.3)) this.#peer.say({ cmd, ...parts });
    else {
      const text = this.#random.pick(['nospace: full', 'readonly: no', 'io: \x1b[31m', '', 'constructor: x']);
      const body = { keyidLow: 1, keyidHigh: 2, residual: 0xffffffff, text };
      const blk = (Command.BLK_ERROR | (cmd & 0xff000000)) >>> 0;
      this.#peer.say({ ...parts, cmd: blk, body: (view, le) => writeBlkError(view, 0, le, body) });
    }
  }

  #misbehave(): void {
    const random = this.#random;
    const peer = this.#peer;
    const waiting = this.#waiting.length === 0 ? undefined : random.pick(this.#waiting);
    const answered = random.pick([...this.#answered.filter((heard) => heard !== undefined), undefined]);
    switch (random.integer(0, 11)) {
      case 0: // once more
        if (answered !== undefined) peer.say(answerTo(answered, true));
        break;
      case 1: // to nothing
        peer.say({
          cmd: Command.LNK_ERROR | RESULT,
          id: { low: 0x30, high: 0 },
          payload: DATA.subarray(0, 512),
        });
        break;
      case 2: // too long
        if (waiting !== undefined) {
          const bytes = waiting.bytes.length > 0x54 ? waiting.bytes.readUInt32LE(0x50) + 64 : 64;
          peer.say(answerTo(waiting, true, 0, true, DATA.subarray(0, Math.min(bytes, DATA.length))));
        }
        break;
      case 3: // an error with data
        if (waiting !== undefined) peer.say(answerTo(waiting, true, Wire.IO, true, DATA.subarray(0, 4096)));
        break;
      case 4: // from the wrong side
        if (waiting !== undefined) {
          const { cmd, ...parts } = answerTo(waiting, true);
          peer.say({ ...parts, cmd: cmd & ~random.pick([Flag.REPLY, Flag.REVTRANS, Flag.CREATE]) });
        }
        break;
      case 5: // the wrong one
        if (waiting !== undefined) {
          const id = { low: waiting.id.low, high: (waiting.id.high - 1) >>> 0 };
          peer.say({ ...answerTo(waiting, true), id });
        }
        break;
      case 6: {
        const id =
          this.#spans.length === 0
            ? undefined
            : this.#spans.splice(random.integer(0, this.#spans.length - 1), 1)[0];
        if (id !== undefined) peer.say(end(id, NO_ID));
        break;
      }
      case 7: {
        const sizeBytes = random.pick([0n, 512n, this.#offer.sizeBytes * 2n, 2n ** 64n - 1n, 2n ** 53n]);
        const blockBytes = random.pick([0, 1, 3, 512, 4096, 2 ** 31, 2 ** 32 - 1]);
        this.#offerSpan({ ...this.#offer, sizeBytes, blockBytes, distance: random.integer(0, 20) });
        break;
      }
      case 8: {
        const open = this.#opens.length === 0 ? undefined : random.pick(this.#opens);
        if (open !== undefined) peer.say(answerTo(open, true, random.pick([0, ...ERRORS]), false));
        break;
      }
      case 9: // opens something in what the client opened
        if (waiting !== undefined) {
          peer.say({
            cmd: Command.BLK_READ | Flag.CREATE | Flag.REVCIRC,
            id: peer.newId(),
            circuit: waiting.id,
          });
        }
        break;
      case 10:
        if (waiting !== undefined) peer.say(answerTo(waiting, false, 0, true, DATA.subarray(0, 512)));
        break;
      default:
        peer.send(recordedFrame(random, peer.ids));
    }
  }

  #offerSpan(offer: Offer): void {
    const id = this.#peer.newId();
    this.#spans.push(id);
    this.#peer.say(span(id, offer));
  }
}

const RESULT = Flag.CREATE | Flag.DELETE | Flag.REPLY | Flag.REVTRANS;

function fenceAnswer(): Buffer {
  const bytes = Buffer.alloc(FENCE_ANSWER_BYTES);
  writeFenceAnswer(bytes, 0, { domain: 'd0'.repeat(16), verifier: 'c0'.repeat(16) });
  return bytes;
}

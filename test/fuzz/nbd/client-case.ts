import { BlockOp } from '../../../electron/block/device.ts';
import { checkRange } from '../../../electron/block/range.ts';
import { NbdClient } from '../../../electron/nbd/client.ts';
import { NbdConnectError } from '../../../electron/nbd/client-negotiation.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { checkNoCanary } from '../support/canary.ts';
import { FuzzStream } from '../support/fuzz-stream.ts';
import { GuardedRequest } from '../support/guarded-request.ts';
import { rangeOn } from '../support/range.ts';
import { type Case, holds, turn } from '../support/target.ts';
import { type Command, chunk, greeting, mutant, optionReply, readCommand, u16, u32, u64 } from './bytes.ts';

const DISK_BYTES = 1 << 20;
const DATA = Buffer.alloc(DISK_BYTES + 64, 0x41);
const NOTHING = Buffer.alloc(0);
const OPTION_HEAD_BYTES = 16;
const REQUEST_BYTES = 28;
const MAX_REQUESTS = 100;
const OPS = [
  BlockOp.read,
  BlockOp.read,
  BlockOp.read,
  BlockOp.write,
  BlockOp.flush,
  BlockOp.discard,
  BlockOp.zero,
];

/** Our client, with a hostile server. */
export async function clientCase(one: Case): Promise<void> {
  const { random } = one;
  const server = new HostileServer(one);
  const requests: GuardedRequest[] = [];
  let client: NbdClient | undefined;
  let isOver = false;
  const connecting = NbdClient.over(server.stream, 'disk', 'fuzz').then(
    (connected) => {
      client = connected;
    },
    (error: unknown) => {
      isOver = true;
      if (!(error instanceof NbdConnectError)) throw error;
    },
  );
  for (let left = random.integer(10, 70); left > 0 && !isOver && !server.stream.over; left--) {
    if (client === undefined) await turn();
    else await Promise.resolve();
    server.act();
    if (client !== undefined && requests.length < MAX_REQUESTS) submit(client, requests, random);
    if (random.chance(0.05)) await turn();
  }
  await turn();
  const closing = random.chance(0.3) ? client?.close() : undefined;
  server.finish();
  await connecting;
  await closing;
  await client?.close();
  for (const request of requests) request.check();
}

function submit(client: NbdClient, requests: GuardedRequest[], random: Random): void {
  for (let count = random.pick([0, 1, 1, 4]); count > 0; count--) {
    const op = random.pick(OPS);
    const { offset, bytes } =
      op === BlockOp.flush ? { offset: 0, bytes: 0 } : rangeOn(client.sizeBytes, random);
    if (bytes > DISK_BYTES || checkRange(client, offset, bytes) !== null) continue;
    const request = new GuardedRequest(op, offset, bytes);
    request.fua = random.chance(0.1);
    requests.push(request);
    client.submit(request);
  }
}

class HostileServer {
  readonly stream: FuzzStream;
  readonly #case: Case;
  readonly #random: Random;
  readonly #wild: number;
  readonly #evil: number;
  #heard: Buffer = Buffer.alloc(0);
  #hasGreeted = false;
  #hasFlags = false;
  #isStructured = false;
  #isAttached = false;
  #waiting: Command[] = [];
  #answered: Command | undefined;

  constructor(one: Case) {
    this.#case = one;
    this.#random = one.random;
    this.#wild = one.random.pick([0, 0, 0.02, 0.1]);
    this.#evil = one.random.pick([0, 0.02, 0.1]);
    this.stream = new FuzzStream(one.random, (bytes) => {
      checkNoCanary(bytes, 'what is sent');
      this.#heard = Buffer.concat([this.#heard, bytes]);
    });
  }

  act(): void {
    if (!this.#hasGreeted) {
      this.#hasGreeted = true;
      this.#say(greeting(this.#random.pick([3, 3, 3, 3, 3, 3, 3, 1, 0, 0xffff])));
    }
    this.#listen();
    if (this.#isAttached) this.#answer();
  }

  finish(): void {
    this.stream.blocked = false;
    this.stream.take();
    this.stream.hangUp(this.#random.chance(0.5) ? undefined : new Error('reset'));
  }

  #say(message: Buffer): void {
    const random = this.#random;
    const bytes = random.chance(this.#wild) ? mutant(message, random) : message;
    if (this.stream.over) return;
    this.#case.fed();
    if (bytes.length > 0) this.stream.arrive(bytes);
  }

  /** Take what the client said: its flags, then options, then requests. */
  #listen(): void {
    if (!this.#hasFlags) {
      if (this.#heard.length < 4) return;
      this.#hasFlags = true;
      this.#heard = this.#heard.subarray(4);
    }
    for (;;) {
      const length = this.#message();
      if (length === 0) return;
      this.#heard = this.#heard.subarray(length);
    }
  }

  #message(): number {
    const heard = this.#heard;
    if (heard.length < OPTION_HEAD_BYTES) return 0;
    if (heard.toString('latin1', 0, 8) === 'IHAVEOPT') {
      const length = OPTION_HEAD_BYTES + heard.readUInt32BE(12);
      if (heard.length < length) return 0;
      holds(!this.#isAttached || this.#wild > 0, 'an option in the transmission phase');
      for (const reply of this.#option(heard.readUInt32BE(8))) this.#say(reply);
      return length;
    }
    holds(heard.readUInt32BE(0) === 0x25609513, 'what a client says is neither option nor request');
    if (heard.length < REQUEST_BYTES) return 0;
    const asked = readCommand(heard, 0);
    const length = REQUEST_BYTES + (asked.type === 1 ? asked.length : 0);
    if (heard.length < length) return 0;
    this.#isAttached = true;
    if (asked.type !== 2) this.#waiting.push(asked);
    return length;
  }

  #option(number: number): Buffer[] {
    const random = this.#random;
    if (number === 8) {
      this.#isStructured = random.chance(0.6);
      return [optionReply(8, this.#isStructured ? 1 : 2 ** 31 + 1)];
    }
    const size = random.chance(0.98) ? DISK_BYTES : random.pick([0, 1, 1000, 2 ** 53, 2 ** 64 - 2048]);
    const flags = random.chance(0.98) ? 0x6d : random.integer(0, 0xffff);
    if (number === 1) return [Buffer.concat([u64(size), u16(flags), Buffer.alloc(random.pick([0, 124]))])];
    if (random.chance(0.1)) return [optionReply(number, 2 ** 31 + random.integer(1, 9), Buffer.from('no'))];
    const replies = [optionReply(number, 3, Buffer.concat([u16(0), u64(size), u16(flags)]))];
    if (random.chance(0.5)) {
      const sizes = random.pick([
        [1, 4096, 65_536],
        [512, 4096, 32 << 20],
        [4096, 4096, 4096],
        [3, 4096, 65_536],
        [0, 0, 0],
      ]);
      replies.push(optionReply(number, 3, Buffer.concat([u16(3), u32(...sizes)])));
    }
    replies.push(optionReply(number, 1));
    return replies;
  }

  #answer(): void {
    const random = this.#random;
    if (random.chance(this.#evil)) for (const reply of this.#misbehave()) this.#say(reply);
    const at = random.chance(0.7) ? 0 : random.integer(0, Math.max(0, this.#waiting.length - 1));
    const [asked] = this.#waiting.splice(at, 1);
    if (asked === undefined) return;
    this.#answered = asked;
    for (const reply of this.#replies(asked)) this.#say(reply);
  }

  #replies(asked: Command): Buffer[] {
    const random = this.#random;
    const errno = random.chance(0.1) ? random.pick([1, 5, 12, 22, 28, 75, 95, 108, 99]) : 0;
    if (!this.#isStructured || asked.type !== 0) return [simple(asked, errno)];
    if (errno === 0) return this.#pieces(asked);
    return [chunk(asked.cookie, 0x8001, true, Buffer.concat([u32(errno), u16(2), Buffer.from('no')]))];
  }

  /** A read in pieces, in any order. */
  #pieces({ cookie, offset, length }: Command): Buffer[] {
    const random = this.#random;
    const cuts = [0, length];
    for (let count = random.pick([0, 0, 1, 3]); count > 0; count--) cuts.push(random.integer(0, length));
    const sorted = [...new Set(cuts)].sort((a, b) => a - b);
    const parts = sorted.slice(1).map((to, i) => ({ from: sorted[i] as number, to }));
    if (random.chance(0.3)) parts.reverse();
    const isLastEmpty = random.chance(0.2);
    const pieces = parts.map(({ from, to }, i) => {
      const isLast = i === parts.length - 1 && !isLastEmpty;
      const isHole = random.chance(0.2);
      const data = isHole ? u32(to - from) : DATA.subarray(0, to - from);
      return chunk(cookie, isHole ? 2 : 1, isLast, Buffer.concat([u64(offset + from), data]));
    });
    return isLastEmpty ? [...pieces, chunk(cookie, 0, true, NOTHING)] : pieces;
  }

  #misbehave(): Buffer[] {
    const random = this.#random;
    const asked = this.#waiting.length > 0 ? random.pick(this.#waiting) : this.#answered;
    if (asked === undefined) return [];
    const { cookie, offset, length } = asked;
    const data = (from: number, bytes: number): Buffer =>
      chunk(cookie, 1, false, Buffer.concat([u64(from), DATA.subarray(0, bytes)]));
    switch (random.integer(0, 6)) {
      case 0: // once more, or too early
        return [simple(this.#answered ?? asked, 0)];
      case 1: // to nothing
        return [simple({ ...asked, cookie: [cookie[0], random.pick([cookie[1] + 1, 2 ** 32 - 1])] }, 0)];
      case 2: // beside what was asked
        return [data(offset + length - 1, 600)];
      case 3: // twice the same
        return [data(offset, Math.min(512, length)), data(offset, Math.min(512, length))];
      case 4: // of a negative size, or none
        return [chunk(cookie, 2, true, Buffer.concat([u64(offset), u32(random.pick([0, 2 ** 32 - 1]))]))];
      case 5: // an end without data
        return [chunk(cookie, 0, true, NOTHING)];
      default:
        return [
          chunk(cookie, random.integer(0, 0xffff), random.chance(0.5), Buffer.alloc(random.integer(0, 40))),
        ];
    }
  }
}

function simple({ type, cookie, length }: Command, errno: number): Buffer {
  const head = u32(0x67446698, errno, ...cookie);
  return type === 0 && errno === 0 ? Buffer.concat([head, DATA.subarray(0, length)]) : head;
}

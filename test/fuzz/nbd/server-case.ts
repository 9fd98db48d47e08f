import type { BlockDevice } from '../../../electron/block/device.ts';
import { ClientSession } from '../../../electron/nbd/client-session.ts';
import type { AllocationMap, ExportDirectory, Extent, OpenExport } from '../../../electron/nbd/export.ts';
import { DEFAULT_LIMITS } from '../../../electron/nbd/limits.ts';
import { OptionDataError } from '../../../electron/nbd/option-data.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { checkNoCanary } from '../support/canary.ts';
import { FuzzStream } from '../support/fuzz-stream.ts';
import { rangeOn } from '../support/range.ts';
import { type Case, holds, turn } from '../support/target.ts';
import { WatchedMedium } from '../support/watched-medium.ts';
import { command, mutant, option, u16, u32 } from './bytes.ts';
import { checkNegotiation, Served } from './served.ts';

const DISK_BYTES = 128 << 10;
const SECTOR = 512;
const FILL = 0x11;
const MEMORY = Buffer.alloc(DISK_BYTES);
const PAYLOAD = Buffer.alloc(128 << 10, 0x41);
const NAMES = [
  ...Array<string>(16).fill('disk'),
  '',
  '',
  'none',
  'broken',
  'x'.repeat(5000),
  'a\0b',
  '\ud800',
];
const OPTIONS = [
  ...['list', 'structured', 'structured', 'structured', 'info', 'go', 'go', 'go', 'go', 'go'],
  ...['name', 'context', 'context', 'odd'],
];
const CONTEXTS = ['base:allocation', 'base:', 'qemu:dirty', ''];

class MappedMedium extends WatchedMedium implements AllocationMap {
  allocation(offset: number, length: number, limit: number): readonly Extent[] {
    holds(length > 0 && offset + length <= this.sizeBytes, `extents of ${length} bytes at ${offset}`);
    const count = Math.min(limit, 1 + ((offset >>> 9) % 3));
    return Array.from({ length: count }, (_, i) => ({ bytes: 4096, hole: i % 2 === 0, zero: i % 2 === 0 }));
  }
}

/** Our server, with a hostile client. */
export async function serverCase(one: Case): Promise<void> {
  const { random } = one;
  const medium = random.chance(0.5)
    ? new WatchedMedium(MEMORY, FILL, random)
    : new MappedMedium(MEMORY, FILL, random);
  const touched = new Uint8Array(DISK_BYTES / SECTOR);
  const client = new HostileClient(one, medium, touched);
  for (let left = random.integer(10, 100); left > 0 && !client.over; left--) {
    await client.act();
    if (random.chance(0.5)) medium.answer(false);
  }
  await client.finish(medium);
  holds(medium.underWay === 0, 'a request at the device has no end');
  medium.checkUntouched(touched);
}

class HostileClient {
  readonly #case: Case;
  readonly #random: Random;
  readonly #stream: FuzzStream;
  readonly #session: ClientSession;
  readonly #served: Served;
  readonly #wild: number;
  #said: Buffer[] = [];
  #isAttached = false;
  #opens = 0;
  #gone = 0;
  #hasGreeted = false;
  #choosesByName = false;
  #cookie = 1;

  constructor(one: Case, medium: WatchedMedium, touched: Uint8Array) {
    this.#case = one;
    this.#random = one.random;
    this.#wild = one.random.pick([0, 0, 0.02, 0.05, 0.2]);
    this.#served = new Served(({ type, offset, length }) => {
      const changes = type === 1 || type === 4 || type === 6;
      if (changes && offset < DISK_BYTES) {
        touched.fill(1, Math.floor(offset / SECTOR), Math.ceil((offset + length) / SECTOR));
      }
    });
    this.#stream = new FuzzStream(one.random, (bytes) => {
      checkNoCanary(bytes, 'what is sent');
      if (this.#isAttached) this.#served.answer(bytes);
      else this.#said.push(bytes);
    });
    const limits = one.random.chance(0.7)
      ? DEFAULT_LIMITS
      : { ...DEFAULT_LIMITS, requests: 4, bytes: 64 << 10, unsentBytes: 8 << 10 };
    this.#session = new ClientSession(1, this.#stream, this.#directory(medium), limits, {
      attached: () => {
        holds(!this.#isAttached, 'a client is attached twice');
        checkNegotiation(Buffer.concat(this.#said), this.#choosesByName ? [10, 134] : []);
        this.#isAttached = true;
      },
      gone: (_client, error) => {
        holds(this.#gone++ === 0, 'a client is gone twice');
        const isBug = error instanceof TypeError || error instanceof RangeError;
        if (isBug || error instanceof OptionDataError) throw error;
      },
      warn: () => {},
    });
  }

  get over(): boolean {
    return this.#stream.over || this.#stream.ended;
  }

  async act(): Promise<void> {
    const random = this.#random;
    if (!this.#hasGreeted) {
      this.#hasGreeted = true;
      this.#say(u32(random.pick([3, 3, 3, 3, 3, 3, 1, 1, 0, 7])));
    } else if (this.#isAttached) this.#ask();
    else this.#say(this.#option());
    if (random.chance(0.03)) this.#stream.blocked = !this.#stream.blocked;
    if (!this.#stream.blocked) this.#stream.take();
    // An option said before the last one was answered may come to stand among the requests.
    if (this.#isAttached ? random.chance(0.05) : random.chance(0.98)) await turn();
    else await Promise.resolve();
  }

  async finish(medium: WatchedMedium): Promise<void> {
    const random = this.#random;
    this.#stream.blocked = false;
    this.#stream.take();
    if (random.chance(0.2)) this.#session.shutdown();
    if (random.chance(0.3)) await turn();
    this.#stream.hangUp(random.chance(0.5) ? undefined : new Error('reset'));
    // A range may be zeroed piece by piece, each in a turn of its own.
    for (let turns = 0; turns < 50 && (this.#gone === 0 || medium.underWay > 0); turns++) {
      medium.answer(true);
      await turn();
    }
    holds(this.#gone === 1, 'a client that hung up is not gone');
    holds(this.#opens === 0, `${this.#opens} exports are left open`);
  }

  #directory(medium: BlockDevice): ExportDirectory {
    return {
      list: () => [{ name: 'disk', description: 'fuzz' }],
      open: async (name): Promise<OpenExport | null> => {
        if (name === 'broken') throw new Error('cannot be opened');
        if (name !== 'disk' && name !== '') return null;
        this.#opens++;
        return {
          device: medium,
          name: 'disk',
          description: 'fuzz',
          close: async () => {
            this.#opens--;
          },
        };
      },
    };
  }

  #say(message: Buffer): void {
    const random = this.#random;
    const isMutant = random.chance(this.#wild);
    const bytes = isMutant ? mutant(message, random) : message;
    for (let times = isMutant && random.chance(0.1) ? 2 : 1; times > 0 && !this.over; times--) {
      if (this.#isAttached) this.#served.ask(bytes);
      this.#case.fed();
      if (bytes.length > 0) this.#stream.arrive(bytes);
    }
  }

  #option(): Buffer {
    const random = this.#random;
    const name = Buffer.from(random.pick(NAMES));
    const named = Buffer.concat([u32(name.length), name]);
    switch (random.pick(OPTIONS)) {
      case 'list':
        return option(3);
      case 'structured':
        return option(8);
      case 'info':
      case 'go': {
        const infos = Array.from({ length: random.integer(0, 4) }, () => random.integer(0, 4));
        const asked = Buffer.concat([named, u16(infos.length), ...infos.map(u16)]);
        return option(random.pick([6, 7, 7]), asked);
      }
      case 'name':
        this.#choosesByName = true;
        return option(1, name);
      case 'context': {
        const queries = Array.from({ length: random.integer(0, 3) }, () =>
          Buffer.from(random.pick(CONTEXTS)),
        );
        const parts = queries.flatMap((query) => [u32(query.length), query]);
        return option(random.pick([9, 10]), Buffer.concat([named, u32(queries.length), ...parts]));
      }
      default:
        return option(
          random.pick([4, 5, 11, 0, 2 ** 32 - 1, 2]),
          Buffer.alloc(random.pick([0, 0, 8, 8, 70_000])),
        );
    }
  }

  #ask(): void {
    const random = this.#random;
    const type = random.pick([0, 0, 0, 1, 1, 1, 3, 4, 6, 7, 7, 5, 99, random.chance(0.05) ? 2 : 0]);
    const { offset, bytes } = rangeOn(DISK_BYTES, random);
    const cookie = [random.chance(0.9) ? this.#cookie++ : 1, 7] as const;
    const flags = random.chance(0.7) ? 0 : random.integer(0, 31);
    const asked = {
      type,
      flags,
      cookie,
      offset,
      length: type === 1 ? Math.min(bytes, PAYLOAD.length) : bytes,
    };
    this.#say(command(asked, type === 1 ? PAYLOAD.subarray(0, asked.length) : undefined));
  }
}

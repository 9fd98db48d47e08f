import { exporterConn, type LinkOptions } from '../../../electron/dmsg/link-options.ts';
import { Export } from '../../../electron/target/export.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import { LOAD_DEFAULTS } from '../../../electron/target/load.ts';
import type { Random } from '../../dmsg/support/random.ts';
import { type Case, holds, turn } from '../support/target.ts';
import { WatchedMedium } from '../support/watched-medium.ts';
import { HostileClient } from './hostile-client.ts';
import { type Cipher, FuzzPeer, PATIENCE } from './peer.ts';
import { recordedSide } from './recorded.ts';

const DISK_BYTES = 128 << 10;
const SECTORS = DISK_BYTES / 512;
/** Content of each disk where nobody wrote: a run of the other's in a read is a leak. */
const FILLS: Readonly<Record<string, number>> = { DISK_A: 0x11, DISK_B: 0x22 };
const RUN_BYTES = 64;
const FOREIGN: Readonly<Record<string, Buffer>> = {
  DISK_A: Buffer.alloc(RUN_BYTES, FILLS.DISK_B),
  DISK_B: Buffer.alloc(RUN_BYTES, FILLS.DISK_A),
};
const MEMORY = Object.keys(FILLS).map(() => Buffer.alloc(DISK_BYTES));

/** Our exporter with two disks, and what must be true of them whoever uses them. */
export class ExporterWorld {
  readonly exporter: Exporter;
  readonly media: readonly WatchedMedium[];
  readonly #case: Case;
  readonly #random: Random;
  readonly #exports: readonly Export[];
  readonly #peers: FuzzPeer[] = [];
  /** Sectors of either disk that somebody asked to change. */
  readonly #touched = new Uint8Array(SECTORS);

  private constructor(one: Case) {
    const { random } = one;
    this.#case = one;
    this.#random = random;
    this.media = Object.values(FILLS).map((fill, i) => new WatchedMedium(MEMORY[i] as Buffer, fill, random));
    this.exporter = new Exporter({}, random.chance(0.8) ? LOAD_DEFAULTS : { commands: 2, bytes: 64 << 10 });
    this.#exports = Object.keys(FILLS).map((serial, i) => {
      const open = async (): Promise<WatchedMedium> => this.media[i] as WatchedMedium;
      return new Export({ serial, label: `host/${serial}`, open, volatile: true });
    });
  }

  static async make(one: Case): Promise<ExporterWorld> {
    const world = new ExporterWorld(one);
    for (const item of world.#exports) {
      await item.online();
      world.exporter.add(item);
    }
    return world;
  }

  /** A hostile client comes, says some messages, and goes. */
  async visit(messages: number, wild: number, cipher?: Cipher): Promise<FuzzPeer> {
    const random = this.#random;
    const dialect = random.pick(['current', '2014'] as const);
    const options: Partial<LinkOptions> = {
      dialect: random.pick(['auto', 'auto', dialect, 'current']),
      side: random.pick(['listener', 'listener', 'dialer']),
      ...(random.chance(0.1) ? { limits: { ...PATIENCE.limits, transactions: 8 } } : {}),
    };
    const manners = { wild, le: random.chance(0.6) };
    const peer = new FuzzPeer(
      this.#case,
      manners,
      { ...options, conn: exporterConn() },
      this.exporter,
      cipher,
    );
    this.#peers.push(peer);
    const foreign = (serial: string): Buffer => FOREIGN[serial] as Buffer;
    const client = new HostileClient(peer, random, this.#touched, foreign);
    if (random.chance(0.05)) {
      for (const frame of recordedSide(random)) {
        client.listen();
        peer.send(frame);
      }
    } else if (random.chance(0.97)) client.introduce(dialect);
    for (let left = messages; left > 0 && !peer.over; left--) {
      // What is written in a turn leaves at its end, in a microtask.
      await Promise.resolve();
      client.listen();
      client.act();
      for (const medium of this.media) medium.answer(false);
      if (random.chance(0.03)) peer.stream.blocked = !peer.stream.blocked;
      if (!peer.stream.blocked) peer.stream.take();
      if (random.chance(0.03)) peer.beat();
      if (random.chance(0.05)) await turn();
    }
    await Promise.resolve();
    client.listen();
    peer.finish();
    return peer;
  }

  /** Take the disks away from under whoever uses them, and bring them back. */
  async goOffline(): Promise<void> {
    const gone = this.#exports.map((item) => item.offline());
    for (const medium of this.media) medium.answer(true);
    await Promise.all(gone);
    for (const item of this.#exports) await item.online();
  }

  /** When all links are down. @throws Finding where something is left of them */
  async check(): Promise<void> {
    for (const medium of this.media) medium.answer(true);
    await turn();
    for (const peer of this.#peers) peer.checkEnd();
    for (const item of this.#exports) {
      holds(item.sessions.size === 0, `${item.sessions.size} sessions outlive their links`);
    }
    for (const medium of this.media) {
      holds(medium.underWay === 0, 'a request at the medium has no end');
      medium.checkUntouched(this.#touched);
    }
    holds(this.exporter.links.length === 0, 'the exporter keeps a link that is down');
  }
}

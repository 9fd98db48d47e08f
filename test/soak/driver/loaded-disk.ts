import type { Random } from '../../dmsg/support/random.ts';
import { CheckedDisk } from '../../faults/model/checked-disk.ts';
import type { NbdDisk } from '../../faults/world/nbd-disk.ts';
import { BLOCKS, type Serial, type SoakWorld } from './soak-world.ts';

/** The sum of what strikes a request may take long, see the fault runs. */
const LOAD = { depth: 16, maxBlocks: 8, reads: 45, flushes: 2, fua: 3, patienceMs: 60_000 };

/** A unit under load whose NBD client leaves now and then, with requests under way, and comes again. */
export class LoadedDisk {
  readonly serial: Serial;
  readonly checked: CheckedDisk;
  readonly #world: SoakWorld;
  #client: NbdDisk | undefined;

  constructor(world: SoakWorld, serial: Serial, random: Random) {
    this.#world = world;
    this.serial = serial;
    this.checked = new CheckedDisk(Number(serial.slice(-1)), BLOCKS, random, LOAD);
  }

  /** Leave, where there is a client, and come. */
  readonly comeAgain = async (): Promise<void> => {
    await this.leave();
    this.#client = await this.#world.openDisk(this.#world.unitOf(this.serial));
    this.checked.run(this.#client);
  };

  async leave(): Promise<void> {
    this.#client?.destroy();
    await this.#client?.closed;
    this.#client = undefined;
  }

  /** Wait for what was asked, then leave. */
  async rest(): Promise<void> {
    if (this.#client === undefined || this.#client.isClosed) await this.comeAgain();
    await this.checked.stop();
    await this.leave();
  }

  /** Read all back, from the unit and from the medium. @returns what is wrong with the disk */
  async verdict(): Promise<string[]> {
    const disk = await this.#world.openDisk(this.#world.unitOf(this.serial));
    const errno = await this.checked.flush(disk);
    await this.checked.readAll(disk);
    disk.destroy();
    this.checked.checkContent(this.#world.content(this.serial));
    const errors = [...this.checked.errors].map(([error, count]) => `${count} times an error: ${error}`);
    if (errno !== 0) errors.push(`the last flush: errno ${errno}`);
    return [...this.checked.problems, ...errors].map((problem) => `${this.serial}: ${problem}`);
  }
}

import type { Random } from '../../dmsg/support/random.ts';
import { NbdDisk } from '../../faults/world/nbd-disk.ts';

/** Bytes of a request. */
export const BLOCK = 4096;

/** A client that uses one block of a disk, one request at a time, and knows what must be in it. */
export class CheckedClient {
  readonly #disk: NbdDisk;
  readonly #offset: number;
  readonly #random: Random;
  readonly #problem: (text: string) => void;
  #content: Buffer | undefined;

  private constructor(disk: NbdDisk, offset: number, random: Random, problem: (text: string) => void) {
    this.#disk = disk;
    this.#offset = offset;
    this.#random = random;
    this.#problem = problem;
  }

  /** @param problem hears of each answer that is wrong, and of the end of the connection if it was not asked for */
  static async open(
    socket: string,
    unit: string,
    offset: number,
    random: Random,
    problem: (text: string) => void,
  ): Promise<CheckedClient> {
    const disk = await NbdDisk.open(socket, unit);
    const said = (text: string): void => problem(`${unit} at ${offset}: ${text}`);
    void disk.closed.then(() => said(disk.problem ?? 'the connection was ended'));
    return new CheckedClient(disk, offset, random, said);
  }

  /** Write the block, or read what was written. `done` is called once, when it was answered and checked. */
  request(done: () => void): void {
    const written = this.#content;
    if (written === undefined) {
      const data = Buffer.alloc(BLOCK, this.#random.bytes(16));
      this.#disk.write(this.#offset, data, false, (errno) => {
        if (errno !== 0) this.#problem(`a write failed, errno ${errno}`);
        this.#content = data;
        done();
      });
    } else {
      this.#content = undefined;
      this.#disk.read(this.#offset, BLOCK, (errno, data) => {
        if (errno !== 0) this.#problem(`a read failed, errno ${errno}`);
        else if (!data.equals(written)) this.#problem('what was written is not what is read');
        done();
      });
    }
  }
}

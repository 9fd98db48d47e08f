import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import { replaceFile } from './atomic-file.ts';
import { locked } from './file-lock.ts';
import type { Log } from './log.ts';

const Numbers = z.object({
  version: z.literal(1),
  /** Unit number by disk key. Read as pairs: a peer may call its disk `__proto__`, which zod leaves out of records. */
  units: z.preprocess(
    (units) => (z.looseObject({}).safeParse(units).success ? Object.entries(units as object) : undefined),
    z.array(z.tuple([z.string(), z.number().int().min(0).max(1_000_000)])),
  ),
});

const KEPT_NUMBERS = 1_000;

/** Where the state of this user's Spandrel is kept. SPANDREL_STATE names another place. */
export function stateDirectory(): string {
  return process.env.SPANDREL_STATE ?? envPaths('spandrel', { suffix: '' }).data;
}

/** The unit numbers known serials have, kept across restarts. */
export class NumbersFile {
  readonly #path: string;
  readonly #log: Log;
  #due: ReadonlyMap<string, number> | undefined;

  constructor(log: Log, directory: string = stateDirectory()) {
    this.#path = join(directory, 'unit-numbers.json');
    this.#log = log;
  }

  /** What earlier runs left; nothing where that cannot be read, the bad file being kept aside. */
  load(): [string, number][] {
    if (!existsSync(this.#path)) return [];
    try {
      return Numbers.parse(JSON.parse(readFileSync(this.#path, 'utf8'))).units;
    } catch (error) {
      const aside = `${this.#path}.bad`;
      this.#log.warn(`${this.#path} cannot be read (kept as ${aside}): ${(error as Error).message}`);
      renameSync(this.#path, aside);
      return [];
    }
  }

  /** Keep these. Many changes in one turn are written once. */
  readonly save = (numbers: ReadonlyMap<string, number>): void => {
    if (this.#due === undefined) setImmediate(() => this.#write());
    this.#due = numbers;
  };

  /** Replace the file: after a crash the old or the new one stands. */
  #write(): void {
    const numbers = this.#due ?? new Map();
    this.#due = undefined;
    try {
      // Disks in memory have a new serial each time: those not seen for long give their numbers up.
      const units = Object.fromEntries([...numbers].slice(-KEPT_NUMBERS));
      const text = JSON.stringify({ version: 1, units }, null, 2);
      locked(this.#path, () => replaceFile(this.#path, `${text}\n`, true));
    } catch (error) {
      this.#log.warn(`unit numbers are not kept: ${(error as Error).message}`);
    }
  }
}

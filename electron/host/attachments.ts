import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { newClient, type OpenFence } from '../dmsg/open-fence.ts';
import type { DiskIdentity } from '../xdisk/identity.ts';
import { replaceFile } from './atomic-file.ts';
import { locked } from './file-lock.ts';
import type { Log } from './log.ts';
import { markOf, ProcessMark, runsBesideUs } from './process-mark.ts';

/** With the mark of whoever has it: a state directory that was copied to another host is nobody there. */
const Attachment = ProcessMark.extend({
  version: z.literal(1),
  client: z.string().regex(/^[0-9a-f]{32}$/),
  generation: z.number().int().min(1),
});
type Attachment = z.infer<typeof Attachment>;

/** Opens of one attachment before its epochs reach those of the next one. */
const EPOCHS = 2 ** 24;
const MAX_GENERATION = 2 ** 29;
const KEPT = 1_000;

/**
 * Who we are to the exporters of a disk, kept across restarts: what an engine that was killed left in the network
 * is ended by the first open of its successor, because that is the same client in a later epoch. One file per
 * disk; while the process that has it lives, another one of the same state directory is a client of its own.
 */
export class Attachments {
  readonly #directory: string;
  readonly #log: Log;

  /** @param directory the state directory */
  constructor(directory: string, log: Log) {
    this.#directory = join(directory, 'attachments');
    this.#log = log;
  }

  /** The client to open a disk as, with the epoch before its first one. Where nothing can be kept it is a new one. */
  readonly claim = (identity: DiskIdentity): OpenFence => {
    const { serial, sizeBytes, blockBytes } = identity;
    const key = createHash('sha256')
      .update(`${serial}\0${sizeBytes}\0${blockBytes}`)
      .digest('hex')
      .slice(0, 32);
    const path = join(this.#directory, `${key}.json`);
    try {
      return locked(path, () => {
        const before = this.#read(path);
        if (before === undefined) this.#forgetOld();
        else if (runsBesideUs(before)) return newClient();
        const known = before?.host === hostname() && before.generation < MAX_GENERATION ? before : undefined;
        const client = known?.client ?? newClient().client;
        const generation = (known?.generation ?? 0) + 1;
        const now: Attachment = { version: 1, ...markOf(process.pid), client, generation };
        replaceFile(path, `${JSON.stringify(now)}\n`, true);
        return { client, epoch: generation * EPOCHS };
      });
    } catch (error) {
      this.#log.warn(`who attaches ${serial} is not kept: ${(error as Error).message}`);
      return newClient();
    }
  };

  /** What stands there; nothing where it cannot be read, which makes us a new client. */
  #read(path: string): Attachment | undefined {
    try {
      return Attachment.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#log.warn(`${path} cannot be read, so it is made anew: ${(error as Error).message}`);
      }
      return undefined;
    }
  }

  /** Disks of memory have a new serial each time: those attached longest ago are forgotten. */
  #forgetOld(): void {
    const paths = readdirSync(this.#directory)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(this.#directory, name));
    if (paths.length <= KEPT) return;
    const age = new Map(paths.map((path) => [path, statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0]));
    paths.sort((a, b) => (age.get(b) ?? 0) - (age.get(a) ?? 0));
    for (const path of paths.slice(KEPT)) {
      const old = this.#read(path);
      if (old === undefined || !runsBesideUs(old)) rmSync(path, { force: true });
    }
  }
}

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { removeDraftsIn } from '../atomic-file.ts';
import { fileError, isMissing } from '../file-error.ts';
import type { Log } from '../log.ts';
import { readConfig, writeConfig } from './config-file.ts';
import type { Config } from './schema.ts';

/** How many versions there are to go back to. */
export const KEPT_VERSIONS = 10;

const NAME = /^\d{1,15}(?=\.json$)/;

/**
 * Earlier versions of the config: whole files in a directory, each named by the ms since 1970 when the next
 * one replaced it, which is its id.
 */
export class Versions {
  readonly #directory: string;
  readonly #log: Log;

  constructor(directory: string, log: Log) {
    this.#directory = directory;
    this.#log = log;
  }

  /** Newest first, without those that are damaged. @throws HostError 'local' */
  *readable(): Generator<{ id: string; config: Config }> {
    for (const id of this.#ids()) {
      let config: Config;
      try {
        config = readConfig(this.#path(id));
      } catch (error) {
        this.#log.warn(`the version ${id} of the config cannot be used: ${(error as Error).message}`);
        continue;
      }
      yield { id, config };
    }
  }

  /** Keep a config as the newest version. @returns its id @throws HostError 'local' naming the file */
  add(config: Config): string {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileError(this.#directory, 'made', error);
    }
    // Also where the clock was set back, the newest has the largest number.
    const id = String(Math.max(Date.now(), Number(this.#ids()[0] ?? 0) + 1));
    // Not synced: that takes long on a busy disk, and a version lost with the power is one undo less.
    writeConfig(this.#path(id), config, false);
    return id;
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** Remove all but the newest ten. @throws the file system's error */
  prune(): void {
    for (const id of this.#ids().slice(KEPT_VERSIONS)) this.remove(id);
  }

  /** Remove what a process that was killed left. @throws the file system's error */
  tidy(): void {
    if (this.#ids().length === 0) return;
    removeDraftsIn(this.#directory);
    this.prune();
  }

  #ids(): string[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch (error) {
      if (isMissing(error)) return [];
      throw fileError(this.#directory, 'read', error);
    }
    return names.flatMap((name) => NAME.exec(name) ?? []).sort((a, b) => Number(b) - Number(a));
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.json`);
  }
}

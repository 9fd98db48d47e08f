import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ConfigVersion } from '../../../shared/model/host.ts';
import type { LayoutValue } from '../../../shared/model/settings.ts';
import { InputError, NotFoundError } from '../api/call-error.ts';
import { removeDrafts } from '../atomic-file.ts';
import { fileError } from '../file-error.ts';
import { HostError } from '../host-error.ts';
import type { Log } from '../log.ts';
import { describeChanges } from './changes.ts';
import { configText, writeConfig } from './config-file.ts';
import { ConfigError, checkConfig, parseConfig } from './parse-config.ts';
import { findConfig } from './recover.ts';
import type { Config, ReadonlyConfig } from './schema.ts';
import { Versions } from './versions.ts';

/** Told after a change. Sections that did not change are the same objects in both. */
export type ConfigListener = (config: ReadonlyConfig, before: ReadonlyConfig) => void;

/** Layouts change with every column that is dragged: they are written no more often than this, ms. */
const LAYOUT_WRITE_MS = 1000;
/** All pages and tables together, as JSON. */
const MAX_LAYOUT_CHARS = 256 << 10;

/**
 * The config of this host: in memory, and in one file that is replaced whole with every change. What is
 * changed has been checked against the schema and is on disk when the call returns; where that fails the
 * call throws and nothing has changed. The last ten versions are kept; the layout makes no versions.
 */
export class ConfigStore {
  readonly notices: readonly string[];
  readonly #path: string;
  readonly #versions: Versions;
  readonly #log: Log;
  readonly #listeners = new Set<ConfigListener>();
  #config: Config;
  #isLayoutDue = false;
  #layoutTimer: NodeJS.Timeout | undefined;

  /**
   * @param directory of the state; made if it is not there
   * @throws HostError 'local' where the directory cannot be made or the file not read
   */
  static open(directory: string, log: Log): ConfigStore {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileError(directory, 'made', error);
    }
    return new ConfigStore(directory, log);
  }

  private constructor(directory: string, log: Log) {
    this.#path = join(directory, 'config.json');
    this.#versions = new Versions(join(directory, 'versions'), log);
    this.#log = log;
    const { config, notice } = findConfig(this.#path, this.#versions);
    this.#config = config;
    this.notices = notice === null ? [] : [notice];
    if (notice !== null) this.#replaceDamaged(notice);
    this.#tidy();
  }

  get config(): ReadonlyConfig {
    return this.#config;
  }

  /**
   * Change the config.
   * @param change changes the draft it is given
   * @throws HostError 'usage' where the result breaks a rule, 'local' naming the file that cannot be written
   */
  update(change: (draft: Config) => void): void {
    const draft = structuredClone(this.#config);
    change(draft);
    try {
      this.#replace(checkConfig(draft));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new HostError('usage', `the config cannot hold this: ${error.message}`, error);
    }
  }

  /** Keep the layout of a page or table. @throws InputError where all layouts become too large */
  setLayout(key: string, value: LayoutValue): void {
    const before = this.#config;
    if (isDeepStrictEqual(before.layout[key], value)) return;
    const layout = { ...before.layout, [key]: value };
    if (JSON.stringify(layout).length > MAX_LAYOUT_CHARS) {
      throw new InputError('value', `the layouts of all pages have more than ${MAX_LAYOUT_CHARS} characters`);
    }
    this.#config = { ...before, layout };
    this.#isLayoutDue = true;
    this.#layoutTimer ??= setTimeout(() => this.#saveLayout(), LAYOUT_WRITE_MS).unref();
    this.#tell(before);
  }

  /** Hear of every change. @returns a disposer */
  onChange(listener: ConfigListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** All of it as text, for `import` of another host. The schema has no place for secrets, so there are none. */
  exportText(): string {
    return configText(this.#config);
  }

  /**
   * Take over a config from text.
   * @param dryRun tell only what would change
   * @returns what changes, one line each
   * @throws InputError for `text`, naming the line or place; HostError as `update`
   */
  import(text: string, dryRun: boolean): string[] {
    let next: Config;
    try {
      next = parseConfig(text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new InputError('text', error.message, error);
    }
    const changes = describeChanges(this.#config, next);
    if (!dryRun) this.#replace(next);
    return changes;
  }

  /** Earlier versions that can be restored, newest first, at most ten. */
  versions(): ConfigVersion[] {
    const list: ConfigVersion[] = [];
    let newer: ReadonlyConfig = this.#config;
    for (const { id, config } of this.#versions.readable()) {
      list.push({
        id,
        at: Number(id),
        changes: describeChanges(config, { ...newer, layout: config.layout }),
      });
      newer = config;
    }
    return list;
  }

  /**
   * Go back to an earlier version; the layout stays as it is.
   * @returns what changes, one line each
   * @throws NotFoundError, HostError as `update`
   */
  restore(id: string): string[] {
    // Looked up in the list, never read as a path.
    const version = [...this.#versions.readable()].find((candidate) => candidate.id === id);
    if (version === undefined) throw new NotFoundError(`the version ${id} of the config`);
    const next = { ...version.config, layout: this.#config.layout };
    const changes = describeChanges(this.#config, next);
    this.#replace(next);
    return changes;
  }

  /** Write what is not yet written. */
  close(): void {
    if (this.#isLayoutDue) this.#saveLayout();
    this.#listeners.clear();
  }

  #replace(wanted: Config): void {
    const before = this.#config;
    const next: Config = {
      version: wanted.version,
      peers: sameIfEqual(before.peers, wanted.peers),
      exports: sameIfEqual(before.exports, wanted.exports),
      units: sameIfEqual(before.units, wanted.units),
      detached: sameIfEqual(before.detached, wanted.detached),
      settings: sameIfEqual(before.settings, wanted.settings),
      layout: sameIfEqual(before.layout, wanted.layout),
    };
    const isVersion = !equalButLayout(before, next);
    if (!isVersion && next.layout === before.layout) return;
    // The old one becomes a version before the new one takes its place: at no time is there neither.
    const id = isVersion ? this.#versions.add(before) : undefined;
    try {
      this.#write(next);
    } catch (error) {
      if (id !== undefined) this.#versions.remove(id);
      throw error;
    }
    this.#config = next;
    if (isVersion) this.#attempt('old versions stay', () => this.#versions.prune());
    this.#tell(before);
  }

  #write(config: Config): void {
    writeConfig(this.#path, config, true);
    clearTimeout(this.#layoutTimer);
    this.#layoutTimer = undefined;
    this.#isLayoutDue = false;
  }

  #saveLayout(): void {
    clearTimeout(this.#layoutTimer);
    this.#layoutTimer = undefined;
    this.#attempt('the layout is not kept', () => this.#write(this.#config));
  }

  #tell(before: Config): void {
    for (const listener of this.#listeners) {
      try {
        listener(this.#config, before);
      } catch (error) {
        // The change is made and on disk; the others are to know of it.
        this.#log.error(error, 'a listener of the config failed');
      }
    }
  }

  #replaceDamaged(notice: string): void {
    this.#log.warn(notice);
    this.#attempt('the damaged config stays for now', () => this.#write(this.#config));
  }

  /** Take away what a process that was killed left behind: drafts, and a version nothing came after. */
  #tidy(): void {
    this.#attempt('left-over files stay', () => {
      removeDrafts(this.#path);
      const [newest] = this.#versions.readable();
      if (newest !== undefined && equalButLayout(newest.config, this.#config))
        this.#versions.remove(newest.id);
      this.#versions.tidy();
    });
  }

  /** Do what may fail without harm to anything but itself. */
  #attempt(otherwise: string, action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#log.warn(`${otherwise}: ${(error as Error).message}`);
    }
  }
}

/** A section that did not change stays the same object, so that listeners see at a glance what did. */
function sameIfEqual<T>(before: T, next: T): T {
  return isDeepStrictEqual(before, next) ? before : next;
}

function equalButLayout(a: Config, b: Config): boolean {
  return isDeepStrictEqual({ ...a, layout: b.layout }, b);
}

import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Input } from '../../../shared/contract.ts';
import type { ExportInfo } from '../../../shared/events.ts';
import type { ExportCheck, Export as ExportRow } from '../../../shared/model/export.ts';
import type { AllowList } from '../../target/access.ts';
import type { Export } from '../../target/export.ts';
import type { Exporter } from '../../target/exporter.ts';
import { openMedium } from '../../target/media/medium.ts';
import { MediumError } from '../../target/media/medium-error.ts';
import { SizeError } from '../../target/media/size.ts';
import { InputError, NotFoundError } from '../api/call-error.ts';
import type { ConfigStore } from '../config/config-store.ts';
import type { DeepReadonly, ExportConfig } from '../config/schema.ts';
import { labelOf, type OpenedExport, openExport, serialOf } from '../export-source.ts';
import type { Log } from '../log.ts';
import { spaceWarning, usesOfSource } from '../system/in-use.ts';
import type { RowSource } from './tables.ts';

interface Entry {
  config: DeepReadonly<ExportConfig>;
  readonly demo: boolean;
  item: Export | undefined;
  info: ExportInfo | undefined;
  error: string | null;
  since: number;
  allocatedBytes: number;
}

/** An export whose serial, label and block size may be left to what its source is. */
type WantedExport = Omit<DeepReadonly<ExportConfig>, 'serial' | 'label' | 'block_bytes'> & {
  readonly [K in 'serial' | 'label']: string | null;
} & { readonly block_bytes: number | null };

/** Files, devices and memory of this machine offered to peers: those of the config, and the demo's. */
export class Exports implements RowSource<ExportRow> {
  readonly #exporter: Exporter;
  readonly #config: ConfigStore;
  readonly #log: Log;
  readonly #changed: (id: string) => void;
  readonly #entries = new Map<string, Entry>();

  constructor(exporter: Exporter, config: ConfigStore, log: Log, changed: (id: string) => void) {
    this.#exporter = exporter;
    this.#config = config;
    this.#log = log;
    this.#changed = changed;
  }

  /** Offer what the config names; one whose source cannot be opened is shown as failed. */
  async follow(): Promise<void> {
    const wanted = this.#config.config.exports;
    for (const [id, entry] of [...this.#entries]) {
      const still = wanted.find((candidate) => candidate.id === id);
      if (!entry.demo && (still === undefined || !sameSource(still, entry.config))) await this.#drop(id);
    }
    for (const config of wanted) {
      const entry = this.#entries.get(config.id);
      if (entry === undefined) await this.#start(config);
      else this.#apply(config.id, entry, config);
    }
  }

  /** The exports that are online, for statistics. */
  *live(): Generator<{ id: string; item: Export }> {
    for (const [id, { item }] of this.#entries) if (item !== undefined) yield { id, item };
  }

  /** The id of what is exported, if it is of the config. */
  idOf(item: Export): string | undefined {
    return [...this.#entries].find(([, entry]) => entry.item === item)?.[0];
  }

  /** What would become of a source. @throws InputError naming the field */
  async check(input: Input<'exports.check'>): Promise<ExportCheck> {
    const medium = await this.#opened(input, () =>
      openMedium(input.source, {
        readOnly: true,
        ...(input.block_bytes === null ? {} : { blockBytes: input.block_bytes }),
      }),
    );
    const isFile = !input.source.startsWith('memory:');
    try {
      const uses = isFile ? await usesOfSource(input.source) : [];
      const space = isFile ? await spaceWarning(input.source) : null;
      return {
        size_bytes: medium.sizeBytes,
        block_bytes: medium.blockBytes,
        serial: input.serial ?? serialOf(medium.identity),
        label: input.label ?? labelOf(input.source),
        read_only_reason: medium.readOnlyReason === 'asked for' ? null : medium.readOnlyReason,
        warnings: [medium.warning, space].filter((text) => text !== null),
        in_use_by: uses,
      };
    } finally {
      await medium.close();
    }
  }

  /** @throws InputError naming the field */
  async create(input: Input<'exports.create'>): Promise<string> {
    if (!input.read_only && !input.source.startsWith('memory:')) {
      const uses = await usesOfSource(input.source);
      if (uses.length > 0) {
        throw new InputError(
          'read_only',
          `${input.source} is in use here (${uses.join(', ')}); two writers destroy a file system. ` +
            'Export it read-only, or end that use first',
        );
      }
    }
    const id = randomUUID();
    const { allow = [], writers = 'one' } = input;
    const { config, info } = await this.#open({ ...input, id, online: true, allow, writers });
    try {
      this.#config.update((draft) => {
        draft.exports.push({ ...config, allow: [...allow] });
      });
    } catch (error) {
      await this.#drop(id);
      throw error;
    }
    if (info?.warning != null) this.#log.warn(info.warning);
    return id;
  }

  async setOnline(id: string, online: boolean): Promise<void> {
    const entry = this.#entry(id);
    if (!entry.demo) {
      this.#config.update((draft) => {
        const saved = draft.exports.find((candidate) => candidate.id === id);
        if (saved !== undefined) saved.online = online;
      });
      entry.config = { ...entry.config, online };
    }
    if (!online) {
      const stopping = entry.item?.offline();
      this.#changed(id);
      await stopping;
    } else if (entry.item === undefined) await this.#reopen(id, entry);
    else await this.#opened(entry.config, () => (entry.item as Export).online());
    entry.since = Date.now();
    this.#changed(id);
  }

  /** Change what may be changed while it is offered, from now on. @throws InputError for the demo's */
  update({ id, allow, writers }: Input<'exports.update'>): void {
    const entry = this.#entry(id);
    if (entry.demo) throw new InputError('id', 'the demo is of this machine alone');
    const { config } = entry;
    const wanted = { allow: allow ?? config.allow, writers: writers ?? config.writers };
    this.#config.update((draft) => {
      const saved = draft.exports.find((candidate) => candidate.id === id);
      if (saved !== undefined) Object.assign(saved, structuredClone(wanted));
    });
    this.#apply(id, entry, wanted);
  }

  /** @throws InputError while peers have it open and `force` is not set */
  async remove(id: string, force: boolean): Promise<void> {
    const entry = this.#entry(id);
    if (entry.demo) throw new InputError('id', 'the demo ends with "Stop demo"');
    const clients = clientsOf(entry.item);
    if (clients.length > 0 && !force) {
      throw new InputError(
        'force',
        `${entry.config.source} is open at ${clients.join(', ')}; stopping it makes their I/O wait or fail`,
      );
    }
    this.#config.update((draft) => {
      draft.exports = draft.exports.filter((candidate) => candidate.id !== id);
    });
    await this.#drop(id);
  }

  /** The demo's export, which is in no config and which its own exporter offers: it is only shown here. */
  addDemo(id: string, { item, info }: OpenedExport): void {
    const { source, serial, label, block_bytes, read_only, writers } = info;
    const config = { id, source, serial, label, block_bytes, read_only, writers, online: true, allow: [] };
    item.onSessions = () => this.#changed(id);
    this.#entries.set(id, { ...blankEntry(config, null), demo: true, item, info });
    this.#changed(id);
  }
  removeDemo(id: string): void {
    if (this.#entries.get(id)?.demo !== true) return;
    this.#entries.delete(id);
    this.#changed(id);
  }

  /** Look at how much storage is in use behind each. */
  async measure(): Promise<void> {
    for (const [id, entry] of this.#entries) {
      const bytes =
        (await entry.item?.medium?.allocatedBytes().catch(() => undefined)) ?? entry.allocatedBytes;
      if (bytes === entry.allocatedBytes) continue;
      entry.allocatedBytes = bytes;
      this.#changed(id);
    }
  }

  async close(): Promise<void> {
    for (const id of [...this.#entries.keys()]) await this.#drop(id);
  }

  // RowSource.

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  row(id: string): ExportRow | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const { config, item, info } = entry;
    return {
      id,
      source: config.source,
      serial: config.serial,
      label: config.label,
      size_bytes: item?.sizeBytes ?? 0,
      block_bytes: config.block_bytes,
      allocated_bytes: entry.allocatedBytes,
      state: item?.state ?? (entry.error === null ? 'offline' : 'failed'),
      error: entry.error,
      read_only: info?.read_only ?? config.read_only,
      read_only_reason: info?.read_only_reason ?? null,
      warning: info?.warning ?? null,
      clients: clientsOf(item),
      allow: config.allow.map((key) => ({ ...key })),
      writers: config.writers,
      since: entry.since,
      demo: entry.demo,
    };
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new NotFoundError('the export');
    return entry;
  }

  #apply(id: string, entry: Entry, { allow, writers }: Pick<Entry['config'], 'allow' | 'writers'>): void {
    const { item, config } = entry;
    if (config.writers === writers && isDeepStrictEqual(config.allow, allow)) return;
    entry.config = { ...config, allow, writers };
    if (item !== undefined) {
      item.setWriters(writers);
      item.setAllow(listOf(allow));
      this.#exporter.reoffer(item);
    }
    this.#changed(id);
  }

  async #start(config: DeepReadonly<ExportConfig>): Promise<void> {
    if (!config.online) {
      this.#entries.set(config.id, blankEntry(config, null));
      this.#changed(config.id);
      return;
    }
    try {
      await this.#open(config);
    } catch (error) {
      this.#log.warn(`${config.source} is not exported: ${(error as Error).message}`);
      this.#entries.set(config.id, blankEntry(config, (error as Error).message));
      this.#changed(config.id);
    }
  }

  async #reopen(id: string, { config }: Entry): Promise<void> {
    try {
      await this.#open(config);
    } catch (error) {
      this.#entries.set(id, blankEntry(config, (error as Error).message));
      this.#changed(id);
      throw error;
    }
  }

  /** @throws InputError naming the field */
  async #open(wanted: WantedExport): Promise<Entry> {
    const { item, info } = await this.#opened(wanted, () =>
      openExport({
        source: wanted.source,
        serial: wanted.serial ?? undefined,
        label: wanted.label ?? undefined,
        blockBytes: wanted.block_bytes ?? undefined,
        readOnly: wanted.read_only,
        allow: listOf(wanted.allow),
        writers: wanted.writers,
      }),
    );
    const twin = [...this.#exporter.exports].find(({ serial }) => serial === item.serial);
    if (twin !== undefined) {
      await item.offline();
      throw new InputError(
        wanted.serial === null ? 'source' : 'serial',
        `the serial ${item.serial} is exported already, as ${twin.label}; one serial is one disk`,
      );
    }
    const config = { ...wanted, serial: item.serial, label: item.label, block_bytes: item.blockBytes };
    const entry: Entry = { ...blankEntry(config, null), item, info };
    item.onSessions = () => this.#changed(config.id);
    this.#entries.set(config.id, entry);
    this.#exporter.add(item);
    this.#changed(config.id);
    return entry;
  }

  /** Errors of a source as errors of their fields. */
  async #opened<T>({ source }: { readonly source: string }, open: () => Promise<T>): Promise<T> {
    try {
      return await open();
    } catch (error) {
      if (error instanceof MediumError && error.code === 'size')
        throw new InputError('block_bytes', error.message, error);
      if (error instanceof MediumError || error instanceof SizeError) {
        throw new InputError(
          'source',
          error.message.includes(source) ? error.message : `${source}: ${error.message}`,
          error,
        );
      }
      throw error;
    }
  }

  async #drop(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    if (entry.item !== undefined) await this.#exporter.remove(entry.item);
    this.#changed(id);
  }
}

function listOf(allow: Entry['config']['allow']): AllowList {
  return new Map(allow.map(({ fingerprint, access }) => [fingerprint, access]));
}

function blankEntry(config: DeepReadonly<ExportConfig>, error: string | null): Entry {
  return {
    config,
    demo: false,
    item: undefined,
    info: undefined,
    error,
    since: Date.now(),
    allocatedBytes: 0,
  };
}

function clientsOf(item: Export | undefined): string[] {
  return [...(item?.sessions ?? [])].map(({ link }) => link.remote);
}

function sameSource(a: DeepReadonly<ExportConfig>, b: DeepReadonly<ExportConfig>): boolean {
  return (
    a.source === b.source &&
    a.serial === b.serial &&
    a.label === b.label &&
    a.block_bytes === b.block_bytes &&
    a.read_only === b.read_only &&
    a.online === b.online
  );
}

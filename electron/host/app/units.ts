import { isDeepStrictEqual } from 'node:util';
import type { Input, Output } from '../../../shared/contract.ts';
import { rollUp } from '../../../shared/health.ts';
import type { DetachPlan, UnitOptions, Unit as UnitRow } from '../../../shared/model/unit.ts';
import type { DiskIdentity } from '../../xdisk/identity.ts';
import { type Registry, UnitBusyError } from '../../xdisk/registry.ts';
import type { Unit } from '../../xdisk/unit.ts';
import { InputError, NotFoundError } from '../api/call-error.ts';
import { readOnlyReason } from '../client-host.ts';
import type { ConfigStore } from '../config/config-store.ts';
import { KEPT_DETACHED, type UnitConfig } from '../config/schema.ts';
import { type Disks, diskKey } from './disks.ts';
import { merge, type Patch } from './merge.ts';
import type { PathBook, PathWishes } from './path-book.ts';
import type { RowSource } from './tables.ts';
import { engineOptions } from './unit-options.ts';

/** What a unit's row needs of the gateway. */
export interface UnitExposure {
  uriOf(unit: Unit): string | null;
  deviceOf(unit: Unit): string | null;
}

interface Entry {
  readonly unit: Unit;
  options: UnitOptions;
  readonly attachedAt: number;
  readonly demo: boolean;
}

/** The attached disks and what is configured of them. */
export class Units implements RowSource<UnitRow> {
  readonly #registry: Registry;
  readonly #config: ConfigStore;
  readonly #book: PathBook;
  readonly #disks: Disks;
  readonly #exposure: UnitExposure;
  readonly #entries = new Map<string, Entry>();

  constructor(registry: Registry, config: ConfigStore, book: PathBook, disks: Disks, exposure: UnitExposure) {
    this.#registry = registry;
    this.#config = config;
    this.#book = book;
    this.#disks = disks;
    this.#exposure = exposure;
  }

  /** Attach what the config says is attached at the start, whether or not anybody offers it yet. */
  restore(): void {
    this.#attachSaved(({ at_startup }) => at_startup);
  }

  /** Be as another version of the config says: its units and no others, with its options. */
  follow(): void {
    const saved = new Map(this.#config.config.units.map((unit) => [diskKey(identityOf(unit)), unit]));
    for (const entry of [...this.#entries.values()]) {
      if (entry.demo) continue;
      const wanted = saved.get(diskKey(entry.unit.identity));
      if (wanted === undefined || wanted.options.read_only !== entry.options.read_only) {
        // One that is in use stays, and stays in the table: nobody is cut off by a change of the config.
        if (entry.unit.users.size === 0) this.#remove(entry.unit, false);
      } else if (!isDeepStrictEqual(wanted.options, entry.options)) {
        entry.options = wanted.options as UnitOptions;
        entry.unit.configure(engineOptions(entry.options));
      }
    }
    this.#attachSaved(() => true);
  }

  #attachSaved(wanted: (options: UnitOptions) => boolean): void {
    const attached = new Set(this.#registry.units.map((unit) => diskKey(unit.identity)));
    for (const saved of this.#config.config.units) {
      if (!wanted(saved.options)) continue;
      const identity = identityOf(saved);
      if (attached.has(diskKey(identity))) continue;
      const unit = this.#registry.attachKnown(identity, engineOptions(saved.options));
      this.#entries.set(unit.name, { unit, options: saved.options, attachedAt: Date.now(), demo: false });
      const disk = this.#registry.disksOf(identity.serial).find((candidate) => candidate.unit === unit);
      if (disk !== undefined) this.#disks.changed(disk);
    }
  }

  get all(): Unit[] {
    return [...this.#entries.values()].map(({ unit }) => unit);
  }

  /** @throws NotFoundError */
  find(name: string): Unit {
    return this.#entry(name).unit;
  }

  optionsOf(name: string): UnitOptions | undefined {
    return this.#entries.get(name)?.options;
  }

  /** What is wished of the paths of a disk. */
  wishes(key: string): PathWishes {
    const saved = this.#config.config.units.find((unit) => diskKey(identityOf(unit)) === key);
    return { disabled: saved?.disabled_paths ?? [], preferred: saved?.preferred_path ?? null };
  }

  /** Make a disk a unit. One of the demo's is not kept in the config. */
  attach(diskId: string, options: UnitOptions): string {
    const disk = this.#disks.find(diskId);
    const demo = this.#disks.isDemo(diskId);
    if (disk.unit !== undefined) {
      throw new InputError('disk_id', `${disk.identity.label} is attached already, as ${disk.unit.name}`);
    }
    if (!demo) this.#save(disk.identity, options);
    const unit = this.#registry.attach(disk, engineOptions(options));
    this.#entries.set(unit.name, { unit, options, attachedAt: Date.now(), demo });
    // Asked once, so that its access is known and what is wrong with it is told at once.
    void this.#tryOpen(unit);
    this.#disks.changed(disk);
    return unit.name;
  }

  /** @throws UnitBusyError, InputError where force lacks the label */
  detach({ unit: name, force, label }: Input<'units.detach'>): Output<'units.detach'> {
    const { unit, options, demo } = this.#entry(name);
    if (force && label !== unit.identity.label) {
      throw new InputError(
        'label',
        `type the label of ${name}, ${unit.identity.label}, to detach it by force`,
      );
    }
    if (unit.users.size > 0 && !force) throw new UnitBusyError(unit);
    if (!demo) this.#unsave(unit.identity);
    this.#remove(unit, force);
    return { disk_id: diskKey(unit.identity), options };
  }

  update(name: string, change: Patch<UnitOptions>): void {
    const entry = this.#entry(name);
    if (change.read_only !== undefined && change.read_only !== entry.options.read_only) {
      throw new InputError(
        'options.read_only',
        `${name} has to be detached and attached anew to change its access`,
      );
    }
    const options = merge(entry.options, change);
    if (!entry.demo) this.#save(entry.unit.identity, options);
    entry.options = options;
    entry.unit.configure(engineOptions(options));
  }

  /** Prefer, disable or reinstate a path. */
  wish(name: string, path: string, action: 'prefer' | 'disable' | 'reinstate'): void {
    const { unit, options, demo } = this.#entry(name);
    const key = diskKey(unit.identity);
    if (!this.#book.has(key, path)) throw new NotFoundError('the path');
    const { disabled, preferred } = this.wishes(key);
    const others = disabled.filter((id) => id !== path);
    const wishes: PathWishes =
      action === 'disable'
        ? { disabled: [...others, path], preferred: preferred === path ? null : preferred }
        : { disabled: others, preferred: action === 'prefer' ? path : preferred };
    if (!demo) this.#save(unit.identity, options, wishes);
    this.#book.wish(key, wishes);
    unit.reconsider();
  }

  plan(name: string): Omit<DetachPlan, 'clients' | 'steps' | 'users'> & { users: string[] } {
    const { unit, options } = this.#entry(name);
    return {
      unit: unit.name,
      label: unit.identity.label,
      users: [...unit.users].map((user) => user.name),
      busy: unit.users.size > 0,
      requests: unit.stats.inFlight,
      unflushed_bytes: unit.unflushedBytes,
      at_startup: options.at_startup,
    };
  }

  /** Detach what no config names: after a restore of an older one, or at the end. */
  detachAll(): void {
    for (const { unit } of [...this.#entries.values()]) this.#remove(unit, true);
  }

  // RowSource.

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  row(name: string): UnitRow | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined) return undefined;
    const { unit, options } = entry;
    const { serial, label, sizeBytes, blockBytes } = unit.identity;
    const paths = this.#book.rows(diskKey(unit.identity), unit.activePath);
    const { state, readOnly } = unit;
    const pathlessSince = wallTime(unit.pathlessMs);
    const holds = options.no_path.kind === 'seconds' && state === 'holding' && pathlessSince !== null;
    return {
      name,
      disk_id: diskKey(unit.identity),
      serial,
      label,
      size_bytes: sizeBytes,
      block_bytes: blockBytes,
      state,
      health: rollUp({ state, options, paths }),
      conflict: unit.conflict,
      read_only: readOnly,
      read_only_reason: readOnlyReason(unit),
      guarantee: unit.guarantee ?? null,
      paths,
      options,
      nbd: options.exposed ? this.#exposure.uriOf(unit) : null,
      device: this.#exposure.deviceOf(unit),
      users: [...unit.users].map((user) => user.name),
      attached_at: entry.attachedAt,
      pathless_since: pathlessSince,
      fails_at:
        holds && options.no_path.kind === 'seconds' ? pathlessSince + options.no_path.seconds * 1000 : null,
      demo: entry.demo,
    };
  }

  #entry(name: string): Entry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new NotFoundError(`the unit ${name}`);
    return entry;
  }

  #remove(unit: Unit, force: boolean): void {
    const disk = this.#registry.disks.find((candidate) => candidate.unit === unit);
    this.#registry.detach(unit, force);
    this.#entries.delete(unit.name);
    if (disk !== undefined) this.#disks.changed(disk);
  }

  async #tryOpen(unit: Unit): Promise<void> {
    try {
      const user = await unit.open('attach');
      await user.close();
    } catch {
      // Its state and its paths tell what is wrong.
    }
  }

  #save(identity: DiskIdentity, options: UnitOptions, wishes?: PathWishes): void {
    const key = diskKey(identity);
    this.#config.update((draft) => {
      const before = draft.units.find((saved) => diskKey(identityOf(saved)) === key);
      const saved: UnitConfig = {
        serial: identity.serial,
        size_bytes: identity.sizeBytes,
        block_bytes: identity.blockBytes,
        label: identity.label,
        options,
        disabled_paths: [...(wishes?.disabled ?? before?.disabled_paths ?? [])],
        preferred_path: wishes === undefined ? (before?.preferred_path ?? null) : wishes.preferred,
      };
      draft.units = [...draft.units.filter((unit) => unit !== before), saved];
      draft.detached = draft.detached.filter((unit) => diskKey(identityOf(unit)) !== key);
    });
  }

  #unsave(identity: DiskIdentity): void {
    const key = diskKey(identity);
    this.#config.update((draft) => {
      const saved = draft.units.find((unit) => diskKey(identityOf(unit)) === key);
      if (saved === undefined) return;
      draft.units = draft.units.filter((unit) => unit !== saved);
      draft.detached = [...draft.detached, { ...saved, at: Date.now() }].slice(-KEPT_DETACHED);
    });
  }
}

/** What is remembered of a disk, as the engine identifies it. */
export function identityOf(
  saved: Pick<UnitConfig, 'serial' | 'size_bytes' | 'block_bytes' | 'label'>,
): DiskIdentity {
  return {
    serial: saved.serial,
    sizeBytes: saved.size_bytes,
    blockBytes: saved.block_bytes,
    label: saved.label,
  };
}

/** A time of the process's clock as ms since 1970. */
function wallTime(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(Date.now() - (performance.now() - ms));
}

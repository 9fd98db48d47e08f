import type { Link } from '../dmsg/link.ts';
import { newClient, type OpenFence } from '../dmsg/open-fence.ts';
import type { Span } from '../dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../dmsg/transaction.ts';
import { Disk } from './disk.ts';
import { type DiskIdentity, identify, sameDisk } from './identity.ts';
import { Path } from './path.ts';
import { Unit } from './unit.ts';
import { UnitNumbers } from './unit-numbers.ts';
import { UNIT_DEFAULTS, type UnitOptions } from './unit-options.ts';

/** What a registry tells its host. */
export interface RegistryEvents {
  /** A disk appeared, gained or lost a path, or went away (no paths left). */
  diskChanged?(disk: Disk): void;
  unitChanged?(unit: Unit): void;
  /** See UnitEvents. */
  writesLost?(unit: Unit): void;
  /** A unit is gone: detached, or without paths and users for the grace time. */
  unitRemoved?(unit: Unit): void;
  /** A span that cannot be a disk. */
  spanRejected?(link: Link, reason: string): void;
}

export interface RegistryOptions {
  /** Unit numbers of earlier runs, by disk key. */
  readonly knownNumbers: Iterable<readonly [string, number]>;
  readonly numbersChanged: (numbers: ReadonlyMap<string, number>) => void;
  /** Who an attachment is to exporters, and its epoch before the first open; by default nobody known before. */
  readonly clientOf: (identity: DiskIdentity) => OpenFence;
  /** How long a unit without paths and users stays, ms; null: until it is detached. */
  readonly graceMs: number | null;
}

export const REGISTRY_DEFAULTS: RegistryOptions = {
  knownNumbers: [],
  numbersChanged: () => {},
  clientOf: newClient,
  graceMs: 60_000,
};

/** Why a unit could not be detached. */
export class UnitBusyError extends Error {
  readonly code = 'EBUSY';
  /** Who holds it. */
  readonly holders: readonly string[];
  constructor(unit: Unit) {
    const holders = [...unit.users].map((user) => user.name);
    super(`${unit.name} is in use by ${holders.join(', ')}; close them first, or force`);
    this.name = 'UnitBusyError';
    this.holders = holders;
  }
}

/** All disks peers offer, and those attached as units. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #events: RegistryEvents;
  readonly #numbers: UnitNumbers;
  readonly #disks = new Map<string, Disk[]>();
  readonly #units = new Map<number, Unit>();
  readonly #graceTimers = new Map<Unit, NodeJS.Timeout>();

  constructor(events: RegistryEvents = {}, options: Partial<RegistryOptions> = {}) {
    this.#events = events;
    this.#options = { ...REGISTRY_DEFAULTS, ...options };
    this.#numbers = new UnitNumbers(this.#options.knownNumbers, this.#options.numbersChanged);
  }

  /** Disks offered now or attached. */
  get disks(): Disk[] {
    return [...this.#disks.values()].flat();
  }
  /** Those of one serial: more than one is a conflict. */
  disksOf(serial: string): readonly Disk[] {
    return this.#disks.get(serial) ?? [];
  }
  get units(): Unit[] {
    return [...this.#units.values()];
  }
  /** The first of xdisk's two global figures: requests under way on all units. */
  get activeRequests(): number {
    return this.units.reduce((sum, unit) => sum + unit.stats.inFlight, 0);
  }
  unit(number: number): Unit | undefined {
    return this.#units.get(number);
  }

  /** A link offers a span: LinkUser.spanOffered of whoever owns the link. */
  spanOffered(link: Link, span: Span, transaction: Transaction): TransactionHandler | null {
    const identity = identify(span);
    if (typeof identity === 'string') {
      this.#events.spanRejected?.(link, identity);
      return null;
    }
    const owner = this.#diskOf(identity);
    const path = new Path(link, span, transaction, (gone) => this.#pathGone(owner, gone));
    owner.paths.add(path);
    owner.unit?.addPath(path);
    this.#events.diskChanged?.(owner);
    return path;
  }

  /**
   * Attach a disk nobody offers yet, from what was known of it earlier: the unit waits for its paths. A disk of
   * that serial with another size is another disk, as always.
   */
  attachKnown(identity: DiskIdentity, options: Partial<UnitOptions> = {}): Unit {
    return this.attach(this.#diskOf(identity), options);
  }

  /** The disk of an identity, known or new. */
  #diskOf(identity: DiskIdentity): Disk {
    const namesakes = this.#disks.get(identity.serial) ?? [];
    const known = namesakes.find((disk) => sameDisk(disk.identity, identity));
    if (known !== undefined) return known;
    const disk = new Disk(identity, namesakes.length > 0);
    for (const other of namesakes) setConflict(other, true);
    this.#disks.set(identity.serial, [...namesakes, disk]);
    return disk;
  }

  /** Let the number of a serial go to others, unless it is attached. @returns the number, if it had one */
  forgetNumber(serial: string): number | undefined {
    if (this.units.some((unit) => unit.identity.serial === serial)) return undefined;
    return this.#numbers.forget(serial);
  }

  /** Make a disk a unit. A disk that is one already keeps its unit and options. */
  attach(disk: Disk, options: Partial<UnitOptions> = {}): Unit {
    if (disk.unit !== undefined) return disk.unit;
    const number = this.#numbers.numberOf(this.#keyOf(disk));
    const client = this.#options.clientOf(disk.identity);
    const unit = new Unit(number, disk.identity, { ...UNIT_DEFAULTS, ...options }, disk.conflict, client, {
      changed: (changed) => this.#unitChanged(changed),
      writesLost: (loser) => this.#events.writesLost?.(loser),
    });
    disk.unit = unit;
    this.#units.set(number, unit);
    for (const path of disk.paths) unit.addPath(path);
    this.#events.unitChanged?.(unit);
    return unit;
  }

  /**
   * Take a unit away. Requests under way end with `path` errors.
   * @throws UnitBusyError when it is in use and `force` is not set
   */
  detach(unit: Unit, force = false): void {
    if (unit.users.size > 0 && !force) throw new UnitBusyError(unit);
    clearTimeout(this.#graceTimers.get(unit));
    this.#graceTimers.delete(unit);
    unit.detach();
    this.#units.delete(unit.number);
    const disk = this.disks.find((candidate) => candidate.unit === unit);
    if (disk !== undefined) {
      disk.unit = undefined;
      this.#dropIfGone(disk);
    }
    this.#events.unitRemoved?.(unit);
  }

  #pathGone(disk: Disk, path: Path): void {
    disk.paths.delete(path);
    this.#dropIfGone(disk);
    this.#events.diskChanged?.(disk);
  }

  /** Forget a disk nobody offers and nobody attached. */
  #dropIfGone(disk: Disk): void {
    if (disk.paths.size > 0 || disk.unit !== undefined) return;
    const { serial } = disk.identity;
    const left = (this.#disks.get(serial) ?? []).filter((other) => other !== disk);
    if (left.length === 0) this.#disks.delete(serial);
    else this.#disks.set(serial, left);
    const [only] = left;
    if (left.length === 1 && only !== undefined) setConflict(only, false);
  }

  #unitChanged(unit: Unit): void {
    if (unit.state === 'detached') return;
    const useless = unit.paths.size === 0 && unit.users.size === 0;
    const timer = this.#graceTimers.get(unit);
    const { graceMs } = this.#options;
    if (!useless) {
      clearTimeout(timer);
      this.#graceTimers.delete(unit);
    } else if (timer === undefined && graceMs !== null) {
      const removal = setTimeout(() => this.detach(unit), graceMs);
      removal.unref();
      this.#graceTimers.set(unit, removal);
    }
    this.#events.unitChanged?.(unit);
  }

  /**
   * A disk's number belongs to its serial; one that shares its serial has a number of its own. No serial has
   * a tab (see `printable`), so none is another's key.
   */
  #keyOf(disk: Disk): string {
    const { serial, sizeBytes, blockBytes } = disk.identity;
    const first = this.#disks.get(serial)?.[0];
    return first === disk || first === undefined ? serial : `${serial}\t${sizeBytes}/${blockBytes}`;
  }
}

function setConflict(disk: Disk, conflict: boolean): void {
  disk.conflict = conflict;
  if (disk.unit !== undefined) disk.unit.conflict = conflict;
}

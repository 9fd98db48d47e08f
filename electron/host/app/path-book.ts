import type { Path as PathRow } from '../../../shared/model/disk.ts';
import { Wire } from '../../dmsg/constants.ts';
import type { Path } from '../../xdisk/path.ts';
import { Losses } from './losses.ts';

/** A way to a disk that was seen, whether or not it is there now. */
interface PathRecord {
  readonly id: string;
  readonly peerId: string | null;
  readonly peer: string;
  readonly label: string;
  path: Path | undefined;
  distance: number;
  state: PathRow['state'];
  changedAt: number;
  failures: number;
  lastError: string | null;
  readonly losses: Losses;
  disabled: boolean;
  preferred: boolean;
}

/** What the user wishes of the paths of a disk, by path id. */
export interface PathWishes {
  readonly disabled: readonly string[];
  readonly preferred: string | null;
}

/** Paths remembered per disk; beyond, the ones lost longest ago are forgotten. */
const KEPT_PER_DISK = 64;

/**
 * Remembers the ways to each disk by a name that lasts (peer and label of the far end), where the engine makes
 * a new Path object each time a span is offered. So a path that is lost stays in sight, and keeps its figures
 * and what was wished of it when it returns.
 */
export class PathBook {
  readonly #disks = new Map<string, PathRecord[]>();

  /**
   * Take note of the paths a disk has now.
   * @param disk key of the disk
   * @param peerOf the configured peer a path leads through
   */
  update(
    disk: string,
    paths: Iterable<Path>,
    peerOf: (path: Path) => { id: string; name: string } | undefined,
    wishes: PathWishes,
  ): void {
    const records = this.#disks.get(disk) ?? [];
    this.#disks.set(disk, records);
    const present = new Set(paths);
    for (const record of records) {
      if (record.path !== undefined && !present.has(record.path)) lose(record);
    }
    const known = new Set(records.map(({ path }) => path));
    for (const path of present) {
      if (!known.has(path)) this.#add(disk, records, path, peerOf(path), wishes);
    }
    for (const record of records) follow(record);
    forgetOldest(records);
  }

  /** The record's rows, the live ones as they are at this moment. */
  rows(disk: string, active: Path | undefined): PathRow[] {
    const records = this.#disks.get(disk) ?? [];
    const now = performance.now();
    return records.map((record) => {
      follow(record);
      return rowOf(record, active, now);
    });
  }

  /** Do as the user wishes from now on. */
  wish(disk: string, wishes: PathWishes): void {
    for (const record of this.#disks.get(disk) ?? []) apply(record, wishes);
  }

  /** The live path of an id. */
  live(disk: string, id: string): Path | undefined {
    return this.#disks.get(disk)?.find((record) => record.id === id)?.path;
  }
  has(disk: string, id: string): boolean {
    return this.#disks.get(disk)?.some((record) => record.id === id) ?? false;
  }

  /** Each live path with its id, for statistics. */
  *livePaths(disk: string): Generator<{ id: string; path: Path }> {
    for (const { id, path } of this.#disks.get(disk) ?? []) if (path !== undefined) yield { id, path };
  }

  forget(disk: string): void {
    this.#disks.delete(disk);
  }

  #add(
    disk: string,
    records: PathRecord[],
    path: Path,
    peer: { id: string; name: string } | undefined,
    wishes: PathWishes,
  ): void {
    const { label } = path;
    const peerId = peer?.id ?? null;
    // One exporter may be reached twice through one router, or offer a disk twice: numbered then.
    const base = `${disk}@${peerId ?? path.link.remote}/${label}`;
    const same = records.filter((record) => record.peerId === peerId && record.label === label);
    let record = same.find((candidate) => candidate.path === undefined);
    if (record === undefined) {
      record = {
        id: same.length === 0 ? base : `${base}#${same.length + 1}`,
        peerId,
        peer: peer?.name ?? path.link.remote,
        label,
        path,
        distance: path.distance,
        state: path.state,
        changedAt: Date.now(),
        failures: 0,
        lastError: null,
        losses: new Losses(),
        disabled: false,
        preferred: false,
      };
      records.push(record);
    }
    record.path = path;
    record.distance = path.distance;
    apply(record, wishes);
  }
}

function lose(record: PathRecord): void {
  record.path = undefined;
  record.failures++;
  record.losses.add(Date.now());
}

/** Keep up with the engine's state of it, and with when that changed. */
function follow(record: PathRecord): void {
  const { path } = record;
  const state = path?.state ?? 'lost';
  if (state !== record.state) {
    record.state = state;
    record.changedAt = Date.now();
  }
  if (path !== undefined && path.lastError !== 0) record.lastError = describeWire(path.lastError);
}

function apply(record: PathRecord, { disabled, preferred }: PathWishes): void {
  record.disabled = disabled.includes(record.id);
  record.preferred = preferred === record.id;
  if (record.path === undefined) return;
  record.path.disabled = record.disabled;
  record.path.preferred = record.preferred;
}

function forgetOldest(records: PathRecord[]): void {
  while (records.length > KEPT_PER_DISK) {
    const lost = records
      .filter(({ path }) => path === undefined)
      .sort((a, b) => a.changedAt - b.changedAt)[0];
    if (lost === undefined) return;
    records.splice(records.indexOf(lost), 1);
  }
}

function rowOf(record: PathRecord, active: Path | undefined, now: number): PathRow {
  const { path, state, disabled } = record;
  const waits = path !== undefined && state === 'faulty' && path.retryMs > now;
  return {
    id: record.id,
    peer_id: record.peerId,
    peer: record.peer,
    label: record.label,
    state,
    use: disabled ? 'disabled' : path === undefined ? 'none' : path === active ? 'active' : 'standby',
    access: path?.access ?? 'not_asked',
    link: path === undefined ? 'down' : 'up',
    preferred: record.preferred,
    distance: record.distance,
    guarantee: path?.guarantee ?? null,
    failures: record.failures + (path?.failures ?? 0),
    recent_losses: record.losses.recent(Date.now()),
    last_error: record.lastError,
    changed_at: record.changedAt,
    next_check_at: waits ? Math.round(Date.now() + path.retryMs - now) : null,
  };
}

/** A DMSG error in words. */
function describeWire(wire: number): string {
  switch (wire) {
    case Wire.LOSTLINK:
      return 'the way to the disk is blocked, or its medium is closed (LOSTLINK)';
    case Wire.PARAM:
      return 'refused: not allowed, or a bad request (PARAM)';
    case Wire.NOSUPP:
      return 'not supported by the far end (NOSUPP)';
    case Wire.IO:
      return 'the medium failed (IO)';
    case Wire.CANTCIRC:
      return 'no circuit through a router (CANTCIRC)';
    default:
      return `DMSG error ${wire}`;
  }
}

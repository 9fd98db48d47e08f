import type { Disk as DiskRow } from '../../../shared/model/disk.ts';
import type { Disk } from '../../xdisk/disk.ts';
import type { DiskIdentity } from '../../xdisk/identity.ts';
import type { Path } from '../../xdisk/path.ts';
import { InputError, NotFoundError } from '../api/call-error.ts';
import type { PathBook, PathWishes } from './path-book.ts';
import type { Peers } from './peers.ts';
import type { RowSource } from './tables.ts';

interface Entry {
  /** Gone with its last path, unless it is attached. */
  disk: Disk | undefined;
  readonly identity: DiskIdentity;
  readonly firstSeen: number;
  lastSeen: number;
  offered: boolean;
}

/** Disks nobody offers any more that are remembered. */
const KEPT_GONE = 500;

/** What makes a disk one: serial, size, block size. No serial has a tab (see `printable`). */
export function diskKey({ serial, sizeBytes, blockBytes }: DiskIdentity): string {
  return `${serial}\t${sizeBytes}/${blockBytes}`;
}

/** The disks peers offer, and those they offered since the host began. */
export class Disks implements RowSource<DiskRow> {
  readonly #book: PathBook;
  readonly #peers: Peers;
  readonly #entries = new Map<string, Entry>();
  readonly #wishes: (key: string) => PathWishes;

  /** @param wishes what the user wishes of a disk's paths, from the config */
  constructor(book: PathBook, peers: Peers, wishes: (key: string) => PathWishes) {
    this.#book = book;
    this.#peers = peers;
    this.#wishes = wishes;
  }

  /** The engine says a disk changed. @returns its key */
  changed(disk: Disk): string {
    const key = diskKey(disk.identity);
    const offered = disk.paths.size > 0;
    const now = Date.now();
    const entry = this.#entries.get(key) ?? {
      disk,
      identity: disk.identity,
      firstSeen: now,
      lastSeen: now,
      offered,
    };
    this.#entries.set(key, entry);
    entry.disk = offered || disk.unit !== undefined ? disk : undefined;
    if (offered || entry.offered) entry.lastSeen = now;
    entry.offered = offered;
    this.#book.update(key, disk.paths, (path) => this.#peerOf(path), this.#wishes(key));
    if (!offered) {
      if (this.#isOrphan(key, entry)) this.#drop(key);
      this.#forgetOldest();
    }
    return key;
  }

  /** @throws NotFoundError where it is neither offered nor attached */
  find(key: string): Disk {
    const disk = this.#entries.get(key)?.disk;
    if (disk === undefined) throw new NotFoundError('the disk');
    return disk;
  }

  /** Only the demo offers it. */
  isDemo(key: string): boolean {
    const peers = this.#book.rows(key, undefined).map(({ peer_id }) => peer_id);
    return peers.length > 0 && peers.every((id) => id !== null && this.#peers.isDemo(id));
  }

  forget(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) throw new NotFoundError('the disk');
    if (entry.offered)
      throw new InputError('id', `${entry.identity.label} is offered now; it would come back at once`);
    if (entry.disk?.unit !== undefined) {
      throw new InputError(
        'id',
        `${entry.identity.label} is attached as ${entry.disk.unit.name}; detach it first`,
      );
    }
    this.#drop(key);
  }

  /** A peer was forgotten: so are the disks it alone offered. @returns their keys */
  forgetOrphans(): string[] {
    const orphans = [...this.#entries].filter(([key, entry]) => this.#isOrphan(key, entry));
    for (const [key] of orphans) this.#drop(key);
    return orphans.map(([key]) => key);
  }

  /** Offered and attached no more, and known from no peer that is still configured. */
  #isOrphan(key: string, { offered, disk }: Entry): boolean {
    if (offered || disk?.unit !== undefined) return false;
    return this.#book
      .rows(key, undefined)
      .every(({ peer_id }) => peer_id === null || this.#peers.nameOf(peer_id) === undefined);
  }

  // RowSource.

  keys(): Iterable<string> {
    return this.#entries.keys();
  }

  row(key: string): DiskRow | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { identity, disk, offered } = entry;
    return {
      id: key,
      serial: identity.serial,
      label: identity.label,
      size_bytes: identity.sizeBytes,
      block_bytes: identity.blockBytes,
      distance: offered && disk !== undefined ? disk.distance : null,
      conflict: disk?.conflict ?? false,
      paths: this.#book.rows(key, disk?.unit?.activePath),
      unit: disk?.unit?.name ?? null,
      first_seen: entry.firstSeen,
      last_seen: entry.lastSeen,
      offered,
    };
  }

  #peerOf(path: Path): { id: string; name: string } | undefined {
    const id = this.#peers.idOf(path.link);
    return id === undefined ? undefined : { id, name: this.#peers.nameOf(id) ?? path.link.remote };
  }

  #drop(key: string): void {
    this.#entries.delete(key);
    this.#book.forget(key);
  }

  #forgetOldest(): void {
    const gone = [...this.#entries].filter(([, { offered, disk }]) => !offered && disk?.unit === undefined);
    gone.sort(([, a], [, b]) => a.lastSeen - b.lastSeen);
    for (const [key] of gone.slice(0, -KEPT_GONE)) this.#drop(key);
  }
}

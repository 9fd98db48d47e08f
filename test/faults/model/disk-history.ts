import { UNWRITTEN } from './block-content.ts';

/** One block of a write. Times are the counts of the history's events. */
interface Written {
  readonly version: number;
  readonly start: number;
  /** When it was acknowledged; Infinity where it never was, so that it may show at any time. */
  end: number;
  /** Acknowledged with FUA, or covered by an acknowledged flush. */
  stable: boolean;
  /** Acknowledged, not stable, and then the medium lost what it had not made stable. */
  lost: boolean;
}

/** A write under way. */
export interface WriteTicket {
  readonly blocks: { readonly block: number; readonly written: Written }[];
  readonly fua: boolean;
}

/** A read or flush under way. */
export interface Ticket {
  readonly start: number;
}

/** Blocks whose history is longer are pruned. */
const PRUNE_FROM = 32;

/**
 * What was asked of a disk and answered, and whether what is read agrees with it. For each block a read must
 * return the write acknowledged last before the read began, or one that was under way at the same time as that,
 * or one never answered: never anything older. What has no answer may have been done or not, at any time since.
 */
export class DiskHistory {
  readonly #blocks: Written[][];
  readonly #versions: Uint32Array;
  readonly #reads = new Set<Ticket>();
  /** Acknowledged and not stable. */
  #unstable: Written[] = [];
  #now = 0;

  constructor(blockCount: number) {
    this.#versions = new Uint32Array(blockCount);
    this.#blocks = Array.from({ length: blockCount }, () => [
      { version: UNWRITTEN, start: 0, end: 0, stable: true, lost: false },
    ]);
  }

  get blockCount(): number {
    return this.#blocks.length;
  }

  /** A write begins. @returns what it writes to each block: the versions are new */
  write(first: number, count: number, fua: boolean): WriteTicket {
    const start = ++this.#now;
    const blocks = Array.from({ length: count }, (_, i) => {
      const block = first + i;
      const version = (this.#versions[block] ?? 0) + 1;
      this.#versions[block] = version;
      const written: Written = { version, start, end: Number.POSITIVE_INFINITY, stable: false, lost: false };
      this.#of(block).push(written);
      return { block, written };
    });
    return { blocks, fua };
  }

  /** The write was acknowledged. What failed, or was never answered, is simply not told: it may show or not. */
  written({ blocks, fua }: WriteTicket): void {
    const end = ++this.#now;
    for (const { block, written } of blocks) {
      written.end = end;
      written.stable = fua;
      if (!fua) this.#unstable.push(written);
      this.#prune(block);
    }
  }

  flush(): Ticket {
    return { start: ++this.#now };
  }

  /** The flush was acknowledged: all that was acknowledged before it began is stable, as it is promised. */
  flushed({ start }: Ticket): void {
    for (const written of this.#unstable) {
      if (written.end >= start) continue;
      written.stable = true;
      written.lost = false;
    }
    this.#unstable = this.#unstable.filter(({ stable }) => !stable);
  }

  /** The flush failed, or its client was cut off: of what was not stable nothing is promised any more. */
  unflushed(): void {
    for (const written of this.#unstable) written.end = Number.POSITIVE_INFINITY;
    this.#unstable = [];
  }

  /** The medium was cut off from power: what is not stable now may be gone, unless a later flush vouches for it. */
  powerLost(): void {
    for (const written of this.#unstable) written.lost = true;
  }

  read(): Ticket {
    const ticket = { start: ++this.#now };
    this.#reads.add(ticket);
    return ticket;
  }

  /** The read was answered, or given up. */
  readOver(ticket: Ticket): void {
    this.#reads.delete(ticket);
  }

  /** The client was cut off: no read under way will be answered. */
  readsGone(): void {
    this.#reads.clear();
  }

  /** What is wrong with a version found in a block by a read; undefined where nothing is. */
  problemOf({ start }: Ticket, block: number, version: number): string | undefined {
    const history = this.#of(block);
    const found = history.find((written) => written.version === version);
    const newer = history.find(
      (other) => !other.lost && other.end < start && (found === undefined || other.start > found.end),
    );
    if (version > (this.#versions[block] ?? 0)) return `block ${block}: version ${version} was never written`;
    if (newer !== undefined) {
      return `block ${block}: version ${version} was found, though ${newer.version} was acknowledged before`;
    }
    return found === undefined
      ? `block ${block}: version ${version} is older than all that may show`
      : undefined;
  }

  /** Whether a read may find parts of two versions in a block: a write of it was under way meanwhile. */
  mayBeTorn({ start }: Ticket, block: number): boolean {
    return this.#of(block).some(({ end }) => end > start);
  }

  #of(block: number): Written[] {
    const history = this.#blocks[block];
    if (history === undefined) throw new RangeError(`no block ${block}`);
    return history;
  }

  /** Forget what no read may return any more. */
  #prune(block: number): void {
    const history = this.#of(block);
    if (history.length < PRUNE_FROM) return;
    let oldestRead = this.#now;
    for (const { start } of this.#reads) oldestRead = Math.min(oldestRead, start);
    const replaced = (written: Written): boolean =>
      history.some((other) => other.stable && other.end < oldestRead && other.start > written.end);
    this.#blocks[block] = history.filter((written) => !replaced(written));
  }
}

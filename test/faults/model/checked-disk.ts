import type { Random } from '../../dmsg/support/random.ts';
import type { NbdDisk } from '../world/nbd-disk.ts';
import { BLOCK_BYTES, fillBlock, readBlock } from './block-content.ts';
import { DiskHistory } from './disk-history.ts';

export interface LoadOptions {
  /** Requests under way at a time. */
  readonly depth: number;
  /** Blocks of a request at most. */
  readonly maxBlocks: number;
  /** Of 100 requests. */
  readonly reads: number;
  readonly flushes: number;
  readonly fua: number;
  /** No request may be without an answer for longer, ms. */
  readonly patienceMs: number;
}

/** One request under way. */
interface Pending {
  readonly op: 'read' | 'write' | 'flush';
  readonly what: string;
  readonly startMs: number;
}

const MAX_PROBLEMS = 5;

/**
 * Random requests to a disk over NBD, each of its answers being held against the history of all. Where the
 * gateway dies the requests under way are over without an outcome, and it goes on with the next connection.
 */
export class CheckedDisk {
  readonly history: DiskHistory;
  readonly #id: number;
  readonly #random: Random;
  readonly #options: LoadOptions;
  readonly #pending = new Set<Pending>();
  readonly #problems: string[] = [];
  #disk: NbdDisk | undefined;
  #running = false;
  #idle: (() => void) | undefined;
  readonly #errors = new Map<string, number>();
  #done = { reads: 0, writes: 0, flushes: 0 };
  #longestMs = 0;

  /** @param id told in each block: no other disk has it */
  constructor(id: number, blockCount: number, random: Random, options: LoadOptions) {
    this.#id = id;
    this.history = new DiskHistory(blockCount);
    this.#random = random;
    this.#options = options;
  }

  get problems(): readonly string[] {
    return this.#problems;
  }
  /** Answers with errors, by `read 5`: what was asked, and the errno. */
  get errors(): ReadonlyMap<string, number> {
    return this.#errors;
  }
  /** Requests answered without error. */
  get done(): Readonly<{ reads: number; writes: number; flushes: number }> {
    return this.#done;
  }
  /** Longest time a request took, ms. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Begin, or go on with another connection. */
  run(disk: NbdDisk): void {
    this.#disk = disk;
    this.#running = true;
    void disk.closed.then(() => this.#cutOff(disk));
    while (this.#pending.size < this.#options.depth) this.#next(disk);
  }

  /** Ask for nothing more; resolves when all is answered. What takes too long is a problem. */
  async stop(): Promise<void> {
    this.#running = false;
    if (this.#pending.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(() => {
        for (const { what, startMs } of this.#pending) {
          this.#trouble(`${what} had no answer in ${(performance.now() - startMs).toFixed(0)} ms`);
        }
        resolve();
      }, this.#options.patienceMs);
    });
    await Promise.race([late, new Promise<void>((resolve) => (this.#idle = resolve))]);
    clearTimeout(timer);
  }

  /** Read everything, some blocks at a time, and check it. @throws Error where the disk does not answer */
  async readAll(disk: NbdDisk): Promise<void> {
    const count = Math.min(32, this.history.blockCount);
    for (let first = 0; first < this.history.blockCount; first += count) {
      const ticket = this.history.read();
      const errno = await new Promise<number>((resolve) => {
        void disk.closed.then(() => resolve(-1));
        disk.read(first * BLOCK_BYTES, count * BLOCK_BYTES, (error, data) => {
          if (error === 0) this.#checkBlocks(ticket, first, data, 'read back');
          resolve(error);
        });
      });
      this.history.readOver(ticket);
      if (errno !== 0) this.#trouble(`reading back block ${first}: errno ${errno}`);
    }
  }

  /** Check what stands on the medium itself. */
  checkContent(content: Buffer): void {
    const ticket = this.history.read();
    this.#checkBlocks(ticket, 0, content, 'on the medium');
    this.history.readOver(ticket);
  }

  /** Wait for the answer of a flush. @returns its errno */
  flush(disk: NbdDisk): Promise<number> {
    const ticket = this.history.flush();
    return new Promise((resolve) => {
      void disk.closed.then(() => resolve(-1));
      disk.flush((errno) => {
        if (errno === 0) this.history.flushed(ticket);
        else this.history.unflushed();
        resolve(errno);
      });
    });
  }

  #next(disk: NbdDisk): void {
    const chance = this.#random.integer(0, 99);
    const { reads, flushes, fua } = this.#options;
    if (chance < reads) this.#read(disk);
    else if (chance < reads + flushes) this.#flush(disk);
    else this.#write(disk, chance < reads + flushes + fua);
  }

  #range(): { first: number; count: number } {
    const count = this.#random.integer(1, this.#options.maxBlocks);
    return { first: this.#random.integer(0, this.history.blockCount - count), count };
  }

  #read(disk: NbdDisk): void {
    const { first, count } = this.#range();
    const ticket = this.history.read();
    const pending = this.#begin('read', `read of ${count} blocks at ${first}`);
    disk.read(first * BLOCK_BYTES, count * BLOCK_BYTES, (errno, data) => {
      if (errno === 0) {
        this.#done.reads++;
        this.#checkBlocks(ticket, first, data, 'read');
      }
      this.history.readOver(ticket);
      this.#end(disk, pending, errno);
    });
  }

  #write(disk: NbdDisk, fua: boolean): void {
    const { first, count } = this.#range();
    const ticket = this.history.write(first, count, fua);
    const words = new Uint32Array((count * BLOCK_BYTES) / 4);
    ticket.blocks.forEach(({ block, written }, i) => {
      const part = words.subarray((i * BLOCK_BYTES) / 4, ((i + 1) * BLOCK_BYTES) / 4);
      fillBlock(part, this.#id, block, written.version);
    });
    const pending = this.#begin('write', `write of ${count} blocks at ${first}`);
    disk.write(first * BLOCK_BYTES, new Uint8Array(words.buffer), fua, (errno) => {
      if (errno === 0) {
        this.#done.writes++;
        this.history.written(ticket);
      }
      this.#end(disk, pending, errno);
    });
  }

  #flush(disk: NbdDisk): void {
    const ticket = this.history.flush();
    const pending = this.#begin('flush', 'flush');
    disk.flush((errno) => {
      if (errno === 0) {
        this.#done.flushes++;
        this.history.flushed(ticket);
      } else this.history.unflushed();
      this.#end(disk, pending, errno);
    });
  }

  #begin(op: Pending['op'], what: string): Pending {
    const pending = { op, what, startMs: performance.now() };
    this.#pending.add(pending);
    return pending;
  }

  #end(disk: NbdDisk, pending: Pending, errno: number): void {
    this.#pending.delete(pending);
    this.#longestMs = Math.max(this.#longestMs, performance.now() - pending.startMs);
    if (errno !== 0) {
      const error = `${pending.op} ${errno}`;
      this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1);
    }
    if (this.#running && disk === this.#disk) this.#next(disk);
    if (this.#pending.size === 0) this.#idle?.();
  }

  #cutOff(disk: NbdDisk): void {
    if (disk.problem !== undefined) this.#trouble(disk.problem);
    if (disk !== this.#disk) return;
    this.#disk = undefined;
    this.#pending.clear();
    this.history.readsGone();
    this.#idle?.();
  }

  #checkBlocks(ticket: { start: number }, first: number, data: Buffer, how: string): void {
    for (let i = 0; i * BLOCK_BYTES < data.length; i++) {
      const block = first + i;
      const found = readBlock(data.subarray(i * BLOCK_BYTES, (i + 1) * BLOCK_BYTES), this.#id, block);
      // A page of the system's cache can be read while it is written.
      const isTorn = typeof found === 'string' && /torn|foreign/.test(found);
      if (isTorn && how === 'read' && this.history.mayBeTorn(ticket, block)) continue;
      const problem =
        typeof found === 'string' ? `block ${block}: ${found}` : this.history.problemOf(ticket, block, found);
      if (problem !== undefined) this.#trouble(`${how}: ${problem}`);
    }
  }

  #trouble(problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
  }
}

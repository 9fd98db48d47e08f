import type { Io } from './io.ts';

/** What waits of one user of a unit: first in first out, with a way to jump it. */
export class IoQueue {
  #first: Io | null = null;
  #last: Io | null = null;
  /** The next queue in the ring of a FairQueue, and whether this one is in it. */
  following: IoQueue | null = null;
  inTurn = false;

  get first(): Io | null {
    return this.#first;
  }

  *[Symbol.iterator](): Iterator<Io> {
    for (let io = this.#first; io !== null; io = io.following) yield io;
  }

  push(io: Io): void {
    if (io.queued) return;
    io.queued = true;
    if (this.#last === null) this.#first = io;
    else this.#last.following = io;
    this.#last = io;
  }

  /** Put at the front: it has waited longest. */
  unshift(io: Io): void {
    if (io.queued) return;
    io.queued = true;
    io.following = this.#first;
    this.#first = io;
    if (this.#last === null) this.#last = io;
  }

  /** Take out, wherever it is. */
  remove(io: Io): void {
    if (!io.queued) return;
    let before: Io | null = null;
    for (let at = this.#first; at !== io && at !== null; at = at.following) before = at;
    if (before === null) this.#first = io.following;
    else before.following = io.following;
    if (this.#last === io) this.#last = before;
    io.following = null;
    io.queued = false;
  }

  shift(): Io | null {
    const io = this.#first;
    if (io === null) return null;
    this.#first = io.following;
    if (this.#first === null) this.#last = null;
    io.following = null;
    io.queued = false;
    return io;
  }
}

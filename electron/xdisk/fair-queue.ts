import type { Io } from './io.ts';
import type { IoQueue } from './io-queue.ts';

/**
 * What waits of all users of a unit. They take turns, a command each, so that one who asks for very much keeps nobody
 * waiting longer than the others' commands take; what one of them asks for stays in its order. Users with nothing
 * waiting cost nothing. A turn costs some pointers.
 */
export class FairQueue {
  /** The users' queues in the order of their turns. One that became empty is dropped when its turn comes. */
  #first: IoQueue | null = null;
  #last: IoQueue | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Whose turn it is. */
  get first(): Io | null {
    for (let queue = this.#first; queue !== null; queue = this.#first) {
      if (queue.first !== null) return queue.first;
      this.#drop();
    }
    return null;
  }

  *[Symbol.iterator](): Iterator<Io> {
    for (let queue = this.#first; queue !== null; queue = queue.following) yield* queue;
  }

  push(io: Io): void {
    if (io.queued) return;
    io.queue.push(io);
    this.#length++;
    this.#append(io.queue);
  }

  /** Put in front of all: it has waited longest. */
  unshift(io: Io): void {
    if (io.queued) return;
    const { queue } = io;
    queue.unshift(io);
    this.#length++;
    if (queue.inTurn) return;
    queue.inTurn = true;
    queue.following = this.#first;
    this.#first = queue;
    this.#last ??= queue;
  }

  /** Take out, wherever it is. */
  remove(io: Io): void {
    if (!io.queued) return;
    io.queue.remove(io);
    this.#length--;
  }

  /** A command of `first` was sent, perhaps its last one: it is the next user's turn. */
  taken(isLast: boolean): void {
    const queue = this.#first;
    if (queue === null) return;
    if (isLast) {
      queue.shift();
      this.#length--;
    }
    if (queue === this.#last && queue.first !== null) return;
    this.#drop();
    if (queue.first !== null) this.#append(queue);
  }

  /** Take out everything, each user's in its order. */
  takeAll(): Io[] {
    const all: Io[] = [];
    for (let queue = this.#first; queue !== null; queue = this.#first) {
      for (let io = queue.shift(); io !== null; io = queue.shift()) all.push(io);
      this.#drop();
    }
    this.#length = 0;
    return all;
  }

  #append(queue: IoQueue): void {
    if (queue.inTurn) return;
    queue.inTurn = true;
    if (this.#last === null) this.#first = queue;
    else this.#last.following = queue;
    this.#last = queue;
  }

  /** The first one leaves the ring. */
  #drop(): void {
    const queue = this.#first as IoQueue;
    this.#first = queue.following;
    if (this.#first === null) this.#last = null;
    queue.following = null;
    queue.inTurn = false;
  }
}

import type { LinkError } from './link-error.ts';
import { type LinkLimits, overLimit } from './link-limits.ts';

/** Of the links of the process: bytes that wait for their peers. */
const open = new Set<Backlog>();
let allBytes = 0;

/**
 * The bytes that wait for one peer. They are looked at with every batch handed to the system, so that nobody
 * gets further over a limit than by what one turn of the event loop writes.
 */
export class Backlog {
  readonly #limits: LinkLimits;
  readonly #end: (error: LinkError) => void;
  #bytes = 0;

  /** @param end ends the link */
  constructor(limits: LinkLimits, end: (error: LinkError) => void) {
    this.#limits = limits;
    this.#end = end;
    open.add(this);
  }

  /** So many bytes wait now. Costs two additions unless a limit is passed. */
  note(bytes: number): void {
    const grown = bytes - this.#bytes;
    if (grown === 0 || !open.has(this)) return;
    this.#bytes = bytes;
    allBytes += grown;
    if (grown < 0) return;
    const limits = this.#limits;
    if (bytes > limits.waiting_bytes) {
      this.#drop(overLimit(limits, 'waiting_bytes', `${bytes} bytes wait for the peer`));
    } else if (allBytes > limits.all_waiting_bytes) {
      Backlog.#largest().#drop(
        overLimit(
          limits,
          'all_waiting_bytes',
          `${allBytes} bytes wait for all peers, most of them for this one`,
        ),
      );
    }
  }

  /** The link is over; what it still has with the system counts no more. */
  close(): void {
    if (!open.delete(this)) return;
    allBytes -= this.#bytes;
    this.#bytes = 0;
  }

  #drop(error: LinkError): void {
    this.close();
    // Somebody is in the middle of writing.
    queueMicrotask(() => this.#end(error));
  }

  /** The one for whose peer most bytes wait. */
  static #largest(): Backlog {
    let largest: Backlog | undefined;
    for (const one of open) if (largest === undefined || one.#bytes > largest.#bytes) largest = one;
    return largest as Backlog;
  }
}

import type { Link } from '../dmsg/link.ts';

/** Bytes waiting on a link at which its clients are no longer read, and at which they are again. */
const HIGH_BYTES = 8 << 20;
const LOW_BYTES = 2 << 20;

/**
 * Back-pressure between the client and the source of a relayed span. The client is what is held back, in
 * both directions: it asks no more while its answers wait or its data does. The source is never held back,
 * since it serves others too.
 */
export class Flow {
  readonly #client: Link;
  readonly #source: Link;
  readonly #paused: Set<Flow>;
  #isPaused = false;

  /** @param paused where this flow enters itself while its client is not read */
  constructor(client: Link, source: Link, paused: Set<Flow>) {
    this.#client = client;
    this.#source = source;
    this.#paused = paused;
  }

  /** Look at the queues after something was added to one. */
  check(): void {
    if (this.#isPaused) return;
    if (this.#client.unsentBytes < HIGH_BYTES && this.#source.unsentBytes < HIGH_BYTES) return;
    this.#isPaused = true;
    this.#paused.add(this);
    this.#client.pause();
  }

  /** Read the client again if there is room. */
  proceed(): void {
    if (this.#client.unsentBytes > LOW_BYTES) return;
    if (this.#source.unsentBytes > LOW_BYTES && this.#source.state !== 'down') return;
    this.end();
  }

  /** The relay is over. */
  end(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#paused.delete(this);
    for (const other of this.#paused) if (other.#client === this.#client) return;
    this.#client.resume();
  }
}

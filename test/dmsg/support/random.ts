/** A seeded source of numbers (mulberry32), so that a failure can be run again. */
export class Random {
  readonly seed: number;
  #state: number;

  /**
   * @param seed from the environment variable SEED, else new each run
   * @param print whether to tell the seed: not where it follows from one that was told
   */
  constructor(seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32)), print = true) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
    if (print) console.log(`# SEED=${this.seed}`);
  }

  /** 0 … 1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer, `low` to `high` inclusive. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  bytes(length: number): Buffer {
    const words = Uint32Array.from({ length: Math.ceil(length / 4) }, () => this.next() * 2 ** 32);
    return Buffer.from(words.buffer, 0, length);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.integer(0, from.length - 1)] as T;
  }
}

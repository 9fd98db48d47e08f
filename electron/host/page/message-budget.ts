/** Messages of a page: so many at once, then so many per second; far more than hands can cause. */
export const MESSAGE_RATE = { burst: 400, perSecond: 200 } as const;

/** How many messages may still come: so many at once, and so many more each second. */
export class MessageBudget {
  readonly #burst: number;
  readonly #perMs: number;
  readonly #now: () => number;
  #left: number;
  #atMs: number;

  /** @param now ms of some clock */
  constructor(burst: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#burst = burst;
    this.#perMs = perSecond / 1000;
    this.#now = now;
    this.#left = burst;
    this.#atMs = now();
  }

  /** One came. @returns false where it is one too many */
  take(): boolean {
    const now = this.#now();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#atMs) * this.#perMs);
    this.#atMs = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}

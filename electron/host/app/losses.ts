/** Three losses within this time are flapping. */
const WINDOW_MS = 10 * 60_000;
const KEPT = 1_000;

/** How often something was lost lately. */
export class Losses {
  #times: number[] = [];

  /** @param now ms since 1970 */
  add(now: number): void {
    this.#times.push(now);
    if (this.#times.length > KEPT) this.#times.shift();
  }

  /** Losses in the last ten minutes. */
  recent(now: number): number {
    this.#times = this.#times.filter((at) => now - at < WINDOW_MS);
    return this.#times.length;
  }
}

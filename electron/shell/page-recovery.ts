/** Reloads in this time… */
const WINDOW_MS = 60_000;
/** …after which a page that fails again is left alone: it would fail for ever. */
export const MAX_RELOADS = 3;

/** Decides whether a page that crashed, or broke the rules, is loaded again. */
export class PageRecovery {
  readonly #now: () => number;
  #reloads: number[] = [];

  /** @param now milliseconds that only grow */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** The page failed. @returns whether to load it again */
  failed(): boolean {
    const now = this.#now();
    this.#reloads = this.#reloads.filter((at) => now - at < WINDOW_MS);
    if (this.#reloads.length >= MAX_RELOADS) return false;
    this.#reloads.push(now);
    return true;
  }
}

/** Writes sent over a path that was lost before they were answered: they may still be carried out. */
interface Stuck {
  /** What a fence must reach to end them; undefined where none does. */
  readonly domain: string | undefined;
  /** When they can no longer be carried out, ms of the process's clock. */
  readonly untilMs: number;
}

/**
 * What must be over before a unit sends anything over another path. Without that, a write run again there and
 * overwritten by newer data could be carried out once more, late, by the old path's exporter: the data last
 * acknowledged would be gone. That happens to clients that do not wait.
 */
export class StuckWrites {
  #stuck: Stuck[] = [];
  #timer: NodeJS.Timeout | undefined;

  /**
   * A path was lost with unanswered writes.
   * @param domain of its exporter's fence, if it has one
   * @param untilMs when its exporter is known to have noticed the end, ms of the process's clock
   */
  add(domain: string | undefined, untilMs: number): void {
    this.#stuck = this.#stuck.filter((other) => other.domain !== domain);
    this.#stuck.push({ domain, untilMs });
  }

  /**
   * A path was opened: call `safe` when things may be sent over it, at once if they may be now. Whoever waited
   * for a path opened before does so no more.
   * @param domain what its fence reaches, if it has one
   */
  whenSafe(domain: string | undefined, nowMs: number, safe: () => void): void {
    this.stop();
    this.#stuck = this.#stuck.filter(
      (stuck) => stuck.untilMs > nowMs && (domain === undefined || stuck.domain !== domain),
    );
    if (this.#stuck.length === 0) {
      safe();
      return;
    }
    // A timer can be a little early by this clock, so it is looked at again.
    const again = (): void => this.whenSafe(domain, performance.now(), safe);
    this.#timer = setTimeout(again, Math.max(...this.#stuck.map(({ untilMs }) => untilMs - nowMs)));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

import { type LinkLimits, overLimit } from './link-limits.ts';

/**
 * How many messages a peer may send that no back-pressure holds: `control_messages` a second, and as many at
 * once as it may have transactions besides.
 */
export class ControlAllowance {
  readonly #limits: LinkLimits;
  readonly #most: number;
  #left: number;
  #refilledMs: number;

  /** @param nowMs of the process's clock */
  constructor(limits: LinkLimits, nowMs: number) {
    this.#limits = limits;
    this.#most = limits.control_messages + limits.transactions;
    this.#left = this.#most;
    this.#refilledMs = nowMs;
  }

  /** @param cost as how many messages one counts @throws LinkError when the peer has had its share */
  spend(cost: number): void {
    this.#left -= cost;
    if (this.#left >= 0) return;
    const { control_messages } = this.#limits;
    throw overLimit(
      this.#limits,
      'control_messages',
      `more than ${control_messages} control messages a second`,
    );
  }

  refill(nowMs: number): void {
    const free = ((nowMs - this.#refilledMs) / 1000) * this.#limits.control_messages;
    this.#left = Math.min(this.#most, this.#left + free);
    this.#refilledMs = nowMs;
  }
}

/** One timer for all links of the process: a timer each would cost more than the pings. */

/** What the heartbeat drives. */
interface Beating {
  /** @param late the process itself slept, so nothing may be concluded from the time that passed */
  beat(nowMs: number, late: boolean): void;
}

/** Granularity of every time limit of a link. */
const BEAT_MS = 250;

class Heartbeat {
  readonly #members = new Set<Beating>();
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;

  add(member: Beating): void {
    this.#members.add(member);
    if (this.#timer !== undefined) return;
    this.#lastMs = performance.now();
    this.#timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  remove(member: Beating): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    const nowMs = performance.now();
    const late = nowMs - this.#lastMs > 3 * BEAT_MS;
    this.#lastMs = nowMs;
    for (const member of this.#members) member.beat(nowMs, late);
  }
}

export const heartbeat = new Heartbeat();

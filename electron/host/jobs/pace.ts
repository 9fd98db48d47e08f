/** Older progress weighs less: after this much time a third. */
const SMOOTHING_MS = 5000;
/** Before this much time an estimate is a guess. */
const ESTIMATE_FROM_MS = 5000;
/** Work that has done nothing for so long has stalled. */
const STALLED_MS = 10_000;

/** How fast work goes, and how long it will take: from looks at its counter now and then. */
export class Pace {
  #phase = '';
  #startMs = 0;
  #lastMs = 0;
  #lastProgressMs = 0;
  #doneBytes = 0;
  /** Weighted by time, so that the first seconds count in full: `#rate / #weight` is the rate. */
  #rate = 0;
  #weight = 0;

  constructor(nowMs: number) {
    this.#lastMs = nowMs;
    this.#restart('');
  }

  /** Look at the counter. A new phase, which counts anew, is a new start. */
  look(nowMs: number, phase: string, doneBytes: number): void {
    if (phase !== this.#phase || doneBytes < this.#doneBytes) this.#restart(phase);
    const ms = nowMs - this.#lastMs;
    if (doneBytes > this.#doneBytes) this.#lastProgressMs = nowMs;
    if (ms <= 0) return;
    const kept = Math.exp(-ms / SMOOTHING_MS);
    const bytesPerSecond = ((doneBytes - this.#doneBytes) * 1000) / ms;
    this.#rate = this.#rate * kept + bytesPerSecond * (1 - kept);
    this.#weight = this.#weight * kept + (1 - kept);
    this.#lastMs = nowMs;
    this.#doneBytes = doneBytes;
  }

  /** Bytes per second, smoothed. */
  get rateBytes(): number {
    return this.#weight === 0 ? 0 : this.#rate / this.#weight;
  }

  get isStalled(): boolean {
    return this.#lastMs - this.#lastProgressMs >= STALLED_MS;
  }

  /** Seconds to the end of the phase; null while nobody can tell: too early, stalled, or an unknown size. */
  secondsLeft(sizeBytes: number): number | null {
    const isEarly = this.#lastMs - this.#startMs < ESTIMATE_FROM_MS;
    if (isEarly || this.isStalled || this.rateBytes <= 0 || sizeBytes <= 0) return null;
    return Math.max(0, sizeBytes - this.#doneBytes) / this.rateBytes;
  }

  /** It began at some time since the last look. */
  #restart(phase: string): void {
    this.#phase = phase;
    this.#startMs = this.#lastMs;
    this.#lastProgressMs = this.#lastMs;
    this.#doneBytes = 0;
    this.#rate = 0;
    this.#weight = 0;
  }
}

/** How much may pass at once after a pause: that of so many milliseconds. */
const BURST_MS = 100;
/** Who waits is woken this often at most, several at a time. */
const TICK_MS = 10;

/**
 * Lets bytes pass at a rate: a token bucket that may be overdrawn by one piece, so that a piece can be larger
 * than the bucket. All who wait share one timer.
 */
export class RateLimit {
  readonly #bytesPerMs: number;
  readonly #waiting: { readonly bytes: number; go(): void }[] = [];
  #tokens: number;
  #filledMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #isOff = false;

  /** @param bytesPerSecond 1 or more @param signal once aborted, all may pass: they have other things to end */
  constructor(bytesPerSecond: number, signal: AbortSignal) {
    this.#bytesPerMs = bytesPerSecond / 1000;
    this.#tokens = this.#bytesPerMs * BURST_MS;
    const off = (): void => {
      this.#isOff = true;
      this.#wake();
    };
    if (signal.aborted) off();
    else signal.addEventListener('abort', off, { once: true });
  }

  /** Pass with so many bytes, in the order of the calls. */
  async pass(bytes: number): Promise<void> {
    await new Promise<void>((go) => {
      this.#waiting.push({ bytes, go });
      if (this.#timer === undefined) this.#wake();
    });
  }

  readonly #wake = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#fill();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#tokens <= 0 && !this.#isOff) {
        this.#timer = setTimeout(this.#wake, Math.max(TICK_MS, -this.#tokens / this.#bytesPerMs));
        return;
      }
      this.#waiting.shift();
      this.#tokens -= next.bytes;
      next.go();
    }
  };

  #fill(): void {
    const nowMs = performance.now();
    const gained = (nowMs - this.#filledMs) * this.#bytesPerMs;
    this.#tokens = Math.min(this.#tokens + gained, this.#bytesPerMs * BURST_MS);
    this.#filledMs = nowMs;
  }
}

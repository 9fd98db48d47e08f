import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const QUANTILES = ['0.5', '0.99', '1'] as const;

/** How late this process's event loop is, measured while this object is not closed. */
export class LoopDelay {
  readonly #histogram: IntervalHistogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  constructor() {
    this.#histogram.enable();
  }

  /** The delays since this was asked last. */
  take(): { quantile: string; seconds: number }[] {
    const histogram = this.#histogram;
    const delays = QUANTILES.map((quantile) => {
      // What is measured is the time between two ticks.
      const lateMs = histogram.percentile(Number(quantile) * 100) / 1e6 - RESOLUTION_MS;
      return { quantile, seconds: histogram.count === 0 ? 0 : Math.max(0, lateMs) / 1000 };
    });
    histogram.reset();
    return delays;
  }

  close(): void {
    this.#histogram.disable();
  }
}

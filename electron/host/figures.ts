import type { IoFigures } from '../../shared/events.ts';
import type { IoCounters, IoStats } from '../block/io-stats.ts';

/** Turns counters into rates: each call tells what happened since the one before. */
export class FiguresMeter {
  readonly #stats: IoStats;
  #before: IoCounters;

  constructor(stats: IoStats) {
    this.#stats = stats;
    this.#before = stats.counters();
  }

  take(): IoFigures {
    const before = this.#before;
    const now = this.#stats.counters();
    this.#before = now;
    const ms = Math.max(1, now.atMs - before.atMs);
    const rate = (key: keyof IoCounters): number => ((now[key] - before[key]) * 1000) / ms;
    const requests =
      now.reads +
      now.writes +
      now.flushes +
      now.discards -
      before.reads -
      before.writes -
      before.flushes -
      before.discards;
    const spentMs =
      now.readMs +
      now.writeMs +
      now.flushMs +
      now.discardMs -
      before.readMs -
      before.writeMs -
      before.flushMs -
      before.discardMs;
    const { readLatency, writeLatency } = this.#stats;
    return {
      reads: rate('reads'),
      writes: rate('writes'),
      flushes: rate('flushes'),
      discards: rate('discards'),
      read_bytes: rate('readBytes'),
      written_bytes: rate('writtenBytes'),
      discarded_bytes: rate('discardedBytes'),
      await_ms: requests === 0 ? 0 : spentMs / requests,
      queue_length: (now.queueMs - before.queueMs) / ms,
      in_flight: now.inFlight,
      utilization: Math.min(1, (now.busyMs - before.busyMs) / ms),
      errors_total: now.errors,
      retries_total: now.retries,
      read_p50_us: readLatency.percentileUs(0.5),
      read_p99_us: readLatency.percentileUs(0.99),
      write_p50_us: writeLatency.percentileUs(0.5),
      write_p99_us: writeLatency.percentileUs(0.99),
    };
  }
}

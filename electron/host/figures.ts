import type { IoFigures } from '../../shared/events.ts';
import { LatencyHistogram } from '../block/histogram.ts';
import type { IoCounters, IoStats } from '../block/io-stats.ts';

/** Turns counters into rates: each call tells what happened since the one before. */
export class FiguresMeter {
  readonly #stats: IoStats;
  #before: IoCounters;
  readonly #reads = new LatencyHistogram();
  readonly #writes = new LatencyHistogram();

  constructor(stats: IoStats) {
    this.#stats = stats;
    this.#before = stats.counters();
    this.#reads.copy(stats.readLatency);
    this.#writes.copy(stats.writeLatency);
  }

  /** Nothing has happened since the last `take`, and nothing is under way. */
  get isIdle(): boolean {
    return this.#stats.inFlight === 0 && this.#stats.requests === endedOf(this.#before);
  }

  /**
   * The figures since the last call.
   * @param latency counts per power of two of µs are added to these, where given
   */
  take(latency?: { readonly read: number[]; readonly write: number[] }): IoFigures {
    const before = this.#before;
    const now = this.#stats.counters();
    this.#before = now;
    const ms = Math.max(1, now.atMs - before.atMs);
    const rate = (key: keyof IoCounters): number => ((now[key] - before[key]) * 1000) / ms;
    const requests = endedOf(now) - endedOf(before);
    const spentMs = spentOf(now) - spentOf(before);
    const { readLatency, writeLatency } = this.#stats;
    const [read50 = 0, read99 = 0] = readLatency.percentilesSince(this.#reads, [0.5, 0.99]);
    const [write50 = 0, write99 = 0] = writeLatency.percentilesSince(this.#writes, [0.5, 0.99]);
    if (latency !== undefined) {
      readLatency.octavesSince(this.#reads, latency.read);
      writeLatency.octavesSince(this.#writes, latency.write);
    }
    if (now.reads !== before.reads) this.#reads.copy(readLatency);
    if (now.writes !== before.writes) this.#writes.copy(writeLatency);
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
      read_p50_us: read50,
      read_p99_us: read99,
      write_p50_us: write50,
      write_p99_us: write99,
    };
  }
}

function endedOf({ reads, writes, flushes, discards }: IoCounters): number {
  return reads + writes + flushes + discards;
}

function spentOf({ readMs, writeMs, flushMs, discardMs }: IoCounters): number {
  return readMs + writeMs + flushMs + discardMs;
}

import { turnTimeMs } from './clock.ts';
import { BlockOp } from './device.ts';
import { LatencyHistogram } from './histogram.ts';

/** The operations statistics are kept for. */
const KINDS = 4;
const kindOf: Readonly<Record<BlockOp, number>> = {
  [BlockOp.read]: 0,
  [BlockOp.write]: 1,
  [BlockOp.flush]: 2,
  [BlockOp.discard]: 3,
  [BlockOp.zero]: 3,
};

/** Totals since the start, in the manner of DragonFly's devstat and Linux's /proc/diskstats. */
export interface IoCounters {
  reads: number;
  writes: number;
  flushes: number;
  discards: number;
  readBytes: number;
  writtenBytes: number;
  discardedBytes: number;
  /** Sum of the times requests took, queueing included, ms. */
  readMs: number;
  writeMs: number;
  flushMs: number;
  discardMs: number;
  /** Time with at least one request in flight, ms: its rate is %util. */
  busyMs: number;
  /** Integral of requests in flight over time, ms: its rate is aqu-sz. */
  queueMs: number;
  inFlight: number;
  errors: number;
  /** Requests run again after their path was lost. */
  retries: number;
  /** When these were taken, ms of the process's clock. */
  atMs: number;
}

/** I/O statistics of a unit, a path, an export or a client. */
export class IoStats {
  readonly #ops = new Float64Array(KINDS);
  readonly #bytes = new Float64Array(KINDS);
  readonly #ms = new Float64Array(KINDS);
  /** Latencies of reads and of writes. */
  readonly readLatency = new LatencyHistogram();
  readonly writeLatency = new LatencyHistogram();
  #busyMs = 0;
  #queueMs = 0;
  #inFlight = 0;
  #changedMs = 0;
  #errors = 0;
  #retries = 0;

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Requests that ended since the start, of whatever kind. */
  get requests(): number {
    return this.#ops[0] + this.#ops[1] + this.#ops[2] + this.#ops[3];
  }

  /** A request begins; returns the time to hand to `ended`. */
  started(): number {
    const nowMs = turnTimeMs();
    this.#elapse(nowMs);
    this.#inFlight++;
    return nowMs;
  }

  /** It ended. `bytes` is what it moved. */
  ended(op: BlockOp, bytes: number, startedMs: number, failed: boolean): void {
    const nowMs = turnTimeMs();
    this.#elapse(nowMs);
    this.#inFlight--;
    const kind = kindOf[op];
    const tookMs = nowMs - startedMs;
    this.#ops[kind]++;
    this.#bytes[kind] += bytes;
    this.#ms[kind] += tookMs;
    if (failed) this.#errors++;
    if (kind === 0) this.readLatency.record(tookMs * 1000);
    else if (kind === 1) this.writeLatency.record(tookMs * 1000);
  }

  /** It was taken back without an end, to be run again elsewhere. */
  takenBack(): void {
    this.#elapse(turnTimeMs());
    this.#inFlight--;
  }

  /** A request is run again. */
  retried(): void {
    this.#retries++;
  }

  counters(): IoCounters {
    this.#elapse(turnTimeMs());
    const [reads, writes, flushes, discards] = this.#ops as unknown as [number, number, number, number];
    const [readMs, writeMs, flushMs, discardMs] = this.#ms as unknown as [number, number, number, number];
    return {
      reads,
      writes,
      flushes,
      discards,
      readBytes: this.#bytes[0],
      writtenBytes: this.#bytes[1],
      discardedBytes: this.#bytes[3],
      readMs,
      writeMs,
      flushMs,
      discardMs,
      busyMs: this.#busyMs,
      queueMs: this.#queueMs,
      inFlight: this.#inFlight,
      errors: this.#errors,
      retries: this.#retries,
      atMs: this.#changedMs,
    };
  }

  #elapse(nowMs: number): void {
    const ms = nowMs - this.#changedMs;
    if (this.#inFlight > 0) {
      this.#busyMs += ms;
      this.#queueMs += ms * this.#inFlight;
    }
    this.#changedMs = nowMs;
  }
}

import { randomFillSync } from 'node:crypto';
import type { BenchmarkResult } from '../../../shared/model/job.ts';
import { type BlockDevice, BlockOp } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { formatSize } from '../../target/media/size.ts';
import { Awaited } from '../copy/awaited.ts';
import { HostError } from '../host-error.ts';
import { Load, type LoadKind } from './load.ts';

/** What is measured: how long one request takes, how many go at once, and how much goes through. */
const READS: readonly LoadKind[] = [
  { op: BlockOp.read, isSequential: false, bytes: 4096, depth: 1 },
  { op: BlockOp.read, isSequential: false, bytes: 4096, depth: 32 },
  { op: BlockOp.read, isSequential: true, bytes: 1 << 20, depth: 16 },
];
const WRITES: readonly LoadKind[] = READS.map((kind) => ({ ...kind, op: BlockOp.write }));

/** Of what is read; fewer do not show. */
const MENTIONED_HOLES = 0.02;

export interface BenchmarkOptions {
  /** Time for each test. */
  readonly seconds: number;
  /** Write as well: the content of the disk is lost. */
  readonly write: boolean;
  readonly signal: AbortSignal;
}

/** Measures how fast a disk is. */
export class Benchmark {
  readonly #device: BlockDevice;
  readonly #options: BenchmarkOptions;
  readonly #tests: readonly LoadKind[];
  #index = 0;
  #testStartMs = performance.now();
  #doneBytes = 0;
  #readBytes = 0;
  #holeBytes = 0;

  constructor(device: BlockDevice, options: BenchmarkOptions) {
    this.#device = device;
    this.#options = options;
    const wanted = options.write ? [...READS, ...WRITES] : READS;
    this.#tests = wanted.map((kind) => ({ ...kind, bytes: fitted(kind.bytes, device) }));
  }

  /** How far it is: JobProgress. */
  get phase(): string {
    const test = this.#tests[this.#index];
    return test === undefined ? '' : `${titleOf(test)} (${this.#index + 1} of ${this.#tests.length})`;
  }
  /** Bytes moved in all tests. */
  get doneBytes(): number {
    return this.#doneBytes;
  }
  get secondsLeft(): number {
    const inTest = (performance.now() - this.#testStartMs) / 1000;
    return Math.max(0, (this.#tests.length - this.#index) * this.#options.seconds - inTest);
  }

  /** Why its figures are better than those of a disk full of data; null where they are not. */
  get caveat(): string | null {
    const holes = this.#readBytes === 0 ? 0 : this.#holeBytes / this.#readBytes;
    if (holes < MENTIONED_HOLES) return null;
    return `${Math.round(holes * 100)} % of what was read were holes, which are answered without data`;
  }

  /**
   * Run all tests.
   * @param told hears each result as it stands
   * @throws BlockError naming the offset; HostError `cancelled`
   */
  async run(told: (result: BenchmarkResult) => void): Promise<void> {
    for (; this.#index < this.#tests.length; this.#index++) {
      this.#testStartMs = performance.now();
      told(await this.#measure(this.#tests[this.#index]));
    }
    if (this.#options.write) await this.#flush();
  }

  async #measure(test: LoadKind): Promise<BenchmarkResult> {
    const { seconds, signal } = this.#options;
    const before = this.#doneBytes;
    const load = new Load(this.#device, test, signal, (bytes, holeBytes) => {
      this.#doneBytes += bytes;
      this.#holeBytes += holeBytes;
      if (test.op === BlockOp.read) this.#readBytes += bytes;
    });
    const took = await load.run(seconds, randomFillSync);
    if (signal.aborted) throw new HostError('cancelled', 'cancelled');
    const { latency } = load;
    return {
      test: titleOf(test),
      requests_per_second: latency.count / took,
      bytes_per_second: (this.#doneBytes - before) / took,
      p50_us: latency.percentileUs(0.5),
      p99_us: latency.percentileUs(0.99),
      p999_us: latency.percentileUs(0.999),
    };
  }

  async #flush(): Promise<void> {
    const error = await new Awaited().run(this.#device, BlockOp.flush, 0, 0);
    if (error !== null) throw new BlockError(error.code, `flush failed: ${error.message}`, { cause: error });
  }
}

/** The size of requests: whole blocks, and no more than the disk has. */
function fitted(bytes: number, { blockBytes, sizeBytes }: BlockDevice): number {
  return Math.max(blockBytes, Math.min(bytes, 2 ** Math.floor(Math.log2(sizeBytes))));
}

function titleOf({ op, isSequential, bytes, depth }: LoadKind): string {
  const what = op === BlockOp.read ? 'read' : 'write';
  return `${what} ${formatSize(bytes)}${isSequential ? ' in sequence' : ''}, depth ${depth}`;
}

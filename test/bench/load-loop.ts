import { type BlockDevice, BlockOp, BlockRequest } from '../../electron/block/device.ts';
import type { BlockError } from '../../electron/block/error.ts';
import { LatencyHistogram } from '../../electron/block/histogram.ts';
import type { LoadResult } from './measure.ts';
import type { Workload } from './workload.ts';

/** How long to go on: for a time, or over the device once. */
export type Extent = { readonly seconds: number } | { readonly once: true };

/** One of the `depth` requests that go round. */
class LoadRequest extends BlockRequest {
  submittedMs = 0;
  readonly #finished: (request: LoadRequest, error: BlockError | null) => void;

  constructor(finished: (request: LoadRequest, error: BlockError | null) => void) {
    super();
    this.#finished = finished;
  }

  done(error: BlockError | null): void {
    this.#finished(this, error);
  }
}

/** Keeps `depth` requests of a workload outstanding on a device. */
export class LoadLoop {
  readonly #device: BlockDevice;
  readonly #workload: Workload;
  readonly #blocks: number;
  readonly #latencies = new LatencyHistogram();
  /** Requests to submit next. A queue, not a call: `done` may be called within `submit`. */
  readonly #ready: LoadRequest[] = [];
  #pumping = false;
  #outstanding = 0;
  #cursor = 0;
  #blocksLeft = Number.POSITIVE_INFINITY;
  #deadlineMs = Number.POSITIVE_INFINITY;
  #error: Error | undefined;
  #over: () => void = () => {};

  constructor(device: BlockDevice, workload: Workload) {
    this.#device = device;
    this.#workload = workload;
    this.#blocks = Math.floor(device.sizeBytes / workload.blockBytes);
  }

  /**
   * @param data fills each request's buffer, once
   * @throws the first error of a request, or where a read finds zeros, which would be cheaper than data
   */
  async run(extent: Extent, data: (buffer: Uint8Array) => void): Promise<LoadResult> {
    const { blockBytes, depth, op } = this.#workload;
    for (let i = 0; i < depth; i++) {
      const request = new LoadRequest(this.#finished);
      request.op = op === 'read' ? BlockOp.read : BlockOp.write;
      request.length = blockBytes;
      request.buffer = Buffer.allocUnsafeSlow(blockBytes);
      data(request.buffer);
      this.#ready.push(request);
    }
    const cpuBefore = process.cpuUsage();
    const startMs = performance.now();
    if ('once' in extent) this.#blocksLeft = this.#blocks;
    else this.#deadlineMs = startMs + extent.seconds * 1e3;
    await new Promise<void>((resolve) => {
      this.#over = resolve;
      this.#pump(startMs);
    });
    if (this.#error !== undefined) throw this.#error;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      ios: this.#latencies.count,
      bytes: this.#latencies.count * blockBytes,
      seconds: (performance.now() - startMs) / 1e3,
      p50Us: this.#latencies.percentileUs(0.5),
      p99Us: this.#latencies.percentileUs(0.99),
      cpuSeconds: (user + system) / 1e6,
    };
  }

  readonly #finished = (request: LoadRequest, error: BlockError | null): void => {
    // One look at the clock serves the end of this request and the start of the next.
    const nowMs = performance.now();
    this.#outstanding--;
    this.#latencies.record((nowMs - request.submittedMs) * 1e3);
    if (error !== null) this.#error ??= error;
    else if (request.op === BlockOp.read && request.filled < request.length) {
      this.#error ??= new Error(`the device has zeros at ${request.offset}: it was not filled`);
    }
    this.#ready.push(request);
    if (!this.#pumping) this.#pump(nowMs);
  };

  #pump(nowMs: number): void {
    this.#pumping = true;
    let submittedMs = nowMs;
    while (this.#ready.length > 0) {
      if (this.#error !== undefined || this.#blocksLeft === 0 || submittedMs >= this.#deadlineMs) break;
      this.#submit(this.#ready.pop() as LoadRequest, submittedMs);
      if (this.#device.synchronous) submittedMs = performance.now();
    }
    this.#pumping = false;
    if (this.#outstanding === 0) this.#over();
  }

  #submit(request: LoadRequest, nowMs: number): void {
    const block =
      this.#workload.pattern === 'random'
        ? Math.floor(Math.random() * this.#blocks)
        : this.#cursor++ % this.#blocks;
    this.#blocksLeft--;
    this.#outstanding++;
    request.offset = block * this.#workload.blockBytes;
    request.submittedMs = nowMs;
    this.#device.submit(request);
  }
}

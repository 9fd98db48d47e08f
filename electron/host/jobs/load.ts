import { type BlockDevice, BlockOp, BlockRequest } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';
import { LatencyHistogram } from '../../block/histogram.ts';

/** Requests of one kind, so many at a time. */
export interface LoadKind {
  readonly op: typeof BlockOp.read | typeof BlockOp.write;
  readonly isSequential: boolean;
  /** Bytes of a request, whole blocks, at most the disk. */
  readonly bytes: number;
  readonly depth: number;
}

/** A device that answers at once must not keep the process from all else. */
const SYNCHRONOUS_RUN = 64;

/** One of the requests that go round. */
class LoadRequest extends BlockRequest {
  submittedMs = 0;
  readonly #finished: (request: LoadRequest, error: BlockError | null) => void;

  constructor(finished: (request: LoadRequest, error: BlockError | null) => void) {
    super();
    this.#finished = finished;
  }

  override done(error: BlockError | null): void {
    this.#finished(this, error);
  }
}

/** Keeps requests of a kind under way on a device for some time, and times them. */
export class Load {
  readonly latency = new LatencyHistogram();
  readonly #device: BlockDevice;
  readonly #kind: LoadKind;
  readonly #signal: AbortSignal;
  /** Hears of each request that is done: its bytes, and how many of them were a hole. */
  readonly #moved: (bytes: number, holeBytes: number) => void;
  readonly #places: number;
  /** Requests to submit next. A queue, not a call: `done` may be called within `submit`. */
  readonly #ready: LoadRequest[] = [];
  #isPumping = false;
  #underWay = 0;
  #cursor = 0;
  #endMs = 0;
  #error: BlockError | undefined;
  #over: () => void = () => {};

  constructor(
    device: BlockDevice,
    kind: LoadKind,
    signal: AbortSignal,
    moved: (bytes: number, holeBytes: number) => void,
  ) {
    this.#device = device;
    this.#kind = kind;
    this.#signal = signal;
    this.#moved = moved;
    this.#places = Math.floor(device.sizeBytes / kind.bytes);
  }

  /**
   * Run until the time is over or the signal is aborted, and every request is done.
   * @param fill makes what is written
   * @returns seconds it took
   * @throws BlockError naming the offset
   */
  async run(seconds: number, fill: (buffer: Buffer) => void): Promise<number> {
    const { op, bytes, depth } = this.#kind;
    for (let i = 0; i < depth; i++) {
      const request = new LoadRequest(this.#finished);
      const buffer = Buffer.allocUnsafeSlow(bytes);
      if (op === BlockOp.write) fill(buffer);
      request.op = op;
      request.length = bytes;
      request.buffer = buffer;
      this.#ready.push(request);
    }
    const startMs = performance.now();
    this.#endMs = startMs + seconds * 1000;
    await new Promise<void>((resolve) => {
      this.#over = resolve;
      this.#pump();
    });
    if (this.#error !== undefined) throw this.#error;
    return (performance.now() - startMs) / 1000;
  }

  readonly #finished = (request: LoadRequest, error: BlockError | null): void => {
    this.#underWay--;
    this.latency.record((performance.now() - request.submittedMs) * 1000);
    if (error === null) {
      const isRead = request.op === BlockOp.read;
      this.#moved(request.length, isRead ? request.length - request.filled : 0);
    } else this.#error ??= located(request, error);
    this.#ready.push(request);
    if (!this.#isPumping) this.#pump();
  };

  readonly #pump = (): void => {
    this.#isPumping = true;
    let run = 0;
    for (let request = this.#next(); request !== undefined; request = this.#next()) {
      this.#submit(request);
      if (this.#device.synchronous && ++run === SYNCHRONOUS_RUN) {
        setImmediate(this.#pump);
        return;
      }
    }
    this.#isPumping = false;
    if (this.#underWay === 0) this.#over();
  };

  #next(): LoadRequest | undefined {
    const isOver = this.#error !== undefined || this.#signal.aborted || performance.now() >= this.#endMs;
    return isOver ? undefined : this.#ready.pop();
  }

  #submit(request: LoadRequest): void {
    const { isSequential, bytes } = this.#kind;
    const place = isSequential ? this.#cursor++ % this.#places : Math.floor(Math.random() * this.#places);
    request.offset = place * bytes;
    request.submittedMs = performance.now();
    this.#underWay++;
    this.#device.submit(request);
  }
}

function located({ op, offset, length }: BlockRequest, error: BlockError): BlockError {
  const what = op === BlockOp.read ? 'read' : 'write';
  return new BlockError(error.code, `${what} of ${length} bytes at byte ${offset} failed: ${error.message}`, {
    cause: error,
  });
}

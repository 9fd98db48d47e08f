import type { ByteSink, ByteStream } from '../../../electron/stream/byte-stream.ts';

/** Two ends of a connection in memory, each with the manners of a socket under Node. */
export function memoryPair(): [MemoryStream, MemoryStream] {
  const a = new MemoryStream('memory:a');
  const b = new MemoryStream('memory:b');
  a.peer = b;
  b.peer = a;
  return [a, b];
}

/**
 * One end. As a socket does, it asks for a target at once after each `received`, long before the read that
 * fills it; it hands what is written to the system at once, if there is room, and says so later; and an end
 * that hears the other's FIN closes itself.
 */
export class MemoryStream implements ByteStream {
  readonly remote: string;
  peer: MemoryStream | undefined;
  /** Bytes of one read at most. */
  readBytes = 65_536;
  /** While set, what is written stays unsent. */
  blocked = false;
  paused = false;
  #sink: ByteSink | undefined;
  #target: Uint8Array = new Uint8Array(0);
  readonly #inbox: Uint8Array[] = [];
  readonly #outbox: { bytes: Buffer; done: (error?: Error) => void }[] = [];
  #unsentBytes = 0;
  #ended = false;
  #finReceived = false;
  #resetReceived = false;
  #closed = false;
  #delivering = false;

  constructor(remote: string) {
    this.remote = remote;
  }

  get unsentBytes(): number {
    return this.#unsentBytes;
  }
  get destroyed(): boolean {
    return this.#closed;
  }

  start(sink: ByteSink): void {
    this.#sink = sink;
    this.#target = sink.target();
    this.#planDelivery();
  }

  retarget(): void {
    this.#target = (this.#sink as ByteSink).target();
  }

  write(chunks: readonly Uint8Array[], done: (error?: Error) => void): void {
    if (this.#closed || this.#ended) {
      queueMicrotask(() => done(new Error('closed')));
      return;
    }
    const bytes = Buffer.concat(chunks);
    this.#unsentBytes += bytes.length;
    this.#outbox.push({ bytes, done });
    this.#send();
  }

  /** Let go of what was blocked. */
  unblock(): void {
    this.blocked = false;
    this.#send();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.#planDelivery();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#send();
  }

  destroy(error?: Error): void {
    if (this.#closed) return;
    this.#closed = true;
    const unsent = this.#outbox.splice(0);
    const { peer } = this;
    setImmediate(() => {
      for (const { done } of unsent) done(error ?? new Error('destroyed'));
      peer?.fin();
      this.#sink?.closed(error);
    });
  }

  /** A RST comes, once what came before it has been read. */
  reset(): void {
    this.#resetReceived = true;
    this.#planDelivery();
  }

  /** The other end sends no more. */
  fin(): void {
    this.#finReceived = true;
    this.#planDelivery();
  }

  #send(): void {
    if (this.blocked || this.#closed) return;
    for (const { bytes, done } of this.#outbox.splice(0)) {
      this.peer?.accept(bytes);
      setImmediate(() => {
        this.#unsentBytes -= bytes.length;
        done();
      });
    }
    if (this.#ended) this.peer?.fin();
  }

  accept(bytes: Buffer): void {
    if (this.#closed) return;
    this.#inbox.push(bytes);
    this.#planDelivery();
  }

  #planDelivery(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    setImmediate(() => {
      this.#delivering = false;
      this.#deliver();
    });
  }

  #deliver(): void {
    const sink = this.#sink;
    if (sink === undefined || this.paused || this.#closed) return;
    const next = this.#inbox.shift();
    if (next === undefined) {
      if (this.#resetReceived) {
        this.#closed = true;
        sink.closed(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
      } else if (this.#finReceived) this.#finish(sink);
      return;
    }
    const count = Math.min(next.length, this.readBytes, this.#target.length);
    this.#target.set(next.subarray(0, count));
    if (count < next.length) this.#inbox.unshift(next.subarray(count));
    sink.received(count);
    if (!this.#closed) this.#target = sink.target();
    this.#planDelivery();
  }

  #finish(sink: ByteSink): void {
    if (!this.#ended) {
      this.end();
      setImmediate(() => this.#planDelivery());
      return;
    }
    if (this.#closed) return;
    this.#closed = true;
    sink.closed(undefined);
  }
}

import type { ByteSink, ByteStream } from '../stream/byte-stream.ts';
import { peekTarget, receiveMemory } from '../stream/memory.ts';

interface Wanted {
  readonly length: number;
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A stream during the negotiation: messages are awaited one after the other, and what was received beyond
 * them goes to the sink of the transmission phase. The stream is paused while nothing is awaited, so no more
 * is kept than one read brings.
 */
export class HandshakeChannel implements ByteSink {
  readonly #stream: ByteStream;
  /** What was received and not taken: the first `#heldBytes` of `#held`. */
  #held = Buffer.alloc(0);
  #heldBytes = 0;
  #wanted: Wanted | undefined;
  #next: ByteSink | undefined;
  /**
   * Where the next read lands. A stream may ask for it long before that read, so it can be the channel's
   * choice even after the handover; the first read is into the shared memory.
   */
  #target: 'own' | 'next' = 'own';
  #end: { readonly error: Error | undefined } | undefined;

  /** Starts the stream, so this belongs in the turn in which the stream was obtained. */
  constructor(stream: ByteStream) {
    this.#stream = stream;
    stream.start(this);
    stream.pause();
  }

  /**
   * The next `length` bytes, in memory of their own.
   * @throws the stream's error, or one that says the peer hung up
   */
  async take(length: number): Promise<Buffer> {
    if (this.#heldBytes < length) {
      if (this.#end !== undefined) throw endOf(this.#end.error);
      await new Promise<void>((resolve, reject) => {
        this.#wanted = { length, resolve, reject };
        this.#stream.resume();
      });
    }
    const taken = Buffer.from(this.#held.subarray(0, length));
    this.#held.copyWithin(0, length, this.#heldBytes);
    this.#heldBytes -= length;
    return taken;
  }

  /** Queue a message. */
  send(message: Buffer): void {
    this.#stream.write([message], () => {});
  }

  /** End the stream; resolves when the peer has ended it too. What it still says is thrown away. */
  finish(): Promise<void> {
    this.#stream.end();
    return new Promise((resolve) => {
      this.handOver({ target: () => receiveMemory.bytes, received: () => {}, closed: () => resolve() });
    });
  }

  /** End of the negotiation: from here on the stream's bytes and end go to `sink`. */
  handOver(sink: ByteSink): void {
    this.#next = sink;
    feed(sink, this.#held.subarray(0, this.#heldBytes));
    this.#held = Buffer.alloc(0);
    if (this.#end === undefined) this.#stream.resume();
    else sink.closed(this.#end.error);
  }

  target(): Uint8Array {
    if (this.#next === undefined) return peekTarget;
    this.#target = 'next';
    return this.#next.target();
  }

  received(bytes: number): void {
    if (this.#target === 'next') (this.#next as ByteSink).received(bytes);
    else if (this.#next !== undefined) feed(this.#next, Buffer.from(receiveMemory.bytes.subarray(0, bytes)));
    else this.#hold(receiveMemory.bytes.subarray(0, bytes));
  }

  closed(error: Error | undefined): void {
    this.#end = { error };
    this.#next?.closed(error);
    this.#wanted?.reject(endOf(error));
    this.#wanted = undefined;
  }

  #hold(data: Uint8Array): void {
    const needed = this.#heldBytes + data.length;
    if (needed > this.#held.length) {
      const larger = Buffer.alloc(Math.max(needed, 2 * this.#held.length));
      this.#held.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    this.#held.set(data, this.#heldBytes);
    this.#heldBytes = needed;
    const wanted = this.#wanted;
    if (wanted === undefined || this.#heldBytes < wanted.length) return;
    this.#wanted = undefined;
    this.#stream.pause();
    wanted.resolve();
  }
}

function endOf(error: Error | undefined): Error {
  return error ?? new Error('the peer hung up during the handshake');
}

/** Give bytes to a sink as a stream would. */
function feed(sink: ByteSink, data: Buffer): void {
  for (let at = 0; at < data.length; ) {
    const target = sink.target();
    const bytes = Math.min(target.length, data.length - at);
    target.set(data.subarray(at, at + bytes));
    at += bytes;
    sink.received(bytes);
  }
}

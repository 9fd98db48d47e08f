import type { Socket } from 'node:net';
import { MessageCutter } from './message-cutter.ts';

/** What is done to the next whole message that passes. */
export type MessageFault = 'duplicate' | 'swap' | 'drop' | 'flip';

/** What waits to go out: bytes, or the end of the stream. */
interface Item {
  readonly bytes: Buffer | undefined;
  /** When it may, ms of the process's clock. */
  readonly dueMs: number;
}

/** Bytes kept in a pipe before its source is held back, as the buffers of a network would. */
const CAPACITY_BYTES = 4 << 20;
const TICK_MS = 5;

/** One direction of a connection through a bad network. */
export class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #random: () => number;
  readonly #queue: Item[] = [];
  #queuedBytes = 0;
  #held = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #cutter = new MessageCutter();
  #fault: MessageFault | undefined;
  /** A message that is to come behind the next one. */
  #kept: Buffer | undefined;
  /** The message that is arriving passes as it comes; else `#parts` is what has come of it. */
  #passing = true;
  #midMessage = false;
  #parts: Buffer[] = [];
  /** Milliseconds each byte takes besides. */
  delayMs = 0;
  /** Bytes per second; 0 for any number. */
  rateBytes = 0;
  /** Called when something is kept back by `hold`. */
  onHeld: (() => void) | undefined;

  constructor(source: Socket, sink: Socket, random: () => number) {
    this.#source = source;
    this.#sink = sink;
    this.#random = random;
    source.on('data', (chunk: Buffer) => this.#received(chunk));
    source.on('end', () => this.#push(undefined));
  }

  /** Let nothing through: it is kept, in order, with the end of the stream where that comes. */
  hold(): void {
    this.#held = true;
  }

  /** @returns bytes that are let go */
  release(): number {
    this.#held = false;
    const bytes = this.#queuedBytes;
    this.#pump();
    return bytes;
  }

  /** Do this to the next message. */
  mangle(fault: MessageFault): void {
    this.#fault = fault;
  }

  /** The source has ended, without saying so. */
  end(): void {
    this.#push(undefined);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
    this.#queuedBytes = 0;
  }

  #received(chunk: Buffer): void {
    const ends = this.#cutter.ends(chunk);
    let at = 0;
    for (const end of ends) {
      this.#take(chunk.subarray(at, end), true);
      at = end;
    }
    if (at < chunk.length) this.#take(chunk.subarray(at), false);
  }

  #take(bytes: Buffer, endsMessage: boolean): void {
    if (!this.#midMessage) this.#passing = this.#fault === undefined && this.#kept === undefined;
    this.#midMessage = !endsMessage;
    if (this.#passing) this.#push(bytes);
    else {
      this.#parts.push(bytes);
      if (!endsMessage) return;
      const message = Buffer.concat(this.#parts.splice(0));
      for (const mangled of this.#mangled(message)) this.#push(mangled);
    }
  }

  #mangled(message: Buffer): Buffer[] {
    const kept = this.#kept;
    if (kept !== undefined) {
      this.#kept = undefined;
      return [message, kept];
    }
    const fault = this.#fault;
    this.#fault = undefined;
    switch (fault) {
      case undefined:
        return [message];
      case 'duplicate':
        return [message, message];
      case 'drop':
        return [];
      case 'swap':
        this.#kept = message;
        return [];
      case 'flip': {
        const bad = Buffer.from(message);
        const at = Math.floor(this.#random() * bad.length);
        bad[at] = (bad[at] as number) ^ (1 << Math.floor(this.#random() * 8));
        return [bad];
      }
    }
  }

  #push(bytes: Buffer | undefined): void {
    this.#queue.push({ bytes, dueMs: performance.now() + this.delayMs });
    this.#queuedBytes += bytes?.length ?? 0;
    if (this.#queuedBytes > CAPACITY_BYTES) this.#source.pause();
    if (this.#held) this.onHeld?.();
    this.#pump();
  }

  #pump(): void {
    clearTimeout(this.#timer);
    let budget = this.rateBytes === 0 ? Number.POSITIVE_INFINITY : (this.rateBytes * TICK_MS) / 1000;
    for (let item = this.#queue[0]; item !== undefined && !this.#held; item = this.#queue[0]) {
      const waitMs = item.dueMs - performance.now();
      if (waitMs > 0 || budget < 1) {
        this.#timer = setTimeout(() => this.#pump(), Math.max(waitMs, TICK_MS));
        break;
      }
      this.#queue.shift();
      const { bytes } = item;
      if (bytes === undefined) {
        this.#sink.end();
        continue;
      }
      const now = bytes.subarray(0, Math.ceil(Math.min(budget, bytes.length)));
      budget -= now.length;
      this.#queuedBytes -= now.length;
      if (now.length < bytes.length) this.#queue.unshift({ ...item, bytes: bytes.subarray(now.length) });
      if (!this.#sink.destroyed) this.#sink.write(now);
    }
    if (this.#queuedBytes <= CAPACITY_BYTES) this.#source.resume();
  }
}

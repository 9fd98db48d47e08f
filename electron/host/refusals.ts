import type { Log } from './log.ts';

/** Refusals told apart; when there are more, they are told no more for a while. */
const MAX_TOLD = 256;
const PERIOD_MS = 10 * 60_000;

/** What a peer was refused at. */
export interface RefusedAt {
  readonly kind: 'listener' | 'export';
  readonly id: string;
  readonly name: string;
}

/** Somebody was refused: see `Refusals.tell`. */
export interface Refusal {
  readonly peer: string;
  readonly reason: string;
  readonly line: string;
  readonly at: RefusedAt;
}

interface Telling {
  readonly level?: 'warn' | 'info';
  /** Where it is more than a line of the log: what it was refused at. */
  readonly at?: RefusedAt;
}

/**
 * Tells of peers that were refused: each peer and reason once in ten minutes, and no more than 256 of them, so
 * that nobody fills the log by coming again or with new keys.
 */
export class Refusals {
  readonly #log: Log;
  #told = new Set<string>();
  #sinceMs = performance.now();
  /** Told of each that was refused at something, besides the log. */
  onTold: ((refusal: Refusal) => void) | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * @param peer who was refused, as it comes again: its address without the port, and its key
   * @param reason one word
   * @param line the whole of what there is to say
   * @returns whether it was told
   */
  tell(peer: string, reason: string, line: string, { level = 'warn', at }: Telling = {}): boolean {
    const nowMs = performance.now();
    if (nowMs - this.#sinceMs > PERIOD_MS) {
      this.#told = new Set();
      this.#sinceMs = nowMs;
    }
    const key = `${peer} ${reason}`;
    if (this.#told.has(key) || this.#told.size > MAX_TOLD) return false;
    this.#told.add(key);
    if (this.#told.size > MAX_TOLD) this.#log.warn('more peers are refused than can be told one by one');
    else {
      this.#log[level](line);
      if (at !== undefined) this.onTold?.({ peer, reason, line, at });
    }
    return true;
  }
}

import type { LinkError } from './link-error.ts';
import { type LinkLimits, overLimit } from './link-limits.ts';

/** Whether the peer of a link lives: when it was heard last, whether it takes what is written, the ping that is out. */
export class Pulse {
  readonly #limits: LinkLimits;
  readonly #pingMs: number;
  #isHeard = true;
  #heardMs: number;
  #lastPingMs = 0;
  /** When the ping that is out was sent. */
  #pingSentMs: number | undefined;
  #rttMs: number | undefined;
  #unsentBefore = 0;
  #progressMs: number;

  /** @param pingMs between pings @param nowMs of the process's clock */
  constructor(limits: LinkLimits, pingMs: number, nowMs: number) {
    this.#limits = limits;
    this.#pingMs = pingMs;
    this.#heardMs = nowMs;
    this.#progressMs = nowMs;
  }

  /** Round-trip time of the newest answered ping. */
  get rttMs(): number | undefined {
    return this.#rttMs;
  }

  /** Something came from the peer. Costs next to nothing, being called for each piece that arrives. */
  heard(): void {
    this.#isHeard = true;
  }

  /** The peer answered a ping. */
  answered(): void {
    if (this.#pingSentMs === undefined) return;
    this.#rttMs = performance.now() - this.#pingSentMs;
    this.#pingSentMs = undefined;
  }

  /** Note what has changed since the last beat. @param late nothing may be concluded from the time that passed */
  note(nowMs: number, late: boolean, paused: boolean, unsentBytes: number): void {
    // While we do not listen the peer is not silent.
    if (this.#isHeard || paused || late) {
      this.#isHeard = false;
      this.#heardMs = nowMs;
    }
    if (unsentBytes < this.#unsentBefore || unsentBytes === 0 || late) {
      this.#progressMs = nowMs;
      // A peer that still takes bytes is alive, though its answer may be far behind them.
      if (unsentBytes > 0) this.#heardMs = nowMs;
    }
    this.#unsentBefore = unsentBytes;
  }

  /** @returns why the peer is to be given up, if it is */
  fault(nowMs: number): LinkError | undefined {
    const { silent_seconds, stuck_seconds } = this.#limits;
    const silentMs = nowMs - this.#heardMs;
    if (this.#pingSentMs !== undefined && silentMs > silent_seconds * 1000) {
      return overLimit(this.#limits, 'silent_seconds', `no answer for ${Math.round(silentMs)} ms`, 'silent');
    }
    if (nowMs - this.#progressMs > stuck_seconds * 1000) {
      const what = `the peer took none of ${this.#unsentBefore} waiting bytes for ${stuck_seconds} s`;
      return overLimit(this.#limits, 'stuck_seconds', what);
    }
    return undefined;
  }

  /** @returns whether it is time for a ping, which the caller sends at once */
  pings(nowMs: number): boolean {
    if (this.#pingSentMs !== undefined || nowMs - this.#lastPingMs < this.#pingMs) return false;
    this.#lastPingMs = nowMs;
    this.#pingSentMs = nowMs;
    return true;
  }
}

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { WebLimits } from './limits.ts';

const TOKEN_BYTES = 32;

interface Live {
  readonly hash: Buffer;
  readonly diesMs: number;
}

/** Tokens that let a browser in, each once and not for long. */
export class OneTimeTokens {
  readonly #limits: WebLimits;
  readonly #now: () => number;
  #live: Live[] = [];

  /** @param now ms of some clock */
  constructor(limits: WebLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** A new token: 256 bits of chance as base64url. Of too many the oldest dies. */
  mint(): string {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    this.#live.push({ hash: hashOf(token), diesMs: this.#now() + this.#limits.tokenMs });
    this.#live = this.#live.slice(-this.#limits.tokens);
    return token;
  }

  /** Use a token up. @returns whether it was good */
  redeem(token: string): boolean {
    const hash = hashOf(token);
    const now = this.#now();
    // All are compared, in constant time: how long it takes tells nothing about any of them.
    const found = this.#live.filter((live) => timingSafeEqual(live.hash, hash));
    this.#live = this.#live.filter((live) => !found.includes(live) && live.diesMs > now);
    return found.some((live) => live.diesMs > now);
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

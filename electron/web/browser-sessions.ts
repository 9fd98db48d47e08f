import { createHash, randomBytes } from 'node:crypto';
import type { WebLimits } from './limits.ts';

const SECRET_BYTES = 32;

/** A page of a browser, as far as its session is concerned. */
export interface SessionPage {
  drop(reason: string): void;
}

/** A browser that has signed in, and the pages it has open. */
export class BrowserSession {
  readonly #now: () => number;
  readonly #pages = new Set<SessionPage>();
  #usedMs: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#usedMs = now();
  }

  /** How long it has not been used; an open page is a use. */
  get idleMs(): number {
    return this.#pages.size > 0 ? 0 : this.#now() - this.#usedMs;
  }

  opened(page: SessionPage): void {
    this.#pages.add(page);
  }

  closed(page: SessionPage): void {
    this.#pages.delete(page);
    this.touch();
  }

  touch(): void {
    this.#usedMs = this.#now();
  }

  /** Cut off all its pages. */
  drop(reason: string): void {
    for (const page of [...this.#pages]) page.drop(reason);
  }
}

/** The browsers signed in. Each has a secret, which it keeps in a cookie and we only as a hash. */
export class BrowserSessions {
  readonly #limits: WebLimits;
  readonly #now: () => number;
  /** By the hash of the secret, so that the time of a look-up tells nothing. */
  readonly #sessions = new Map<string, BrowserSession>();

  /** @param now ms of some clock */
  constructor(limits: WebLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Sign a browser in. Of too many, that not used for longest is signed out. @returns its secret */
  start(): string {
    this.#expire();
    const byUse = [...this.#sessions].sort(([, a], [, b]) => b.idleMs - a.idleMs);
    for (const [key] of byUse.slice(0, Math.max(0, byUse.length + 1 - this.#limits.sessions))) {
      this.#end(key, 'too many browsers are signed in');
    }
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    this.#sessions.set(keyOf(secret), new BrowserSession(this.#now));
    return secret;
  }

  /** The session one of these secrets belongs to. */
  find(secrets: readonly string[]): BrowserSession | undefined {
    this.#expire();
    for (const secret of secrets) {
      const session = this.#sessions.get(keyOf(secret));
      session?.touch();
      if (session !== undefined) return session;
    }
    return undefined;
  }

  /** Sign out the browser with one of these secrets; its pages are cut off. */
  end(secrets: readonly string[]): void {
    for (const secret of secrets) this.#end(keyOf(secret), 'signed out');
  }

  #expire(): void {
    for (const [key, session] of this.#sessions) {
      if (session.idleMs >= this.#limits.sessionIdleMs) this.#sessions.delete(key);
    }
  }

  #end(key: string, reason: string): void {
    const session = this.#sessions.get(key);
    this.#sessions.delete(key);
    session?.drop(reason);
  }
}

function keyOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64');
}

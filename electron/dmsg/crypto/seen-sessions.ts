import { createHash } from 'node:crypto';

const DEFAULT_LIMIT = 16_384;

/**
 * The sessions peers have used lately. libdmsg's handshake has no challenge, so a recorded one, and the
 * stream recorded behind it, would be taken again; remembering its session stops that for as long as this
 * process lives and the limit holds. Only peers with a key can add to it.
 */
export class SeenSessions {
  readonly #limit: number;
  readonly #digests = new Set<string>();

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  /** Remember a session, forgetting the oldest over the limit. @returns false where it was known */
  add(session: Buffer): boolean {
    const digest = createHash('sha256').update(session).digest('base64');
    if (this.#digests.has(digest)) return false;
    this.#digests.add(digest);
    if (this.#digests.size > this.#limit) {
      const [oldest] = this.#digests;
      this.#digests.delete(oldest as string);
    }
    return true;
  }
}

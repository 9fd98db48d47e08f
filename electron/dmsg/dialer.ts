import { type Address, formatAddress } from '../stream/address.ts';
import type { ByteStream } from '../stream/byte-stream.ts';
import { Link, type LinkUser } from './link.ts';
import type { LinkError } from './link-error.ts';
import type { LinkOptions } from './link-options.ts';

/** What a dialer is doing. */
export type DialerState = 'connecting' | 'up' | 'waiting' | 'stopped';

/** Opens the stream to a peer; `connect`, or what wraps it in encryption. */
export type Connect = (address: Address, signal: AbortSignal) => Promise<ByteStream>;

export interface DialerEvents {
  /** An attempt failed before the link was up; the next one follows in `retryMs`. */
  failed?(dialer: Dialer, error: Error, retryMs: number): void;
}

const FIRST_RETRY_MS = 50;
/** A peer that was there a minute ago is expected back: ask often. */
const SOON_MS = 60_000;
const SOON_RETRY_MS = 250;
const LONG_RETRY_MS = 5_000;

/** An error that trying again may not mend, such as a key nobody trusts yet: it is tried seldom. */
interface Lasting {
  readonly lasting: boolean;
}

/**
 * Keeps a link to one peer: connects, and connects again with growing pauses whenever the link is lost,
 * until stopped.
 */
export class Dialer {
  readonly address: Address;
  readonly #connect: Connect;
  readonly #options: LinkOptions;
  readonly #user: LinkUser;
  readonly #events: DialerEvents;
  readonly #abort = new AbortController();
  #state: DialerState = 'connecting';
  #link: Link | undefined;
  #timer: NodeJS.Timeout | undefined;
  #attempts = 0;
  #downSinceMs = performance.now();
  #lastError: Error | undefined;

  constructor(
    address: Address,
    connect: Connect,
    options: Omit<LinkOptions, 'side'>,
    user: LinkUser,
    events: DialerEvents = {},
  ) {
    this.address = address;
    this.#connect = connect;
    this.#options = { ...options, side: 'dialer' };
    this.#events = events;
    this.#user = {
      up: (link) => this.#up(link, user),
      spanOffered: (link, span, transaction, message) => user.spanOffered(link, span, transaction, message),
      progress: (link) => user.progress?.(link),
      consoleText: (link, text) => user.consoleText?.(link, text),
      down: (link, error) => this.#down(link, error, user),
    };
    void this.#dial();
  }

  get state(): DialerState {
    return this.#state;
  }
  get link(): Link | undefined {
    return this.#link;
  }
  /** Why there is no link, if there is none. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }
  get name(): string {
    return formatAddress(this.address);
  }

  /** Close the link in order and connect no more. */
  stop(): void {
    this.#state = 'stopped';
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#link?.close();
  }

  async #dial(): Promise<void> {
    if (this.#state === 'stopped') return;
    this.#state = 'connecting';
    this.#attempts++;
    try {
      const stream = await this.#connect(this.address, this.#abort.signal);
      if (this.#abort.signal.aborted) {
        stream.destroy();
        return;
      }
      this.#link = new Link(stream, this.#options, this.#user);
    } catch (error) {
      this.#retry(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #up(link: Link, user: LinkUser): void {
    this.#state = 'up';
    this.#attempts = 0;
    this.#lastError = undefined;
    user.up(link);
  }

  #down(link: Link, error: LinkError, user: LinkUser): void {
    this.#link = undefined;
    const wasUp = link.peer !== undefined;
    if (wasUp) {
      this.#downSinceMs = performance.now();
      user.down(link, error);
    }
    this.#retry(error, wasUp);
  }

  #retry(error: Error, wasUp = false): void {
    if (this.#state === 'stopped') return;
    this.#state = 'waiting';
    this.#lastError = error;
    const soon = performance.now() - this.#downSinceMs < SOON_MS;
    const limitMs = soon && !isLasting(error) ? SOON_RETRY_MS : LONG_RETRY_MS;
    const attempts = isLasting(error) ? 10 : Math.min(this.#attempts, 10);
    // A little chance keeps many clients of one restarted host from coming in step.
    const retryMs = Math.min(limitMs, FIRST_RETRY_MS * 2 ** attempts) * (0.8 + 0.2 * Math.random());
    if (!wasUp) this.#events.failed?.(this, error, retryMs);
    this.#timer = setTimeout(() => void this.#dial(), retryMs);
  }
}

function isLasting(error: Error & Partial<Lasting>): boolean {
  return error.lasting === true;
}

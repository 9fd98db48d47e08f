import type { Conn } from '../../../electron/dmsg/conn.ts';
import { Link, type LinkUser } from '../../../electron/dmsg/link.ts';
import type { LinkError } from '../../../electron/dmsg/link-error.ts';
import type { LinkLimits } from '../../../electron/dmsg/link-limits.ts';
import { clientConn, LINK_DEFAULTS, type LinkOptions } from '../../../electron/dmsg/link-options.ts';
import type { Span } from '../../../electron/dmsg/span.ts';
import type { Transaction, TransactionHandler } from '../../../electron/dmsg/transaction.ts';
import type { ByteStream } from '../../../electron/stream/byte-stream.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import { memoryPair } from './memory-stream.ts';

/** Long enough never to matter. */
export const NEVER_MS = 1e9;
/** Pings are sent when a test says so: see `ping`. */
const PING_MS = 1e6;
const GUARD_MS = 10_000;

/** Let everything planned for the next `count` turns happen. */
export async function turns(count = 30): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Have a quiet link send a ping, as if it were time, and wait for its answer. */
export async function ping(link: Link): Promise<void> {
  const nowMs = performance.now();
  link.beat(nowMs + 2 * PING_MS, false);
  await eventually(() => link.rttMs !== undefined, 'the answer to a ping');
}

/** Wait, turn by turn, for a condition that must come true. */
export async function eventually(condition: () => boolean, what: string): Promise<void> {
  const end = performance.now() + GUARD_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`${what} did not come`);
    await turns(1);
  }
}

/** Wait for something that must come, and keep the process alive for it. */
export async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  let guard: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    guard = setTimeout(() => reject(new Error(`${what} did not come`)), GUARD_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(guard);
  }
}

/** Notes what a link tells its user, and lets a test wait for it. */
export class NotingUser implements LinkUser {
  readonly up: (link: Link) => void;
  readonly isUp: Promise<Link>;
  readonly isDown: Promise<LinkError>;
  readonly spans: Span[] = [];
  readonly texts: string[] = [];
  readonly down: (link: Link, error: LinkError) => void;
  upCount = 0;
  downCount = 0;
  withdrawn = 0;
  /** Decides on spans: by default they are taken, and let go when they are withdrawn. */
  take: (link: Link, span: Span, transaction: Transaction) => TransactionHandler | null;
  #told: (() => void)[] = [];

  constructor() {
    let tellUp: (link: Link) => void = () => {};
    let tellDown: (error: LinkError) => void = () => {};
    this.isUp = new Promise((resolve) => {
      tellUp = resolve;
    });
    this.isDown = new Promise((resolve) => {
      tellDown = resolve;
    });
    this.up = (link) => {
      this.upCount++;
      tellUp(link);
    };
    this.down = (_link, error) => {
      this.downCount++;
      tellDown(error);
    };
    this.take = (link) => ({
      message: (transaction) => {
        if (!transaction.rxClosed) return;
        this.withdrawn++;
        link.mux.end(transaction);
        this.#tell();
      },
      lost: (transaction) => {
        this.withdrawn++;
        link.mux.end(transaction);
        this.#tell();
      },
    });
  }

  spanOffered(link: Link, span: Span, transaction: Transaction): TransactionHandler | null {
    this.spans.push(span);
    const handler = this.take(link, span, transaction);
    this.#tell();
    return handler;
  }

  consoleText(_link: Link, text: string): void {
    this.texts.push(text);
    this.#tell();
  }

  /** Wait until what was noted fulfils a condition. */
  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) await within(new Promise<void>((resolve) => this.#told.push(resolve)), what);
  }

  #tell(): void {
    for (const told of this.#told.splice(0)) told();
  }
}

/** What is not as usual in a link. */
export interface LinkTraits extends Partial<Omit<LinkOptions, 'limits'>> {
  readonly limits?: Partial<LinkLimits>;
}

/** Options under which nothing happens by itself. */
export function quiet(side: LinkOptions['side'], more: LinkTraits = {}): LinkOptions {
  const { limits, ...rest } = more;
  return {
    ...LINK_DEFAULTS,
    conn: clientConn(),
    side,
    pingMs: PING_MS,
    limits: {
      ...USUAL_LIMITS,
      handshake_seconds: NEVER_MS,
      silent_seconds: NEVER_MS,
      stuck_seconds: NEVER_MS,
      ...limits,
    },
    ...rest,
  };
}

export interface End {
  readonly link: Link;
  readonly user: NotingUser;
}

export function linkOn(stream: ByteStream, options: LinkOptions): End {
  const user = new NotingUser();
  return { link: new Link(stream, options, user), user };
}

/** Two links joined in memory, whatever each is told to be. */
export function linkedPair(
  dialer: LinkTraits = {},
  listener: LinkTraits = {},
): { dialer: End; listener: End } {
  const [a, b] = memoryPair();
  return { dialer: linkOn(a, quiet('dialer', dialer)), listener: linkOn(b, quiet('listener', listener)) };
}

/** Two links joined in memory that are up. */
export async function upPair(
  conns: { dialer?: Conn; listener?: Conn } = {},
  options: LinkTraits = {},
): Promise<{ dialer: End; listener: End }> {
  const pair = linkedPair(
    { ...options, ...(conns.dialer && { conn: conns.dialer }) },
    { ...options, ...(conns.listener && { conn: conns.listener }) },
  );
  await within(Promise.all([pair.dialer.user.isUp, pair.listener.user.isUp]), 'the introduction');
  await turns();
  return pair;
}

import { MAX_TO_HOST_BYTES } from '../../shared/wire.ts';
import { MESSAGE_RATE } from '../host/page/message-budget.ts';

/** What browsers and whoever else connects may ask of the web host. Times in ms. */
export interface WebLimits {
  /** TCP connections, and the bytes and time of a request's headers; the time of all of it. */
  readonly connections: number;
  readonly headerBytes: number;
  readonly headerMs: number;
  readonly requestMs: number;
  /** A connection on which nothing moves. */
  readonly silentMs: number;
  /** The body of a POST. */
  readonly bodyBytes: number;
  /** Life of a one-time token, and how many may be good at a time. */
  readonly tokenMs: number;
  readonly tokens: number;
  /** Browsers signed in, and how long one stays so without a page open. */
  readonly sessions: number;
  readonly sessionIdleMs: number;
  /** Pages. */
  readonly sockets: number;
  readonly messageBytes: number;
  /** Messages of a page: so many at once, then so many per second. */
  readonly messageBurst: number;
  readonly messagesPerSecond: number;
  /** Bytes a page has not taken. */
  readonly backlogBytes: number;
  /** A page that does not answer a ping until the next one is dead. */
  readonly pingMs: number;
  /** For a page that is cut off to agree. */
  readonly closeMs: number;
}

export const WEB_LIMITS: WebLimits = {
  connections: 256,
  headerBytes: 16 << 10,
  headerMs: 10_000,
  requestMs: 15_000,
  silentMs: 60_000,
  bodyBytes: 1 << 10,
  tokenMs: 10 * 60_000,
  tokens: 8,
  sessions: 32,
  sessionIdleMs: 12 * 3_600_000,
  sockets: 32,
  messageBytes: MAX_TO_HOST_BYTES,
  messageBurst: MESSAGE_RATE.burst,
  messagesPerSecond: MESSAGE_RATE.perSecond,
  backlogBytes: 16 << 20,
  pingMs: 30_000,
  closeMs: 2_000,
};

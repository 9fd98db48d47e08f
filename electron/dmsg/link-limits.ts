import { LinkError, type LinkErrorCode } from './link-error.ts';

/** What one peer may cost, by the names people set it by. */
export interface LinkLimits {
  /** Bytes that may wait for the peer. */
  readonly waiting_bytes: number;
  /** Bytes that may wait for all peers of the process; beyond it the one with most of them is dropped. */
  readonly all_waiting_bytes: number;
  /** Transactions the peer may have open at a time. */
  readonly transactions: number;
  /** Spans the peer may offer at a time. */
  readonly spans: number;
  /** Messages a second that no back-pressure holds: see Link.control. */
  readonly control_messages: number;
  /** Time for the peer's LNK_CONN. */
  readonly handshake_seconds: number;
  /** A link on which nothing was heard for this long, a ping being out, is dead. */
  readonly silent_seconds: number;
  /** A peer that takes none of the bytes due to it for this long is dropped. */
  readonly stuck_seconds: number;
}

/** The end of a link whose peer went over a limit, with the number, the limit and its name. */
export function overLimit(
  limits: LinkLimits,
  name: keyof LinkLimits,
  what: string,
  code: LinkErrorCode = 'flood',
): LinkError {
  return new LinkError(code, `${what} (limit ${name}=${limits[name]})`);
}

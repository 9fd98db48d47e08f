/** How much one client may ask of a server. Reached limits slow or end that client, never the server. */
export interface NbdLimits {
  /**
   * Clients connected at a time; more are hung up on, unless one that still negotiates can make room. Read for
   * each that comes: a change holds at once.
   */
  readonly clients: number;
  /** Milliseconds a client may take for the negotiation. */
  readonly handshakeMs: number;
  /** Requests of one client in flight; more are not read. */
  readonly requests: number;
  /** Bytes of payload in flight and of unsent replies of one client; above, it is not read. */
  readonly bytes: number;
  /** Bytes of unsent replies of one client; above, it is not read. */
  readonly unsentBytes: number;
  /** Milliseconds a client may leave replies unread before it is dropped. */
  readonly stallMs: number;
  /** Milliseconds `close` waits for requests in flight and for clients to hang up. */
  readonly closeMs: number;
}

export const DEFAULT_LIMITS: NbdLimits = {
  clients: 256,
  handshakeMs: 10_000,
  requests: 1024,
  bytes: 64 << 20,
  unsentBytes: 8 << 20,
  stallMs: 60_000,
  closeMs: 5_000,
};

import type { ToHost } from '../../shared/wire.ts';

/** Why there is no way to the host. */
export type Loss =
  /** It may come back: try again. */
  | 'lost'
  /** The host knows no session of this browser: trying again is useless. */
  | 'denied';

export interface TransportListener {
  opened(): void;
  /** A message of the host, parsed from JSON or cloned, not checked. */
  message(raw: unknown): void;
  /** The last call: the transport is dead. */
  closed(loss: Loss): void;
}

/** The way to the host: Electron's IPC or a WebSocket. */
export interface Transport {
  send(message: ToHost): void;
  close(): void;
}

export type OpenTransport = (listener: TransportListener) => Transport;

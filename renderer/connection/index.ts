import { useEffect, useSyncExternalStore } from 'react';
import type { CommandName, Input, Output } from '../../shared/contract.ts';
import type { PageBridge } from '../../shared/wire.ts';
import { bridgeTransport } from './bridge-transport.ts';
import { type CallOptions, Connection, type ConnectionState } from './connection.ts';
import { socketTransport } from './socket-transport.ts';
import { WatchRegistry, type Wish } from './watch.ts';

declare global {
  interface Window {
    readonly spandrel?: PageBridge;
  }
}

/** The one place that knows there are two kinds of hosts. */
export const connection = new Connection(
  window.spandrel === undefined ? socketTransport : bridgeTransport(window.spandrel),
);

export const watches = new WatchRegistry((watch) => {
  // Without a connection nothing is lost: a new session gets the watch as its first call.
  connection.call('session.watch', watch).catch(() => undefined);
});

/** Ask the host; see Connection.call. */
export function call<C extends CommandName>(
  command: C,
  input: Input<C>,
  options?: CallOptions<C>,
): Promise<Output<C>> {
  return connection.call(command, input, options);
}

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, () => connection.state);
}

/** Declare what a component shows, so that the host sends its figures. */
export function useWatch(wish: Wish): void {
  const text = JSON.stringify(wish);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a wish of equal content is the same wish
  useEffect(() => watches.add(wish), [text]);
}

export { CallFailure, toCallError } from './call-failure.ts';
export type { CallOptions, ConnectionState } from './connection.ts';
export type { Wish } from './watch.ts';

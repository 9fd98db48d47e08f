import type { PageBridge } from '../../shared/wire.ts';
import type { OpenTransport } from './transport.ts';

/** Electron: the preload script's bridge. It lives as long as the window does. */
export function bridgeTransport(bridge: PageBridge): OpenTransport {
  return (listener) => {
    const unsubscribe = bridge.subscribe((message) => listener.message(message));
    queueMicrotask(() => listener.opened());
    return { send: (message) => bridge.send(message), close: unsubscribe };
  };
}

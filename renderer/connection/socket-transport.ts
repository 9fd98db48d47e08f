import type { Loss, OpenTransport } from './transport.ts';

const TOKEN = /^#token=([\w-]{1,256})$/;

/**
 * The browser: a WebSocket to the host the page came from, after the one-time token of the address bar
 * was exchanged for a session. The token leaves the address bar, and with it the history, at once.
 */
export const socketTransport: OpenTransport = (listener) => {
  let socket: WebSocket | null = null;
  let closed = false;
  const end = (loss: Loss) => {
    if (closed) return;
    closed = true;
    socket?.close();
    listener.closed(loss);
  };
  void startSession().then((started) => {
    if (closed) return;
    if (!started) return end('denied');
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(url);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      listener.opened();
    };
    socket.onmessage = ({ data }) => {
      const message = parse(data);
      if (message === undefined) end('lost');
      else listener.message(message);
    };
    // A browser does not say why a WebSocket was refused, so the session is asked for.
    socket.onclose = () =>
      void (opened ? Promise.resolve(true) : hasSession()).then((has) => end(has ? 'lost' : 'denied'));
  });
  return {
    send: (message) => socket?.send(JSON.stringify(message)),
    close: () => end('lost'),
  };
};

/** @returns false if the host refused the token */
async function startSession(): Promise<boolean> {
  const token = TOKEN.exec(location.hash)?.[1];
  if (token === undefined) return true;
  history.replaceState(history.state, '', location.pathname + location.search);
  try {
    const answer = await fetch('/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    // A token is good once; whoever opens the URL again may still have the session it gave.
    return answer.ok || (await hasSession());
  } catch {
    return true;
  }
}

async function hasSession(): Promise<boolean> {
  try {
    const { status } = await fetch('/session');
    return status !== 401 && status !== 403;
  } catch {
    return true;
  }
}

function parse(data: unknown): unknown {
  if (typeof data !== 'string') return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

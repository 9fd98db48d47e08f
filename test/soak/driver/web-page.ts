import { once } from 'node:events';
import { WebSocket } from 'ws';
import { AppPage } from '../../host/app/support/app-page.ts';

/** Who may open pages: a browser that has signed in. */
export class Browser {
  readonly #origin: string;
  readonly #cookie: string;

  private constructor(origin: string, cookie: string) {
    this.#origin = origin;
    this.#cookie = cookie;
  }

  /** @param url with a one-time token */
  static async signIn(url: string): Promise<Browser> {
    const { origin, hash } = new URL(url);
    const { status, headers } = await fetch(`${origin}/session`, {
      method: 'POST',
      headers: { origin, 'content-type': 'application/json' },
      body: JSON.stringify({ token: hash.replace('#token=', '') }),
    });
    if (status !== 204) throw new Error(`signing in: ${status}`);
    return new Browser(origin, headers.get('set-cookie')?.split(';')[0] ?? '');
  }

  /** A page over a WebSocket of its own, which checks all it is told against the contract. */
  async open(): Promise<AppPage> {
    const socket = new WebSocket(`${this.#origin.replace('http', 'ws')}/ws`, {
      headers: { origin: this.#origin, cookie: this.#cookie },
    });
    await once(socket, 'open');
    return AppPage.open({
      connect: (transport) => {
        socket.on('message', (data) => transport.send(JSON.parse(data.toString())));
        socket.on('close', (code, reason) => transport.drop(`closed with ${code} ${reason}`));
        return {
          receive: (message) => socket.send(JSON.stringify(message)),
          close: () => socket.close(),
        };
      },
    });
  }
}

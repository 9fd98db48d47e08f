import { type ClientOptions, WebSocket } from 'ws';
import type { CommandName } from '../../../shared/contract.ts';
import { ToPage } from '../../../shared/wire.ts';
import { Feed } from '../../e2e/support/feed.ts';
import { signIn } from './http.ts';
import type { Site } from './site.ts';

export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const WATCH = { visible: true, units: [], paths_of: [], exports: [], peers: [], latency: [] };

/** A page in a browser, as the web host sees it. */
export class Page {
  readonly cookie: string;
  readonly socket: WebSocket;
  readonly messages: Feed<ToPage>;
  readonly closed: Promise<Closing>;
  #closing: Closing | undefined;
  #id = 0;

  private constructor(cookie: string, socket: WebSocket) {
    this.cookie = cookie;
    this.socket = socket;
    this.messages = new Feed(() => `closed: ${JSON.stringify(this.#closing ?? false)}`);
    socket.on('message', (data) => this.messages.push(ToPage.parse(JSON.parse(data.toString()))));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#closing = { code, reason: reason.toString() };
        this.messages.end(`closed with ${code} ${reason}`);
        resolve(this.#closing);
      });
    });
  }

  /** Sign in and open. */
  static async open(site: Site, options: ClientOptions = {}): Promise<Page> {
    return Page.openWith(site, await signIn(site), options);
  }

  /** @throws with the status where the upgrade is refused */
  static async openWith(site: Site, cookie: string, options: ClientOptions = {}): Promise<Page> {
    const { socket, status } = await upgrade(site, { cookie }, '/ws', options);
    if (status !== 101) throw new Error(`refused with ${status}`);
    return new Page(cookie, socket);
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** @returns the call's id */
  send(command: CommandName | string, input: unknown): number {
    const id = ++this.#id;
    this.socket.send(JSON.stringify({ id, command, input }));
    return id;
  }

  /** The end of a call. */
  async answerTo(id: number): Promise<Extract<ToPage, { ok: boolean }>> {
    const answer = await this.messages.next(
      (message) => 'ok' in message && message.id === id,
      `the end of call ${id}`,
    );
    if (!('ok' in answer)) throw new Error('not an answer');
    return answer;
  }

  /** Make a call that must succeed. @returns the time it took, ms */
  async works(): Promise<number> {
    const startMs = performance.now();
    const answer = await this.answerTo(this.send('session.watch', WATCH));
    if (!answer.ok) throw new Error(answer.error.message);
    return performance.now() - startMs;
  }
}

/** Try to open a WebSocket. The usual headers are those of the page; undefined leaves one out. */
export function upgrade(
  site: Site,
  changed: Record<string, string | undefined>,
  path = '/ws',
  options: ClientOptions = {},
): Promise<{ status: number; socket: WebSocket }> {
  const headers = { host: site.host, origin: site.origin, ...changed };
  const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const socket = new WebSocket(`${site.origin.replace('http', 'ws')}${path}`, {
    perMessageDeflate: false,
    ...options,
    headers: given as Record<string, string>,
  });
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve({ status: 101, socket }));
    socket.once('unexpected-response', (_, response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, socket });
      socket.on('error', () => {});
      socket.terminate();
    });
    socket.once('error', reject);
  });
}

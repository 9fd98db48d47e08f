import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { Log } from '../host/log.ts';
import { type Assets, bestForm } from '../host/page/assets.ts';
import { contentSecurityPolicy, SECURITY_HEADERS } from '../host/page/security-headers.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { foreignOriginOf, type Refusal, refusalOf } from './gate.ts';
import type { WebLimits } from './limits.ts';
import type { OneTimeTokens } from './one-time-tokens.ts';
import type { Origins } from './origins.ts';
import { BodyError, readJson } from './read-json.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { SessionCookie } from './session-cookie.ts';

const SignIn = z.object({ token: z.string().max(128) }).strict();
const NONCE_BYTES = 16;

export interface HttpParts {
  readonly assets: Assets;
  readonly origins: Origins;
  readonly tokens: OneTimeTokens;
  readonly sessions: BrowserSessions;
  readonly cookie: SessionCookie;
  readonly limits: WebLimits;
  readonly refusals: RefusalLog;
  readonly log: Log;
}

/** Answers requests: the page and its files, and a browser's signing in and out. */
export class HttpHandler {
  readonly #parts: HttpParts;

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    response.setHeader('Content-Security-Policy', contentSecurityPolicy());
    response.setHeader('Cache-Control', 'no-store');
    this.#route(request, response).catch((error: unknown) => {
      if (error instanceof BodyError) {
        // The rest of the body is not read: the connection cannot be used again.
        response.setHeader('Connection', 'close');
        this.#refuse(request, response, { status: error.status, reason: error.message });
      } else if (request.complete) {
        this.#parts.log.error(error, `${request.method} ${request.url} failed`);
        response.writeHead(500).end();
      } else request.destroy(); // it went away, or its time was over
    });
  };

  async #route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOf(request, this.#parts.origins);
    if (refusal !== undefined) return this.#refuse(request, response, refusal);
    const { method, url } = request;
    if (method === 'POST' && url === '/session') return this.#signIn(request, response);
    if (method === 'POST' && url === '/logout') return this.#signOut(request, response);
    request.resume();
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return this.#refuse(request, response, { status: 405, reason: 'the method', detail: method ?? '' });
    }
    if (url === '/') return this.#sendPage(response);
    if (url === '/session') return this.#tellSession(request, response);
    this.#sendFile(request, response);
  }

  /** A browser brings its one-time token and gets a session. */
  async #signIn(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origins, tokens, sessions, cookie, limits, log } = this.#parts;
    const foreign = foreignOriginOf(request, origins);
    if (foreign !== undefined) return this.#refuse(request, response, foreign);
    const body = SignIn.safeParse(await readJson(request, limits.bodyBytes));
    if (!body.success) throw new BodyError(400, 'the body is not a sign-in');
    if (!tokens.redeem(body.data.token)) {
      return this.#refuse(request, response, { status: 401, reason: 'a token that is not good (any more)' });
    }
    response.setHeader('Set-Cookie', cookie.set(sessions.start(), cameByHttps(request)));
    log.info(`${remoteOf(request)}: a browser has signed in`);
    response.writeHead(204).end();
  }

  #signOut(request: IncomingMessage, response: ServerResponse): void {
    const { origins, sessions, cookie } = this.#parts;
    request.resume();
    const foreign = foreignOriginOf(request, origins);
    if (foreign !== undefined) {
      this.#refuse(request, response, foreign);
      return;
    }
    sessions.end(cookie.read(request.headers.cookie));
    response.setHeader('Set-Cookie', cookie.clear(cameByHttps(request)));
    response.writeHead(204).end();
  }

  /** Whether the browser is signed in: a page cannot see why its WebSocket was refused. */
  #tellSession(request: IncomingMessage, response: ServerResponse): void {
    const { sessions, cookie } = this.#parts;
    const session = sessions.find(cookie.read(request.headers.cookie));
    response.writeHead(session === undefined ? 401 : 204).end();
  }

  #sendPage(response: ServerResponse): void {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const page = Buffer.from(this.#parts.assets.pageWith(nonce));
    response.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce));
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Length': page.length });
    response.end(page);
  }

  #sendFile(request: IncomingMessage, response: ServerResponse): void {
    const asset = this.#parts.assets.at(request.url ?? '');
    if (asset === undefined) {
      this.#refuse(request, response, { status: 404, reason: 'no such file' });
      return;
    }
    const [coding, body] = bestForm(asset, request.headers['accept-encoding']);
    const etag = `"${asset.etag}-${coding}"`;
    response.setHeader('Cache-Control', asset.cacheControl);
    response.setHeader('ETag', etag);
    response.setHeader('Vary', 'Accept-Encoding');
    if (request.headers['if-none-match']?.includes(etag) === true) {
      response.writeHead(304).end();
      return;
    }
    if (coding !== 'identity') response.setHeader('Content-Encoding', coding);
    response.writeHead(200, { 'Content-Type': asset.type, 'Content-Length': body.length });
    response.end(body);
  }

  #refuse(request: IncomingMessage, response: ServerResponse, { status, reason, detail }: Refusal): void {
    request.resume();
    if (status !== 404) this.#parts.refusals.tell(reason, remoteOf(request), detail);
    response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`refused: ${reason}\n`);
  }
}

/** Of a POST, whose Origin was checked; a proxy in front may speak https where we do not. */
function cameByHttps({ headers: { origin } }: IncomingMessage): boolean {
  return origin?.startsWith('https:') === true;
}

/** Who asks, for the log. */
export function remoteOf({ socket }: IncomingMessage): string {
  return `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
}

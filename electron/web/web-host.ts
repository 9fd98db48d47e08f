import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { AppHost } from '../host/app/app-host.ts';
import { HostError } from '../host/host-error.ts';
import type { Log } from '../host/log.ts';
import { Assets } from '../host/page/assets.ts';
import { type Address, formatAddress, isLoopback } from '../stream/address.ts';
import { bindServer } from '../stream/listen.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { foreignOriginOf, type Refusal, refusalOf } from './gate.ts';
import { HttpHandler, type HttpParts, remoteOf } from './http-handler.ts';
import { WEB_LIMITS, type WebLimits } from './limits.ts';
import { OneTimeTokens } from './one-time-tokens.ts';
import { Origins, readNames } from './origins.ts';
import { PageSocket } from './page-socket.ts';
import { RefusalLog } from './refusal-log.ts';
import { SessionCookie } from './session-cookie.ts';
import type { TlsFiles } from './tls-files.ts';

/** The path pages open their WebSocket at. */
const SOCKET_PATH = '/ws';

export interface WebHostOptions {
  /** Port 0: a free one. */
  readonly listen: Extract<Address, { kind: 'tcp' }>;
  /** Other names browsers use, through tunnels and proxies: `NAME[:PORT]`, `https://NAME[:PORT]`. */
  readonly names: readonly string[];
  readonly tls?: TlsFiles | undefined;
  /** Allow plain HTTP on an address others can reach. */
  readonly insecurePlain: boolean;
  /** Where the built page is. */
  readonly pageDirectory: string;
  readonly log: Log;
  readonly limits?: Partial<WebLimits>;
}

/** Serves the app to browsers: the page over HTTP, its calls and events over a WebSocket. */
export class WebHost {
  readonly address: Address;
  readonly #server: Server;
  readonly #parts: HttpParts;
  readonly #connect: AppHost['connect'];
  readonly #sockets: WebSocketServer;
  readonly #pages = new Set<PageSocket>();
  readonly #pings: NodeJS.Timeout;

  private constructor(address: Address, server: Server, parts: HttpParts, connect: AppHost['connect']) {
    const { limits } = parts;
    this.address = address;
    this.#server = server;
    this.#parts = parts;
    this.#connect = connect;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: limits.messageBytes,
    });
    server.on('request', new HttpHandler(parts).answer);
    server.on('upgrade', this.#upgrade);
    this.#pings = setInterval(() => {
      for (const page of this.#pages) page.ping();
    }, limits.pingMs).unref();
  }

  /**
   * @param connect makes the session of a page; not called before `mintUrls` was
   * @throws HostError, ListenError
   */
  static async start(options: WebHostOptions, connect: AppHost['connect']): Promise<WebHost> {
    requirePermission(options);
    const { tls, names, log } = options;
    const scheme = tls === undefined ? 'http' : 'https';
    readNames(scheme, names); // what is wrong with them is told before anything is opened
    const limits = { ...WEB_LIMITS, ...options.limits };
    const assets = new Assets(options.pageDirectory);
    const server = makeServer(tls, limits);
    const address = await bindServer(server, options.listen);
    if (address.kind !== 'tcp') throw new Error('a TCP server has a TCP address');
    assets.compress().catch((error: unknown) => log.error(error, 'the page cannot be compressed'));
    const parts = {
      assets,
      origins: new Origins(scheme, address, names),
      tokens: new OneTimeTokens(limits),
      sessions: new BrowserSessions(limits),
      cookie: new SessionCookie(address.port),
      limits,
      refusals: new RefusalLog(log),
      log,
    };
    return new WebHost(address, server, parts, connect);
  }

  /**
   * URLs a browser is let in by, with a new token: good once, for ten minutes, whichever is used. First
   * that of the address listened on, then those of the names given. The token is in the fragment, which
   * browsers send to nobody.
   */
  mintUrls(): [string, ...string[]] {
    const token = this.#parts.tokens.mint();
    const [own = '', ...others] = this.#parts.origins.shown;
    const withToken = (origin: string): string => `${origin}/#token=${token}`;
    return [withToken(own), ...others.map(withToken)];
  }

  /** Tell the pages goodbye and close. */
  async close(): Promise<void> {
    clearInterval(this.#pings);
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const page of this.#pages) page.leave();
    this.#server.closeIdleConnections();
    setTimeout(() => this.#server.closeAllConnections(), this.#parts.limits.closeMs).unref();
    await closed;
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => {}); // it went away
    const { sessions, cookie, limits, refusals, log } = this.#parts;
    const refusal = this.#refusalOf(request);
    const session = refusal === undefined ? sessions.find(cookie.read(request.headers.cookie)) : undefined;
    if (session === undefined) {
      const { status, reason, detail } = refusal ?? NOT_SIGNED_IN;
      refusals.tell(reason, remoteOf(request), detail);
      refuse(socket, status, reason);
      return;
    }
    const name = `browser ${remoteOf(request)}`;
    this.#sockets.handleUpgrade(request, socket, head, (webSocket: WebSocket) => {
      const page = new PageSocket(name, webSocket, limits, log);
      this.#pages.add(page);
      session.opened(page);
      page.start(this.#connect, () => {
        this.#pages.delete(page);
        session.closed(page);
      });
    });
  };

  #refusalOf(request: IncomingMessage): Refusal | undefined {
    const { origins, limits } = this.#parts;
    const refusal = refusalOf(request, origins) ?? foreignOriginOf(request, origins);
    if (refusal !== undefined) return refusal;
    if (request.url !== SOCKET_PATH) return { status: 404, reason: 'no WebSocket is there' };
    if (this.#pages.size >= limits.sockets) return { status: 503, reason: 'too many pages are open' };
    return undefined;
  }
}

const NOT_SIGNED_IN: Refusal = { status: 401, reason: 'not signed in' };

function refuse(socket: Duplex, status: number, reason: string): void {
  const body = `refused: ${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

function makeServer(tls: TlsFiles | undefined, limits: WebLimits): Server {
  const options = {
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headerMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1000, limits.headerMs),
  };
  const server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({ ...options, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: limits.headerMs });
  server.maxConnections = limits.connections;
  server.timeout = limits.silentMs;
  return server;
}

function requirePermission({ listen, tls, insecurePlain }: WebHostOptions): void {
  if (isLoopback(listen) || tls !== undefined || insecurePlain) return;
  throw new HostError(
    'usage',
    `refusing to serve on ${formatAddress(listen)}: anyone on the network could read along; serve on 127.0.0.1 ` +
      `and, on the other machine, run ssh -L ${listen.port}:127.0.0.1:${listen.port} THIS-HOST, or give ` +
      '--tls-cert and --tls-key, or --insecure-plain if the network is trusted',
  );
}

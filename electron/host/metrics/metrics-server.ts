import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Registry } from 'prom-client';
import { type Address, formatAddress, isLoopback } from '../../stream/address.ts';
import { bindServer } from '../../stream/listen.ts';
import { HostError } from '../host-error.ts';
import type { Log } from '../log.ts';
import { exposition } from './exposition.ts';
import { LoopDelay } from './loop-delay.ts';
import type { MetricsSource } from './source.ts';

const MAX_CONNECTIONS = 16;
const TIMEOUT_MS = 10_000;

/** Serves the metrics to Prometheus: `GET /metrics`, and nothing else. */
export class MetricsServer {
  /** With the real port where 0 was asked. */
  readonly address: Address;
  readonly #server: Server;
  readonly #loop: LoopDelay;

  private constructor(address: Address, server: Server, loop: LoopDelay) {
    this.address = address;
    this.#server = server;
    this.#loop = loop;
  }

  /**
   * @throws HostError `usage` where others could reach the address, since there is no password; ListenError
   */
  static async start(address: Address, source: MetricsSource, log: Log): Promise<MetricsServer> {
    if (!isLoopback(address)) {
      throw new HostError(
        'usage',
        `refusing to serve metrics on ${formatAddress(address)}: anyone on the network could read them; ` +
          'use 127.0.0.1:PORT or unix:PATH, and a proxy with a password in front',
      );
    }
    const loop = new LoopDelay();
    const isOurs = address.kind === 'unix' ? () => true : hasLoopbackHost;
    const server = createServer(
      { maxHeaderSize: 8 << 10, headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS },
      (request, response) => {
        answer(request, response, isOurs, () => exposition(source, loop)).catch(
          (error: NodeJS.ErrnoException) => {
            // A scraper that goes away early is no news.
            if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log.error(error, 'metrics cannot be told');
          },
        );
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.timeout = TIMEOUT_MS;
    try {
      return new MetricsServer(await bindServer(server, address), server, loop);
    } catch (error) {
      loop.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#loop.close();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  isOurs: (request: IncomingMessage) => boolean,
  metrics: () => AsyncGenerator<string>,
): Promise<void> {
  request.resume();
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (!isOurs(request)) return refuse(response, 403, 'the Host header names no address of this machine');
  if (request.url !== '/metrics') return refuse(response, 404, 'the metrics are at /metrics');
  if (request.method !== 'GET') return refuse(response, 405, 'use GET', { Allow: 'GET' });
  response.setHeader('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE);
  await pipeline(Readable.from(metrics()), response);
}

function refuse(response: ServerResponse, status: number, why: string, headers: object = {}): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', ...headers }).end(`${why}\n`);
}

const LOOPBACK_HOST = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?$/i;

/** A page of another origin whose name was made to lead here (DNS rebinding) sends that name. */
function hasLoopbackHost({ headers: { host } }: IncomingMessage): boolean {
  return host !== undefined && LOOPBACK_HOST.test(host);
}

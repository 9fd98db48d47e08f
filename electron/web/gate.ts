import type { IncomingMessage } from 'node:http';
import type { Origins } from './origins.ts';

/** Why a request is refused, with the status of HTTP that says so. */
export interface Refusal {
  readonly status: number;
  readonly reason: string;
  /** What was asked, for the log. */
  readonly detail?: string;
}

/** What every request must have, whatever it asks: HTTP/1.1 and one Host header that names this server. */
export function refusalOf(request: IncomingMessage, origins: Origins): Refusal | undefined {
  const { httpVersion, headers, rawHeaders } = request;
  if (httpVersion !== '1.1') return { status: 505, reason: 'not HTTP/1.1', detail: httpVersion };
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length !== 1 || !origins.hasHost(headers.host)) {
    return { status: 403, reason: 'a Host that is not this server', detail: headers.host ?? '' };
  }
  return undefined;
}

/** What a request that may change something must have besides: an Origin, the one of the page served here. */
export function foreignOriginOf(request: IncomingMessage, origins: Origins): Refusal | undefined {
  const { host = '', origin } = request.headers;
  if (origins.isSame(host, origin)) return undefined;
  return { status: 403, reason: 'an Origin that is not the page of this server', detail: origin ?? '' };
}

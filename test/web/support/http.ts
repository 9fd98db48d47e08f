import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import type { Site } from './site.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request on a connection of its own. */
export function ask(site: Site, path: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port: site.port, path, agent: false, ...options },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part)).on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response;
          resolve({ status, headers, body: Buffer.concat(parts) });
        });
      },
    );
    asked.on('error', reject).end(body);
  });
}

/** A POST as the page makes it; what is given replaces that, undefined leaves a header out. */
export function post(
  site: Site,
  path: string,
  body: string,
  changed: Record<string, string | undefined> = {},
): Promise<Answer> {
  const usual = { host: site.host, origin: site.origin, 'content-type': 'application/json' };
  const headers = Object.fromEntries(
    Object.entries({ ...usual, ...changed }).filter(
      (pair): pair is [string, string] => pair[1] !== undefined,
    ),
  );
  return ask(site, path, { method: 'POST', headers }, body);
}

/** Sign in with a new token. @returns the Cookie header */
export async function signIn(site: Site): Promise<string> {
  const { status, headers } = await post(site, '/session', JSON.stringify({ token: site.token() }));
  const [cookie = ''] = headers['set-cookie'] ?? [];
  if (status !== 204) throw new Error(`signing in: ${status}`);
  return cookie.split(';')[0] ?? '';
}

const PATIENCE_MS = 10_000;

/** Send bytes as they are and read until the other side is through. @returns all it said */
export function say(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const timer = setTimeout(() => socket.destroy(new Error(`not hung up; said: ${said}`)), PATIENCE_MS);
    socket.setEncoding('latin1').on('data', (text: string) => {
      said += text;
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // Hung up on while we talk.
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

/** The status in what a server said; 0 where it said nothing. */
export function statusOf(said: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1] ?? 0);
}

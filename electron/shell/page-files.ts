import { randomBytes } from 'node:crypto';
import { Assets } from '../host/page/assets.ts';
import { contentSecurityPolicy, SECURITY_HEADERS } from '../host/page/security-headers.ts';

/** An answer of Electron's protocol handler, before it is one. */
export interface FileAnswer {
  readonly status: 200 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** The page and its files, as the web host serves them: by exact path, under the same policy. */
export class PageFiles {
  readonly #assets: Assets;

  /** @throws HostError `local` where the page is not there */
  constructor(folder: string) {
    this.#assets = new Assets(folder);
  }

  /** @param path of the URL, without query, as it was sent: nothing is decoded */
  answer(method: string, path: string): FileAnswer {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'only GET and HEAD');
    if (path === '/') {
      const nonce = randomBytes(16).toString('base64');
      const body = this.#assets.pageWith(nonce);
      return { status: 200, headers: headers('text/html; charset=utf-8', nonce), body };
    }
    const asset = this.#assets.at(path);
    const body = asset?.bodies.get('identity');
    if (asset === undefined || body === undefined) return refusal(404, 'no such file');
    return { status: 200, headers: headers(asset.type), body };
  }
}

function refusal(status: 404 | 405, body: string): FileAnswer {
  return { status, headers: headers('text/plain; charset=utf-8'), body };
}

function headers(type: string, nonce?: string): Record<string, string> {
  return {
    ...SECURITY_HEADERS,
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    // A page must not meet scripts of another version.
    'Cache-Control': 'no-store',
  };
}

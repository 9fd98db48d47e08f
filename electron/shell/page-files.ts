import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';

/** What a page may consist of. Anything else in the folder, source maps too, is not served. */
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
};

const NEVER_ELSEWHERE = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
} as const;

/** An answer to a request for a file of the page, the same over HTTP and Electron's protocol handler. */
export interface FileAnswer {
  readonly status: 200 | 404 | 405;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/**
 * The built page. Requests are looked up in a map of the files that were there at the start, so no path of a
 * request is ever joined to a folder.
 */
export class PageFiles {
  readonly #files: ReadonlyMap<string, string>;

  private constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
  }

  /** @throws Error where the folder cannot be read, or has no index.html */
  static async open(folder: string): Promise<PageFiles> {
    const names = await readdir(folder, { recursive: true });
    const known = names.filter((name) => extname(name) in TYPES);
    const files = new Map(known.map((name) => [`/${name.split(sep).join('/')}`, join(folder, name)]));
    const index = files.get('/index.html');
    if (index === undefined) throw new Error(`${folder} has no index.html: run \`npm run build\``);
    files.set('/', index);
    return new PageFiles(files);
  }

  /** @param path of the URL, without query, as it was sent: nothing is decoded */
  async answer(method: string, path: string): Promise<FileAnswer> {
    if (method !== 'GET' && method !== 'HEAD') return refusal(405, 'only GET and HEAD');
    const file = this.#files.get(path);
    if (file === undefined) return refusal(404, 'no such file');
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const content = await readFile(file);
    if (extname(file) !== '.html') return found(type, content, null);
    const nonce = randomBytes(16).toString('base64');
    return found(type, withNonce(content.toString('utf8'), nonce), nonce);
  }
}

function found(type: string, body: Buffer | string, nonce: string | null): FileAnswer {
  return { status: 200, headers: headers(type, nonce), body };
}

function refusal(status: 404 | 405, body: string): FileAnswer {
  return { status, headers: headers('text/plain; charset=utf-8', null), body };
}

function headers(type: string, nonce: string | null): Record<string, string> {
  return {
    'Content-Type': type,
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    // A page of an earlier version must not be shown with scripts of this one.
    'Cache-Control': 'no-cache',
    ...NEVER_ELSEWHERE,
  };
}

/** Component libraries put style elements into the page; they learn the nonce from this element. */
function withNonce(html: string, nonce: string): string {
  return html.replace('<head>', `<head>\n    <meta name="csp-nonce" content="${nonce}" />`);
}

/**
 * Scripts, fonts and connections of our own origin and no other, and no inline script at all.
 * @param nonce allows the style elements that carry it
 */
export function contentSecurityPolicy(nonce: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    nonce === null ? "style-src 'self'" : `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

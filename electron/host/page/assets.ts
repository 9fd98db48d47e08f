import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { HostError } from '../host-error.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Names the bundler gives what never changes under its name. */
const HASHED = /^chunk-[A-Z0-9]{8}\.(js|css)$/;
const WORTH_COMPRESSING = new Set(['.css', '.js', '.svg']);

type Coding = 'br' | 'gzip' | 'identity';

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly bodies: ReadonlyMap<Coding, Buffer>;
}

/** The files of the page, all in memory: a request is answered with what stands under exactly its path. */
export class Assets {
  /** The page itself, cut where its nonce goes. */
  readonly #page: readonly [string, string];
  readonly #files = new Map<string, Asset & { readonly bodies: Map<Coding, Buffer> }>();

  /** @throws HostError `local` where the page is not there */
  constructor(directory: string) {
    let html: string;
    try {
      html = readFileSync(join(directory, 'index.html'), 'utf8');
      this.#readAll(directory);
    } catch (error) {
      const cause = (error as Error).message;
      throw new HostError(
        'local',
        `the page cannot be read (${cause}); in a checkout, run: npm run build`,
        error,
      );
    }
    const [before, after, ...rest] = html.split('<head>');
    if (before === undefined || after === undefined || rest.length > 0) {
      throw new HostError('internal', `${join(directory, 'index.html')} has no single <head>`);
    }
    this.#page = [`${before}<head>`, after];
  }

  /** The page, for one response. */
  pageWith(nonce: string): string {
    const [before, after] = this.#page;
    return `${before}\n    <meta name="csp-nonce" content="${nonce}" />${after}`;
  }

  /** The file at a path of a URL. */
  at(path: string): Asset | undefined {
    return this.#files.get(path);
  }

  /** Make the compressed forms, in other threads; until they are there files go out as they are. */
  async compress(): Promise<void> {
    const brotli = promisify(brotliCompress);
    const zip = promisify(gzip);
    for (const [path, { bodies }] of this.#files) {
      const plain = bodies.get('identity');
      if (plain === undefined || !WORTH_COMPRESSING.has(extname(path))) continue;
      const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
      const [br, gz] = await Promise.all([brotli(plain, quality), zip(plain)]);
      bodies.set('br', br).set('gzip', gz);
    }
  }

  #readAll(directory: string): void {
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
      const file = join(directory, name);
      if (name === 'index.html' || !statSync(file).isFile()) continue;
      const body = readFileSync(file);
      this.#files.set(`/${name.split(sep).join('/')}`, {
        type: TYPES[extname(file)] ?? 'application/octet-stream',
        etag: createHash('sha256').update(body).digest('base64url'),
        cacheControl: HASHED.test(basename(name)) ? 'public, max-age=31536000, immutable' : 'no-cache',
        bodies: new Map([['identity', body]]),
      });
    }
  }
}

/** The smallest form of a file the Accept-Encoding header allows. */
export function bestForm(asset: Asset, accepted: string | undefined): readonly [Coding, Buffer] {
  const codings = (accepted ?? '').split(',').map((item) => item.trim().split(/\s*;\s*/));
  const allows = (coding: Coding): boolean =>
    codings.some(([name, weight]) => name === coding && !/^q=0(\.0*)?$/.test(weight ?? ''));
  for (const coding of ['br', 'gzip'] as const) {
    const body = asset.bodies.get(coding);
    if (body !== undefined && allows(coding)) return [coding, body];
  }
  return ['identity', asset.bodies.get('identity') ?? Buffer.alloc(0)];
}

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import type { Log } from '../../../electron/host/log.ts';
import { WebHost, type WebHostOptions } from '../../../electron/web/web-host.ts';
import { TestApp } from './app.ts';

/** What calls `after` when it is over: a test or a suite. */
export interface Scope {
  after(end: () => unknown): void;
}

/** A log that is kept. */
export class KeptLog {
  readonly lines: { level: number; msg: string }[] = [];
  readonly log: Log = pino(
    { base: null, level: 'info' },
    { write: (line: string) => void this.lines.push(JSON.parse(line)) },
  );

  get text(): string {
    return JSON.stringify(this.lines);
  }
  /** Warnings and worse. */
  get warnings(): string[] {
    return this.lines.filter(({ level }) => level >= 40).map(({ msg }) => msg);
  }
}

export const SCRIPT = `console.log(${JSON.stringify('x'.repeat(5000))});\n`;

/** A built page, in a folder of its own; beside the folder a file nobody may have. */
export function pageFolder(scope: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-web-'));
  scope.after(() => rmSync(folder, { recursive: true, force: true }));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'fonts'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html>\n<html><head>\n<title>T</title></head><body></body></html>\n',
  );
  writeFileSync(join(page, 'main.js'), SCRIPT);
  writeFileSync(join(page, 'main.css'), 'body { color: red }\n');
  writeFileSync(join(page, 'chunk-ABCD2345.js'), 'export {};\n');
  writeFileSync(join(page, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"><title>T</title></svg>\n');
  writeFileSync(join(page, 'fonts', 'text.woff2'), Buffer.from([1, 2, 3]));
  return page;
}

/** A web host with a host of a test behind it. */
export interface Site {
  readonly web: WebHost;
  readonly app: TestApp;
  readonly kept: KeptLog;
  readonly port: number;
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly origin: string;
  /** A new one-time token. */
  token(): string;
}

export async function siteOf(scope: Scope, options: Partial<WebHostOptions> = {}): Promise<Site> {
  const kept = new KeptLog();
  const app = new TestApp(kept.log);
  const web = await WebHost.start(
    {
      listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
      names: [],
      insecurePlain: false,
      pageDirectory: options.pageDirectory ?? pageFolder(scope),
      log: kept.log,
      ...options,
    },
    (page) => app.connect(page),
  );
  scope.after(() => web.close());
  if (web.address.kind !== 'tcp') throw new Error('no TCP');
  const { port } = web.address;
  const host = `127.0.0.1:${port}`;
  const scheme = options.tls === undefined ? 'http' : 'https';
  const token = (): string => new URL(web.mintUrls()[0]).hash.replace('#token=', '');
  return { web, app, kept, port, host, origin: `${scheme}://${host}`, token };
}

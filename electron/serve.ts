import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PageSession, PageTransport } from './host/api/page-session.ts';
import { type AppHost, type AppHostOptions, startAppHost } from './host/app/app-host.ts';
import { buildInfo } from './host/build-info.ts';
import type { Log, LogRing } from './host/log.ts';
import { type ShowAnswer, StateLock } from './host/state-lock.ts';
import { type Address, formatAddress } from './stream/address.ts';
import { forgetBrowserFile } from './web/browser.ts';
import { readTlsFiles } from './web/tls-files.ts';
import { WebHost } from './web/web-host.ts';

const require = createRequire(import.meta.url);

export interface ServeOptions {
  readonly stateDirectory: string;
  readonly listen: Extract<Address, { kind: 'tcp' }>;
  /** Other names browsers use, see WebHostOptions. */
  readonly names: readonly string[];
  /** Serve https with these PEM files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly insecurePlain: boolean;
  /** Where nothing is configured yet, start the demo. */
  readonly demo: boolean;
  readonly log: Log;
  readonly logRing: LogRing;
  /** Where the built page is; the package's own unless a test has another. */
  readonly pageDirectory?: string;
}

/** The app, served to browsers. */
export interface Serving {
  readonly kind: 'serving';
  readonly address: string;
  /** URLs with a new one-time token, see WebHost. */
  mintUrls(): [string, ...string[]];
  /** Tell the pages, save everything, close. */
  close(): Promise<void>;
}

/**
 * Start a host and serve it; where one has the state directory already, ask that to show itself.
 * @throws HostError, ListenError
 */
export async function startServe(
  options: ServeOptions,
  startHost: StartHost = startAppHost,
): Promise<Serving | ShowAnswer> {
  let serving: Promise<Serving> | undefined;
  const lock = await StateLock.take(options.stateDirectory, async () => {
    if (serving === undefined) throw new Error('asked before there was a lock');
    const { mintUrls, address } = await serving;
    return { kind: 'serve', url: mintUrls()[0], address };
  });
  if (!(lock instanceof StateLock)) return lock;
  serving = start(options, startHost, lock);
  return serving;
}

type StartHost = (options: AppHostOptions) => Promise<AppHost>;

async function start(options: ServeOptions, startHost: StartHost, lock: StateLock): Promise<Serving> {
  const { stateDirectory, log, logRing, demo, pageDirectory = builtPage() } = options;
  let web: WebHost | undefined;
  let host: AppHost | undefined;
  const close = async (): Promise<void> => {
    try {
      await web?.close();
      await host?.close();
    } finally {
      forgetBrowserFile(stateDirectory);
      await lock.release();
    }
  };
  const connect = (page: PageTransport): PageSession => {
    if (host === undefined) throw new Error('a page came before its host');
    return host.connect(page);
  };
  try {
    // First, because an address may be taken. Nobody gets in: there is no token yet.
    const tls = options.tls && readTlsFiles(options.tls.certFile, options.tls.keyFile);
    web = await WebHost.start({ ...options, tls, pageDirectory }, connect);
    const { address } = web;
    host = await startHost({ stateDirectory, log, logRing, ...buildInfo() });
    if (demo && host.isEmpty)
      host.startDemo().catch((error: unknown) => log.error(error, 'there is no demo'));
    const mintUrls = web.mintUrls.bind(web);
    return { kind: 'serving', address: formatAddress(address), mintUrls, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The page as built with the package. */
function builtPage(): string {
  return join(dirname(require.resolve('spandrel/package.json')), 'dist/renderer');
}

import type { Command } from 'commander';
import { HostError } from '../host/host-error.ts';
import { LogRing, makeLog } from '../host/log.ts';
import { stateDirectory } from '../host/state-file.ts';
import type { Address } from '../stream/address.ts';
import { untilSignal } from './exit.ts';
import { Output } from './output.ts';
import { httpAddress, port, several } from './values.ts';

interface Flags {
  readonly port?: number;
  readonly listen?: Extract<Address, { kind: 'tcp' }>;
  readonly host?: string[];
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecurePlain?: true;
  /** --no-open */
  readonly open: boolean;
  readonly demo?: true;
  readonly json?: true;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .summary('serve the app in a browser')
    .description(
      'Run the app without a window of its own and serve it to browsers, until interrupted. Prints its URL, ' +
        'with a token that lets one browser in, once, within ten minutes. Where the app runs already, prints a ' +
        'new URL of that.',
    )
    .option('--port <port>', 'listen on this port of 127.0.0.1 (default: a free one)', port)
    .option('--listen <addr:port>', 'listen here; addresses others can reach need TLS', httpAddress)
    .option(
      '--host <name[:port]>',
      'another name browsers use, through a tunnel or proxy: localhost:8080, https://disks.example',
      several((text) => text),
    )
    .option('--tls-cert <file>', 'serve https with this certificate (PEM)')
    .option('--tls-key <file>', 'and its key (PEM)')
    .option('--insecure-plain', 'allow plain http on addresses others can reach')
    .option('--no-open', 'do not open a browser')
    .option('--demo', 'where nothing is configured yet, offer and attach a disk in memory')
    .option('--json', 'print one JSON object per line')
    .action(run);
}

async function run(flags: Flags): Promise<void> {
  const output = new Output(flags.json === true);
  const directory = stateDirectory();
  const logRing = new LogRing();
  // Not at the top: the other commands do without all that.
  const { startServe } = await import('../serve.ts');
  const serving = await startServe({
    stateDirectory: directory,
    listen: listenOf(flags),
    names: flags.host ?? [],
    tls: tlsOf(flags),
    insecurePlain: flags.insecurePlain === true,
    demo: flags.demo === true,
    log: makeLog(flags.json === true, 'info', logRing),
    logRing,
  });
  const tell = (what: string, urls: readonly [string, ...string[]], address: string): void => {
    if (!output.json) process.stderr.write(`${what} (one browser, once, within 10 minutes):\n`);
    output.emit({ event: 'ready', command: 'serve', url: urls[0], address }, urls.join('\n'));
    if (flags.open) void open(urls[0], directory);
  };
  switch (serving.kind) {
    case 'window':
      throw new HostError(
        'busy',
        `the app uses ${directory}: its window is in front now; quit it to serve instead`,
      );
    case 'serve':
      tell(`spandrel runs already on ${directory}; open it in a browser`, [serving.url], serving.address);
      return;
    case 'serving':
      await untilSignal(
        () => tell('open this in a browser', serving.mintUrls(), serving.address),
        serving.close,
      );
  }
}

async function open(url: string, directory: string): Promise<void> {
  const { noBrowserBecause, openBrowser } = await import('../web/browser.ts');
  if (noBrowserBecause() !== undefined) return;
  try {
    const { default: show } = await import('open');
    await openBrowser(url, directory, show);
  } catch (error) {
    process.stderr.write(`no browser can be opened: ${(error as Error).message}\n`);
  }
}

function listenOf({ port, listen }: Flags): Extract<Address, { kind: 'tcp' }> {
  if (port !== undefined && listen !== undefined) {
    throw new HostError('usage', '--listen has a port already; leave --port out');
  }
  return listen ?? { kind: 'tcp', host: '127.0.0.1', port: port ?? 0 };
}

function tlsOf({ tlsCert: certFile, tlsKey: keyFile }: Flags) {
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new HostError('usage', '--tls-cert and --tls-key go together: give both files');
  }
  return { certFile, keyFile };
}

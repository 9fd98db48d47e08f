import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { without } from './support/needs.ts';
import { type CliResult, Sandbox } from './support/sandbox.ts';
import { CLI } from './support/spandrel.ts';

/** Exit codes of the README. */
const Exit = { usage: 2, peer: 3, local: 4 } as const;

/** The command ended with this code and one line, which names everything it should. */
function assertRefused(result: CliResult, status: number, ...names: (string | RegExp)[]): void {
  const told = `status ${result.status}\n${result.stdout}${result.stderr}`;
  assert.equal(result.status, status, told);
  assert.equal(result.stdout, '', told);
  assert.equal(result.messages.length, 1, told);
  const [line] = result.messages;
  assert.match(line ?? '', /^spandrel: /, told);
  for (const name of names) {
    assert.ok(typeof name === 'string' ? line?.includes(name) : name.test(line ?? ''), `${name}: ${told}`);
  }
}

const LABEL = 'x'.repeat(128);

/** Words of the command line that are wrong, and what the one line about them must say. */
const WRONG: readonly (readonly [args: readonly string[], ...names: string[]])[] = [
  [['export'], 'source'],
  [['attach'], 'peer'],
  [['route'], '--listen'],
  [['bogus'], 'bogus'],
  [['export', 'memory:1M', '--bogus'], '--bogus'],
  [['export', 'memory:12Q'], '12Q'],
  [['export', 'memory:1.0001k'], '1.0001k'],
  [['export', 'memory:1M', '--block-size', '1000'], '1000'],
  [['export', 'memory:1M', '--block-size', '1M'], '1M'],
  [['export', 'memory:1M', '--listen', 'localhost:port'], 'localhost:port'],
  [['export', 'memory:1M', '--label', LABEL], LABEL],
  [['export', 'memory:1M', '--serial', LABEL], LABEL],
  [['export', 'memory:1M', '--serial', ''], 'serial'],
  [['export', 'memory:1M', 'memory:1M', '--serial', 'S'], '--serial'],
  [['attach', '127.0.0.1:99999'], '99999'],
  [['attach', '::1'], '[::1]'],
  [['attach', 'unix:'], 'unix:'],
  [['attach', '127.0.0.1', '--no-path', 'never'], 'never'],
  [['attach', '127.0.0.1', '--no-path', '0'], '0'],
  [['attach', '127.0.0.1', '--nbd', '127.0.0.1:1'], '127.0.0.1:1'],
  [['attach', '127.0.0.1', '--nbd', 'tcp:0.0.0.0:0'], 'NBD on 0.0.0.0:0', 'unix:PATH', '--insecure-plain'],
  [['attach', '127.0.0.1', '--nbd', 'tcp:192.0.2.1:10809'], 'NBD on 192.0.2.1:10809', '--insecure-plain'],
  [['attach', '127.0.0.1', '--nbd', 'tcp:[::]:10809'], 'NBD on [::]:10809', '--insecure-plain'],
  [['attach', '127.0.0.1', '--dialect', '2015'], '2015'],
  [['stat', '127.0.0.1', '--interval', 'x'], 'x'],
  [['copy', 'dmsg:nas', 'x'], 'dmsg:nas'],
  [['copy', 'nbds://nas/x', 'x'], 'nbds://nas/x'],
  // Keys.
  [
    ['export', 'memory:1M', '--listen', '0.0.0.0:0', '--tls', '--insecure-plain'],
    '--tls',
    '--insecure-plain',
  ],
  [['spans', '192.0.2.1', '--tls', '--libdmsg-keys', '/nowhere'], '--tls', '--libdmsg-keys'],
  [['export', 'memory:1M', '--allow', 'SHA256:short'], 'SHA256:short', 'keygen'],
  [['route', '--listen', '127.0.0.1:0', '--allow', 'me:ro'], 'me:ro', 'keygen'],
  [['spans', '192.0.2.1', '--trust', 'yes'], '"yes"', 'keygen'],
  // Limits.
  [['export', 'memory:1M', '--limit', 'memory=1'], '"memory"', 'waiting_bytes', 'stuck_seconds'],
  [['route', '--listen', '127.0.0.1:0', '--limit', 'spans'], 'spans=4096'],
  [['spans', '127.0.0.1', '--limit', 'spans=many'], '"many"', 'spans=4096'],
  [['attach', '127.0.0.1', '--limit', 'waiting_bytes=1'], 'from 2 MiB to'],
  [['stat', '127.0.0.1', '--limit', 'transactions=200.5'], 'a whole number from 128 to'],
  [['trust', 'revoke', 'me'], 'me', 'keygen'],
  [['trust', 'forget', `SHA256:${'A'.repeat(43)}`], 'neither pinned nor revoked'],
];

suite('wrong words', { concurrency: 2 }, () => {
  for (const [args, ...names] of WRONG) {
    const title = args.map((arg) => (arg.length > 40 ? `${arg.slice(0, 8)}…` : arg)).join(' ');
    test(title, async (t) => {
      assertRefused(await new Sandbox(t).cli(...args), Exit.usage, ...names);
    });
  }
});

test('--insecure-plain listens to other hosts without TLS', async (t) => {
  const box = new Sandbox(t);
  const exporter = await box.start('export', 'memory:1M', '--listen', '0.0.0.0:0', '--insecure-plain');
  await exporter.stop();
});

test('every command has help', async (t) => {
  const box = new Sandbox(t);
  const top = await box.cli('--help');
  assert.equal(top.status, 0);
  for (const command of ['export', 'attach', 'spans', 'route', 'stat', 'copy', 'benchmark', 'serve']) {
    assert.match(top.stdout, new RegExp(`^ +${command}\\b`, 'm'));
    const { status, stdout, stderr } = await box.cli(command, '--help');
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, new RegExp(`^Usage: spandrel ${command} `));
  }
  assert.match((await box.cli('--version')).stdout, /^\d+\.\d+\.\d+\n$/);
});

test('sources that cannot be offered', async (t) => {
  const box = new Sandbox(t);
  const missing = box.path('missing.img');
  assertRefused(await box.cli('export', missing), Exit.local, missing, 'no such file');
  assertRefused(await box.cli('export', box.directory), Exit.local, box.directory, 'directory');
  const empty = box.file('empty.img', 0);
  assertRefused(await box.cli('export', empty), Exit.local, empty, 'empty');
});

const isRoot = process.getuid?.() === 0;

test('a file that may not be read', {
  skip: isRoot && without('setpriv'),
}, async (t) => {
  const box = new Sandbox(t);
  chmodSync(box.directory, 0o755);
  const file = box.file('disk.img', 1 << 20);
  // Root may read everything, so another user must try.
  const [program, ...before] = isRoot
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', process.execPath]
    : [process.execPath];
  chmodSync(file, 0o000);
  const probe = await box.run(program as string, ...before, '--version');
  if (probe.status !== 0) {
    t.skip('another user cannot run node here');
    return;
  }
  const { stderr, ...result } = await box.run(program as string, ...before, CLI, 'export', file);
  const messages = stderr.trimEnd().split('\n');
  assertRefused({ ...result, stderr, messages }, Exit.local, file, 'no permission');
});

test('addresses that cannot be listened on', async (t) => {
  const box = new Sandbox(t);
  const taken = addressOf(await exported(box, 'memory:1M'));
  assertRefused(await box.cli('export', 'memory:1M', '--listen', taken), Exit.local, taken, 'in use');
  assertRefused(await box.cli('route', '--listen', taken), Exit.local, taken, 'in use');
  const nbd = ['attach', taken, '--nbd', `tcp:${taken}`];
  assertRefused(await box.cli(...nbd), Exit.local, taken, 'in use');
  const plain = box.file('plain', 1);
  assertRefused(await box.cli('export', 'memory:1M', '--listen', `unix:${plain}`), Exit.local, plain);
});

test('a peer that is not there', async (t) => {
  const box = new Sandbox(t);
  const gone = await exported(box, 'memory:1M');
  const peer = addressOf(gone);
  await gone.stop();
  for (const command of ['attach', 'spans', 'stat']) {
    assertRefused(await box.cli(command, peer), Exit.peer, peer, 'refused');
  }
  const socket = `unix:${box.path('none')}`;
  assertRefused(await box.cli('attach', socket), Exit.peer, socket, 'no such socket');
});

test('an unknown serial is answered with those offered', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:1M', '--serial', 'DISK-A', '--label', 'nas/a'));
  const attach = await box.cli('attach', peer, '--serial', 'DISK-B', '--wait', '1');
  assertRefused(attach, Exit.peer, 'DISK-B', 'DISK-A', 'nas/a');
});

test('a web server is no peer', async (t) => {
  const peer = await listening(t, createHttpServer());
  assertRefused(await new Sandbox(t).cli('attach', peer), Exit.peer, peer, 'not DMSG');
});

test('an NBD server is no peer', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:1M'));
  const socket = `unix:${box.path('nbd')}`;
  await box.start('attach', peer, '--nbd', socket);
  assertRefused(await box.cli('attach', socket), Exit.peer, socket, 'not DMSG');
});

test('a peer that hangs up is no peer', async (t) => {
  const peer = await listening(
    t,
    createServer((socket) => socket.destroy()),
  );
  assertRefused(await new Sandbox(t).cli('attach', peer), Exit.peer, peer);
});

test('an NBD URI that is no NBD server', async (t) => {
  const box = new Sandbox(t);
  // With a dialect of its own an exporter speaks first, as an NBD server does.
  const peer = addressOf(await exported(box, 'memory:1M', '--dialect', 'current'));
  const copy = await box.cli('copy', `nbd://${peer}/x`, box.path('copy'));
  assertRefused(copy, Exit.peer, peer, 'does not speak NBD');
  const { uri } = await attached(box, [peer]);
  const wrongName = uri.replace('xa0', 'xa7');
  assertRefused(await box.cli('copy', wrongName, box.path('copy')), Exit.peer, 'no such export');
});

async function listening(t: TestContext, server: Server): Promise<string> {
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}

test('a router without peers has nothing to list', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await box.start('route', '--listen', ANY_PORT));
  assert.deepEqual(
    (await box.events('spans', peer)).map(({ event }) => event),
    ['ready'],
  );
});

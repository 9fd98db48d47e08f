import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { until } from '../block/support/until.ts';
import { type CliResult, Sandbox } from '../e2e/support/sandbox.ts';
import { CLI } from '../e2e/support/spandrel.ts';

/** `spandrel serve` as a process. */

const URL_LINE = /^http:\/\/127\.0\.0\.1:(\d+)\/#token=[\w-]{43}$/;

async function signsIn(url: string): Promise<number> {
  const { origin, hash } = new URL(url);
  const { status } = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
  });
  return status;
}

test('--json tells URL and address, and SIGTERM ends it in order', async (t) => {
  const box = new Sandbox(t);
  const serve = await box.start('serve', '--no-open');
  const { url, address } = serve.ready;
  assert.match(url, URL_LINE);
  assert.equal(new URL(url).host, address);
  const page = await fetch(url);
  assert.match(await page.text(), /<meta name="csp-nonce"/);
  assert.deepEqual([await signsIn(url), await signsIn(url)], [204, 401]);
  await serve.stop();
  await assert.rejects(fetch(url));
});

test('a second one prints a new URL of the first and ends with 0', async (t) => {
  const box = new Sandbox(t);
  const serve = await box.start('serve', '--no-open');
  const plain = await box.cli('serve', '--no-open');
  assert.equal(plain.status, 0, plain.stderr);
  const line = plain.stdout.trimEnd();
  assert.match(line, URL_LINE);
  assert.match(plain.stderr, /^spandrel runs already on .*state; open it in a browser/);
  const [event, ...rest] = await box.events('serve', '--no-open');
  assert.ok(event?.event === 'ready' && event.command === 'serve' && rest.length === 0);
  assert.equal(event.address, serve.ready.address);
  for (const url of [line, event.url, serve.ready.url]) assert.equal(await signsIn(url), 204);
});

test('without --json the URL alone is on standard output, on the port asked for', async (t) => {
  const box = new Sandbox(t);
  const first = await box.start('serve', '--no-open');
  const { port } = new URL(first.ready.url);
  await first.stop();
  const serve = box.spawn(process.execPath, CLI, 'serve', '--no-open', '--port', port);
  await until(() => serve.stdout.includes('\n'), 'the URL');
  assert.equal(URL_LINE.exec(serve.stdout.trimEnd())?.[1], port);
  serve.signal('SIGINT');
  assert.deepEqual(await serve.ended, { status: 0, signal: null });
});

test('the token is not in the log', async (t) => {
  const box = new Sandbox(t);
  const serve = await box.start('serve', '--no-open');
  const token = new URL(serve.ready.url).hash.slice('#token='.length);
  await signsIn(serve.ready.url);
  await serve.stop();
  assert.ok(
    serve.logLines.some((line) => line.includes('signed in')),
    serve.logLines.join('\n'),
  );
  assert.ok(serve.logLines.every((line) => !line.includes(token)));
});

suite('wrong words', { concurrency: 2 }, () => {
  const WRONG: readonly (readonly [args: readonly string[], ...names: string[]])[] = [
    [['--port', '65536'], '65536'],
    [['--port', 'x'], 'x'],
    [['--listen', 'unix:/tmp/x'], 'unix:/tmp/x'],
    [['--listen', '::1'], '[::1]'],
    [['--listen', '127.0.0.1:1', '--port', '1'], '--port'],
    [
      ['--listen', '0.0.0.0:8080'],
      '0.0.0.0:8080',
      'ssh -L 8080:127.0.0.1:8080',
      '--tls-cert',
      '--insecure-plain',
    ],
    [['--host', 'a b'], '"a b"', 'localhost:8080'],
    [['--tls-cert', 'x.pem'], '--tls-key'],
    [['more'], 'serve'],
  ];
  for (const [args, ...names] of WRONG) {
    test(args.join(' '), async (t) => {
      assertRefused(await new Sandbox(t).cli('serve', '--no-open', ...args), 2, names);
    });
  }
});

test('what this machine does not give', async (t) => {
  const box = new Sandbox(t);
  const files = ['--tls-cert', box.path('none.pem'), '--tls-key', box.path('none.pem')];
  assertRefused(await box.cli('serve', '--no-open', ...files), 4, [box.path('none.pem')]);
  const serve = await box.start('serve', '--no-open');
  const other = new Sandbox(t);
  const taken = await other.cli('serve', '--no-open', '--listen', serve.ready.address);
  assertRefused(taken, 4, [serve.ready.address, 'in use']);
});

function assertRefused(result: CliResult, status: number, names: readonly string[]): void {
  const told = `status ${result.status}\n${result.stdout}${result.stderr}`;
  assert.equal(result.status, status, told);
  assert.equal(result.stdout, '', told);
  assert.equal(result.messages.length, 1, told);
  for (const name of names) assert.ok(result.messages[0]?.includes(name), `${name}: ${told}`);
}

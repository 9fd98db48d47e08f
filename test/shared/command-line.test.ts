import assert from 'node:assert/strict';
import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import {
  attachCommand,
  benchmarkCommand,
  copyCommand,
  diskUri,
  exportCommand,
  spansCommand,
} from '../../shared/command-line.ts';
import { CliEvent } from '../../shared/events.ts';
import { UNIT_OPTION_DEFAULTS } from '../../shared/model/unit.ts';
import { until } from '../block/support/until.ts';
import { randomFile, sha256 } from '../e2e/support/data.ts';
import { ANY_PORT, addressOf, exported } from '../e2e/support/disk.ts';
import { resultOf, Sandbox } from '../e2e/support/sandbox.ts';
import { CLI } from '../e2e/support/spandrel.ts';

/** Each command is run by a shell, as whoever copied it would. */

const MIB = 1 << 20;
const local = (address: string) => ({ address, insecure_plain: false });

/** A sandbox whose shells know `spandrel`. */
function shellBox(t: TestContext): Sandbox {
  const box = new Sandbox(t);
  const program = box.path('spandrel');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${CLI}' "$@"\n`);
  chmodSync(program, 0o755);
  return box;
}

function shell(box: Sandbox, command: string, ...prefix: string[]) {
  const script = `PATH='${box.directory}':"$PATH"; ${prefix.join('')}exec ${command}`;
  return box.spawn('/bin/sh', '-c', script);
}

/** Run a command that ends by itself, with `--json`. @returns its events */
async function ran(box: Sandbox, command: string): Promise<CliEvent[]> {
  const { status, stdout, stderr } = await resultOf(shell(box, jsonOf(command)));
  assert.equal(status, 0, `${command}\n${stderr}`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => CliEvent.parse(JSON.parse(line)));
}

/** Run a command that stays, until it is ready; then end it. @returns its ready event */
async function becameReady(box: Sandbox, command: string): Promise<CliEvent> {
  const child = shell(box, jsonOf(command));
  await until(() => child.stdout.includes('\n') || child.ending !== undefined, command);
  assert.equal(child.ending, undefined, `${command}\n${child.stderr}`);
  child.signal('SIGTERM');
  assert.deepEqual(await child.ended, { status: 0, signal: null }, child.stderr);
  return CliEvent.parse(JSON.parse(child.stdout.split('\n', 1)[0] ?? ''));
}

function jsonOf(command: string): string {
  return command.replace(/^spandrel (\w+)/, 'spandrel $1 --json');
}

test('attach, with every option it has a word for', async (t) => {
  const box = shellBox(t);
  const serial = `it's "S" $HOME`;
  const peer = addressOf(await exported(box, 'memory:4M', '--serial', serial));
  const socket = box.path('a b.sock');
  const command = attachCommand(
    [local(peer), { address: `tcp:${peer}`, insecure_plain: true }],
    serial,
    {
      ...UNIT_OPTION_DEFAULTS,
      read_only: true,
      no_path: { kind: 'seconds', seconds: 0.5 },
      request_timeout_ms: 1500,
    },
    `unix:${socket}`,
  );
  for (const words of ['--read-only', '--no-path 0.5', '--timeout 1.5', '--insecure-plain']) {
    assert.ok(command.includes(` ${words}`), command);
  }
  const ready = await becameReady(box, command);
  assert.ok(ready.event === 'ready' && ready.command === 'attach');
  assert.deepEqual([ready.serial, ready.read_only], [serial, true]);
  assert.ok(ready.nbd?.endsWith('/a%20b.sock'), ready.nbd ?? 'not exposed');
});

test('attach, as it is usual', () => {
  const command = attachCommand([local('nas.example:987')], 'DISK-1', UNIT_OPTION_DEFAULTS, null);
  assert.equal(command, 'spandrel attach nas.example:987 --serial DISK-1');
  const hidden = { ...UNIT_OPTION_DEFAULTS, exposed: false, no_path: { kind: 'fail' as const } };
  assert.equal(
    attachCommand([local('[::1]:987')], 'DISK-1', hidden, 'unix:/run/x.sock'),
    "spandrel attach '[::1]:987' --serial DISK-1 --no-path fail",
  );
});

test('export, with every option', async (t) => {
  const box = shellBox(t);
  const source = box.file("-it's\na disk.img", MIB);
  const command = exportCommand(
    {
      source,
      label: '-label with blanks',
      serial: '$SERIAL`x`',
      block_bytes: 4096,
      read_only: true,
      writers: 'many',
    },
    { listen: [ANY_PORT, `unix:${box.path('peers.sock')}`], connect: ['127.0.0.1:9'], insecure_plain: true },
  );
  const ready = await becameReady(box, command);
  assert.ok(ready.event === 'ready' && ready.command === 'export');
  assert.deepEqual(ready.connecting, ['127.0.0.1:9']);
  assert.equal(ready.addresses.length, 2);
  const [disk] = ready.exports;
  assert.deepEqual(
    [disk?.source, disk?.label, disk?.serial, disk?.block_bytes, disk?.read_only, disk?.writers],
    [source, '-label with blanks', '$SERIAL`x`', 4096, true, 'many'],
  );
});

test('export of memory, as it is usual', () => {
  const command = exportCommand(
    { source: 'memory:1G', label: null, serial: null, block_bytes: null, read_only: false, writers: 'one' },
    { listen: ['127.0.0.1:10987'], connect: [], insecure_plain: false },
  );
  assert.equal(command, 'spandrel export memory:1G --listen 127.0.0.1:10987');
});

const COPY = { verify: false, overwrite: false, rate_limit_bytes: null };

test('copy between files whose names mean something to a shell', async (t) => {
  const box = shellBox(t);
  const from = box.path('a "b" $(touch x) ~ \\ é');
  const to = box.path("it's; a copy&");
  const wanted = await randomFile(from, MIB);
  const command = copyCommand({ ...COPY, from, to, verify: true, rate_limit_bytes: 100 * MIB }, false);
  const done = (await ran(box, command)).at(-1);
  assert.ok(done?.event === 'done' && done.command === 'copy' && done.verified);
  assert.equal(await sha256(to), wanted);
  await ran(box, copyCommand({ ...COPY, from, to, overwrite: true }, true));
  assert.ok(!existsSync('x'));
});

test('copy of files whose names look like options', async (t) => {
  const box = shellBox(t);
  symlinkSync(box.file('disk', MIB), box.path('--from'));
  const command = copyCommand({ ...COPY, from: '--from', to: '-to' }, false);
  const { status, stderr } = await resultOf(shell(box, command, `cd '${box.directory}'; `));
  assert.equal(status, 0, stderr);
  assert.equal(statSync(box.path('-to')).size, MIB);
});

test('copy from a disk of a peer, over TCP and over a UNIX socket', async (t) => {
  const box = shellBox(t);
  const socket = `unix:${box.path('peers and more.sock')}`;
  const serial = 'S/1 %?#é';
  const exporter = await exported(box, 'memory:1M', '--serial', serial, '--listen', socket);
  for (const address of [addressOf(exporter), socket]) {
    const to = box.path(`copy ${address.length}`);
    await ran(box, copyCommand({ ...COPY, from: diskUri(address, serial), to }, false));
    assert.equal(statSync(to).size, MIB);
  }
});

test('benchmark, reading and writing', async (t) => {
  const box = shellBox(t);
  const peer = addressOf(await exported(box, 'memory:4M', '--serial', 'S 1', '--label', "nas/it's"));
  const reading = benchmarkCommand(local(peer), 'S 1', { seconds: 0.05, write: false, label: null });
  assert.equal((await ran(box, reading)).filter(({ event }) => event === 'benchmark_result').length, 3);
  const writing = benchmarkCommand(local(peer), 'S 1', { seconds: 0.05, write: true, label: "nas/it's" });
  assert.equal((await ran(box, writing)).filter(({ event }) => event === 'benchmark_result').length, 6);
});

test('spans', async (t) => {
  const box = shellBox(t);
  const peer = addressOf(await exported(box, 'memory:4M', '--serial', 'S1'));
  const events = await ran(box, spansCommand({ address: peer, insecure_plain: true }));
  assert.ok(events.some((event) => event.event === 'disk' && event.serial === 'S1'));
});

test('an empty word is still a word', () => {
  assert.match(
    benchmarkCommand(local('h'), '', { seconds: 5, write: false, label: null }),
    /--serial '' --seconds 5$/,
  );
});

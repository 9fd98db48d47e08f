import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { without, withoutIpv6 } from './support/needs.ts';
import { Sandbox } from './support/sandbox.ts';
import { CLI, type CommandName, type Spandrel } from './support/spandrel.ts';

const MIB = 1 << 20;
const END_MS = 2000;

/** Every command that stays until it is told to go, with a client at work where it has one. */
const STAYING: Readonly<
  Record<string, (box: Sandbox, peer: string) => Promise<{ stop: Spandrel<CommandName>['stop'] }>>
> = {
  export: async (box) => {
    const exporter = await exported(box, 'memory:16M');
    await attached(box, [addressOf(exporter)]);
    return exporter;
  },
  attach: async (box, peer) => (await attached(box, [peer])).client,
  route: async (box, peer) => {
    const router = await box.start('route', '--listen', ANY_PORT, '--connect', peer);
    await attached(box, [addressOf(router)]);
    return router;
  },
  'spans --watch': (box, peer) => box.start('spans', peer, '--watch'),
  stat: (box, peer) => box.start('stat', peer),
};

suite('commands that stay', { concurrency: 2 }, () => {
  for (const [name, start] of Object.entries(STAYING)) {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      test(`${name} is ready first and ends in order on ${signal}`, async (t) => {
        const box = new Sandbox(t);
        const peer = addressOf(await exported(box, 'memory:16M', '--serial', 'PEER'));
        const command = await start(box, peer);
        const ms = await command.stop(signal);
        t.diagnostic(`ended in ${ms.toFixed(0)} ms`);
        assert.ok(ms < END_MS);
      });
    }
  }
});

test('spans --watch tells what comes and goes', async (t) => {
  const box = new Sandbox(t);
  const router = await box.start('route', '--listen', ANY_PORT);
  const watch = await box.start('spans', addressOf(router), '--watch');
  const exporter = await box.start(
    'export',
    'memory:16M',
    '--connect',
    addressOf(router),
    '--serial',
    'COMES',
  );
  const { distance } = await watch.waitForEvent('disk', ({ serial }) => serial === 'COMES');
  assert.equal(distance, 1);
  await exporter.stop();
  await watch.waitForEvent('disk_gone', ({ serial }) => serial === 'COMES');
  await watch.stop();
});

test('a closed pipe ends a command quietly', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:16M'));
  const command = `"${process.execPath}" "${CLI}" stat ${peer} --interval 0.1 --json; echo "status $?" >&2`;
  const { stdout, stderr } = await box.run('sh', '-c', `(${command}) | head -1`);
  assert.match(stdout, /^\{"event":"ready".*\}\n$/);
  assert.equal(stderr, 'status 0\n');
});

/** Unit of each serial a client attached. */
async function unitsOf(box: Sandbox, peers: string[]): Promise<Record<string, string>> {
  const client = await box.start('attach', ...peers);
  const found = Object.fromEntries(client.ready.units.map(({ serial, unit }) => [serial, unit]));
  await client.stop();
  return found;
}

test('a serial keeps its unit number over restarts', async (t) => {
  const box = new Sandbox(t);
  const first = addressOf(await exported(box, 'memory:16M', '--serial', 'FIRST'));
  const second = addressOf(await exported(box, 'memory:16M', '--serial', 'SECOND'));
  assert.deepEqual(await unitsOf(box, [first]), { FIRST: 'xa0' });
  assert.deepEqual(await unitsOf(box, [second]), { SECOND: 'xa1' });
  assert.deepEqual(await unitsOf(box, [first]), { FIRST: 'xa0' });
  assert.deepEqual(await unitsOf(box, [second]), { SECOND: 'xa1' });
});

test('a broken state file is put aside and reported', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:16M', '--serial', 'FIRST'));
  const path = join(box.path('state'), 'unit-numbers.json');
  writeFileSync(path, '{"version":1,"units":{"FIRST":');
  const client = await box.start('attach', peer);
  await client.waitForLog([path, `${path}.bad`]);
  assert.equal(readFileSync(`${path}.bad`, 'utf8'), '{"version":1,"units":{"FIRST":');
  assert.ok(existsSync(path), 'a new file is begun');
  await client.stop();
  assert.deepEqual(await unitsOf(box, [peer]), { FIRST: 'xa0' });
});

test('the serial of a file is the same each time, whatever the way to it', async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', MIB);
  const serials: string[] = [];
  for (const path of [file, file, join(box.path('state'), '..', 'disk.img')]) {
    const exporter = await exported(box, path);
    serials.push(exporter.ready.exports[0]?.serial ?? '');
    await exporter.stop();
  }
  assert.match(serials[0] ?? '', /^SPN-/);
  assert.equal(new Set(serials).size, 1);
});

test('several sources in one process are several units', async (t) => {
  const box = new Sandbox(t);
  const sources = [box.file('a.img', MIB), box.file('b.img', 2 * MIB), 'memory:3M'];
  const exporter = await box.start('export', ...sources, '--listen', ANY_PORT);
  const sizes = (list: readonly { size_bytes: number }[]) => list.map((item) => item.size_bytes / MIB).sort();
  assert.deepEqual(sizes(exporter.ready.exports), [1, 2, 3]);
  const { client } = await attached(box, [addressOf(exporter)]);
  assert.deepEqual(sizes(client.ready.units), [1, 2, 3]);
  await client.stop();
});

test('one serial with two sizes is two units, in conflict', async (t) => {
  const box = new Sandbox(t);
  const peers = [
    addressOf(await exported(box, 'memory:16M', '--serial', 'SAME')),
    addressOf(await exported(box, 'memory:32M', '--serial', 'SAME')),
  ];
  const client = await box.start('attach', ...peers);
  // The second peer's disk is there when the command is ready, or comes later.
  const isOther = (unit: { size_bytes: number }): boolean => unit.size_bytes !== client.ready.size_bytes;
  const other = client.ready.units.find(isOther) ?? (await client.waitForEvent('unit', isOther));
  assert.deepEqual([other.serial, other.unit, other.conflict], ['SAME', 'xa1', true]);
  await client.waitForLog(['SAME', 'different size']);
  const spans = await box.events('spans', ...peers);
  const disks = spans.flatMap((event) => (event.event === 'disk' ? [event] : []));
  assert.deepEqual(
    disks.map(({ conflict }) => conflict),
    [true, true],
  );
  await client.stop();
});

test('peers over UNIX sockets', async (t) => {
  const box = new Sandbox(t);
  await reaches(t, box, `unix:${box.path('dmsg')}`);
});

test('peers over IPv6', { skip: withoutIpv6 }, async (t) => {
  await reaches(t, new Sandbox(t), '[::1]:0');
});

async function reaches(t: TestContext, box: Sandbox, listen: string): Promise<void> {
  const exporter = await box.start('export', 'memory:16M', '--listen', listen);
  t.diagnostic(addressOf(exporter));
  const { client } = await attached(box, [addressOf(exporter)]);
  assert.equal(client.ready.units[0]?.paths[0]?.peer, addressOf(exporter));
  await client.stop();
  await exporter.stop();
}

const skipQemu = without('qemu-io');

test('memory is a disk', { skip: skipQemu }, async (t) => {
  const box = new Sandbox(t);
  const exporter = await exported(box, 'memory:16M');
  const { uri } = await attached(box, [addressOf(exporter)]);
  const commands = ['read -P 0 0 16M', 'write -P 7 1M 1M', 'read -P 7 1M 1M'].flatMap((c) => ['-c', c]);
  assert.doesNotMatch(await box.runOk('qemu-io', '-f', 'raw', ...commands, uri), /failed/i);
});

test('a read-only export refuses writes with EPERM', { skip: without('nbdsh', 'fio') }, async (t) => {
  const box = new Sandbox(t);
  const exporter = await exported(box, 'memory:16M', '--read-only');
  const { client, uri } = await attached(box, [addressOf(exporter)]);
  assert.equal(exporter.ready.exports[0]?.read_only_reason, 'asked for');
  assert.equal(client.ready.read_only, true);
  assert.equal(client.ready.units[0]?.read_only, true);
  // libnbd checks the flag itself, unless it is told to let the server do it.
  const script = [
    'h.set_strict_mode(0)',
    `h.connect_uri(${JSON.stringify(uri)})`,
    'import errno',
    'try:',
    '    h.pwrite(b"x" * 512, 0)',
    'except nbd.Error as error:',
    '    print(error.errno)',
  ].join('\n');
  const result = await box.runOk('nbdsh', '-c', script);
  assert.equal(result, 'EPERM\n');
});

test('--block-size 4096 is what clients see', { skip: without('nbdinfo', 'qemu-io') }, async (t) => {
  const box = new Sandbox(t);
  const exporter = await exported(box, 'memory:16M', '--block-size', '4096');
  const { client, uri } = await attached(box, [addressOf(exporter)]);
  assert.equal(client.ready.block_bytes, 4096);
  const { exports } = JSON.parse(await box.runOk('nbdinfo', '--json', uri)) as {
    exports: [{ block_size_minimum: number }];
  };
  assert.equal(exports[0].block_size_minimum, 4096);
  const text = await box.runOk(
    'qemu-io',
    '-f',
    'raw',
    '-c',
    'write -P 9 512 512',
    '-c',
    'read -P 9 512 512',
    uri,
  );
  assert.doesNotMatch(text, /failed/i);
  await client.stop();
});

test('stat sees its own reads answered', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:16M'));
  const stat = await box.start('stat', peer, '--interval', '0.2');
  const { units } = await stat.waitForEvent('stats', (event) => (event.units[0]?.figures.reads ?? 0) > 0);
  assert.equal(units[0]?.figures.errors_total, 0);
  assert.ok((units[0]?.figures.read_p50_us ?? 0) > 0);
  await stat.stop();
});

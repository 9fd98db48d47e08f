import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { type TestContext, test } from 'node:test';
import { processNames, processOf } from '../../../electron/host/system/processes.ts';
import { canonicalHost, tcpEnds } from '../../../electron/host/system/sockets.ts';
import type { Address } from '../../../electron/stream/address.ts';
import { until } from '../../block/support/until.ts';
import { Child } from '../../e2e/support/child.ts';
import { without, withoutIpv6, withoutProc } from '../../e2e/support/needs.ts';
import { LateDevice, MemoryDevice } from '../../nbd/devices.ts';
import { TestServer } from '../../nbd/serve.ts';

const MIB = 1 << 20;

/** A server with the disk `disk` on its UNIX socket, and a way to clients that stay. */
async function serving(t: TestContext, disk: MemoryDevice = new MemoryDevice(MIB)) {
  const server = await TestServer.start(t, { disk });
  const children: Child[] = [];
  t.after(async () => {
    for (const child of children) child.signal('SIGKILL');
    await Promise.allSettled(children.map((child) => child.ended));
  });
  return {
    server,
    unix: { kind: 'unix', path: server.socket } as const,
    uri: server.uri('disk'),
    /** qemu-io stays connected until its input ends. */
    async client(uri: string): Promise<Child> {
      const before = server.server.clients.length;
      const child = new Child('qemu-io', ['-r', '-f', 'raw', uri]);
      children.push(child);
      await server.until(() => server.events.filter(({ kind }) => kind === 'attached').length > before);
      return child;
    },
    spawn(program: string, ...args: string[]): Child {
      const child = new Child(program, args);
      children.push(child);
      return child;
    },
    get remotes(): string[] {
      return server.server.clients.map(({ remote }) => remote);
    },
  };
}

async function listening(t: TestContext, server: TestServer, host: string) {
  const listener = await server.server.listen({ kind: 'tcp', host, port: 0 });
  t.after(() => listener.close());
  const { address } = listener;
  assert.ok(address.kind === 'tcp');
  return address;
}

function assertIs(found: unknown, child: Child, command: string): void {
  assert.deepEqual(found, { pid: child.pid, command, user: userInfo().username });
}

const skip = withoutProc || without('qemu-io', 'ss');

for (const [name, host, uriHost] of [
  ['IPv4', '127.0.0.1', '127.0.0.1'],
  ['IPv6', '::1', '[::1]'],
  ['IPv4 at an address for both', '::', '127.0.0.1'],
] as const) {
  test(`a client over TCP is known by its process: ${name}`, {
    skip: skip || (host !== '127.0.0.1' && withoutIpv6),
  }, async (t) => {
    const bench = await serving(t);
    const address = await listening(t, bench.server, host);
    const first = await bench.client(`nbd://${uriHost}:${address.port}/disk`);
    const second = await bench.client(`nbd://${uriHost}:${address.port}/disk`);
    const [one = '', two = ''] = bench.remotes;
    assertIs(await processOf(one, address), first, 'qemu-io');
    assertIs(await processOf(two, address), second, 'qemu-io');
  });
}

test('the only client at a UNIX socket is known by its process', { skip }, async (t) => {
  const bench = await serving(t);
  const child = await bench.client(bench.uri);
  assertIs(await processOf(bench.remotes[0] ?? '', bench.unix), child, 'qemu-io');
});

test('of two programs at a UNIX socket each is known', { skip }, async (t) => {
  const bench = await serving(t);
  const first = await bench.client(bench.uri);
  const second = await bench.client(bench.uri);
  const [one = '', two = ''] = bench.remotes;
  assertIs(await processOf(one, bench.unix), first, 'qemu-io');
  assertIs(await processOf(two, bench.unix), second, 'qemu-io');
  first.stdin.end();
  await first.ended;
  await bench.server.until(() => bench.server.events.some(({ kind }) => kind === 'detached'));
  assert.equal(await processOf(one, bench.unix), null);
});

test('a program with several connections to a UNIX socket is known', {
  skip: skip || without('nbdcopy'),
}, async (t) => {
  const disk = new LateDevice(64 * MIB);
  disk.isHolding = true;
  const bench = await serving(t, disk);
  const child = bench.spawn('nbdcopy', '--threads=2', '--connections=2', bench.uri, 'null:');
  await until(() => bench.remotes.length === 2, 'its connections');
  await disk.holds(2);
  for (const remote of bench.remotes) assertIs(await processOf(remote, bench.unix), child, 'nbdcopy');
  disk.release();
});

test('many clients asked about at once are all known', { skip }, async (t) => {
  const bench = await serving(t);
  const address = await listening(t, bench.server, '127.0.0.1');
  const script = `for (let i = 0; i < 50; i++) require('net').connect(${address.port}, '127.0.0.1')`;
  const child = bench.spawn(process.execPath, '-e', script);
  await until(() => bench.remotes.length === 50, 'fifty clients');
  const found = await Promise.all(bench.remotes.map((remote) => processOf(remote, address)));
  for (const process of found) assert.equal(process?.pid, child.pid);
});

test('a client that came after the last look is known at once', { skip }, async (t) => {
  const bench = await serving(t);
  const address = await listening(t, bench.server, '127.0.0.1');
  const uri = `nbd://127.0.0.1:${address.port}/disk`;
  for (let round = 0; round < 3; round++) {
    const child = await bench.client(uri);
    assertIs(await processOf(bench.remotes.at(-1) ?? '', address), child, 'qemu-io');
  }
});

test('a client that is gone, or elsewhere, is nobody', { skip }, async () => {
  const address: Address = { kind: 'tcp', host: '127.0.0.1', port: 10_809 };
  for (const remote of ['127.0.0.1:1', '192.0.2.1:4711', '[2001:db8::1]:4711']) {
    assert.equal(await processOf(remote, address), null);
  }
  assert.equal(await processOf('unix:/nowhere#1', { kind: 'unix', path: '/nowhere' }), null);
});

test('the table of connections is read in the byte order of the machine', {
  skip: withoutProc,
}, async (t) => {
  const bench = await serving(t);
  const address = await listening(t, bench.server, '127.0.0.1');
  const child = bench.spawn(
    process.execPath,
    '-e',
    `require('net').connect({ port: ${address.port}, host: '127.0.0.1', localAddress: '127.1.2.3' })`,
  );
  await until(() => bench.remotes.length === 1, 'the client');
  const remote = bench.remotes[0] ?? '';
  assert.match(remote, /^127\.1\.2\.3:\d+$/);
  const port = Number(remote.split(':')[1]);
  const ends = (await tcpEnds()).filter((end) => end.localPort === port);
  assert.deepEqual(
    ends.map(({ local, remote, remotePort }) => [local, remote, remotePort]),
    [['127.1.2.3', '127.0.0.1', address.port]],
  );
  assert.equal((await processOf(remote, address))?.pid, child.pid);
});

test('one address has one text', () => {
  assert.equal(canonicalHost('::ffff:127.0.0.1'), '127.0.0.1');
  assert.equal(canonicalHost('0:0:0:0:0:0:0:1'), '::1');
  assert.equal(canonicalHost('fe80::1%eth0'), 'fe80::1');
  assert.equal(canonicalHost('10.0.0.1'), '10.0.0.1');
});

test('that processes can be named is told', { skip: withoutProc || without('ss') }, () => {
  assert.equal(processNames().available, true);
});

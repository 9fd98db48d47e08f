import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import { NbdClient } from '../../electron/nbd/client.ts';
import { parseNbdUri } from '../../electron/nbd/uri.ts';
import { FailingDevice, LateDevice, MemoryDevice, SparseDevice } from './devices.ts';
import { io, pattern, TestRequest } from './requests.ts';
import { runOk } from './run.ts';
import { TestServer } from './serve.ts';

const MIB = 1 << 20;

async function attach(t: TestContext, uri: string): Promise<NbdClient> {
  const client = await NbdClient.connect(parseNbdUri(uri));
  t.after(() => client.close());
  return client;
}

/** An nbdkit that ends with the test. */
async function nbdkit(t: TestContext, ...args: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'nbdkit-'));
  const socket = join(folder, 's');
  const pidFile = join(folder, 'pid');
  const child = spawn('nbdkit', ['-f', '-P', pidFile, '-U', socket, ...args], { stdio: 'inherit' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  t.after(async () => {
    child.kill('SIGKILL'); // a gentle end waits for the client, which ends later
    await ended;
    rmSync(folder, { recursive: true });
  });
  // nbdinfo ends well only when the server is there; its own start takes the place of a wait.
  const uri = `nbd+unix:///?socket=${socket}`;
  for (let tries = 0; tries < 100; tries++) {
    const size = await runOk('nbdinfo', ['--size', uri]).catch(() => null);
    if (size !== null) return uri;
  }
  throw new Error('nbdkit did not start');
}

/** Writes and reads of many sizes and places in flight at once, checked against a copy in memory. */
async function exercise(client: NbdClient): Promise<Buffer> {
  const model = Buffer.alloc(client.sizeBytes);
  const sizes = [512, 4096, 8192, 16384, 65536, 300 * 1024, MIB, 5 * MIB];
  let at = 0;
  const writes: TestRequest[] = [];
  for (let i = 0; at + 5 * MIB <= client.sizeBytes; i++) {
    const length = sizes[i % sizes.length] as number;
    const data = pattern(length, i);
    model.set(data, at);
    const request = new TestRequest(BlockOp.write, at, length, data, i % 3 === 0);
    client.submit(request);
    writes.push(request);
    at += length + 512 * (i % 5);
  }
  for (const write of writes) assert.equal(await write.over, null);
  assert.equal((await io(client, BlockOp.flush, 0, 0)).error, null);
  const reads: TestRequest[] = [];
  for (let i = 0, from = 0; from < client.sizeBytes; i++) {
    const length = Math.min(sizes[(i * 5) % sizes.length] as number, client.sizeBytes - from);
    const request = new TestRequest(BlockOp.read, from, length, Buffer.alloc(length, 0xaa));
    client.submit(request);
    reads.push(request);
    from += length;
  }
  for (const read of reads) {
    assert.equal(await read.over, null);
    read.buffer.fill(0, read.filled);
    const expected = model.subarray(read.offset, read.offset + read.length);
    assert.ok(expected.equals(read.buffer), `read of ${read.length} at ${read.offset}`);
    assert.equal(read.ends, 1);
  }
  return model;
}

for (const [kind, Device] of [
  ['synchronous', MemoryDevice],
  ['asynchronous', LateDevice],
  ['sparse', SparseDevice],
] as const) {
  test(`client and server, ${kind} device`, async (t) => {
    const device = new Device(48 * MIB);
    const server = await TestServer.start(t, { disk: device });
    const client = await attach(t, server.uri('disk'));
    const model = await exercise(client);
    assert.ok(model.equals(device.bytes));
    assert.ok(device.fuaCount > 0);
  });
}

test('client against nbdkit memory', async (t) => {
  await exercise(await attach(t, await nbdkit(t, 'memory', '40M')));
});

test('client against nbdkit file, an odd size and a server that allows only small requests', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nbdfile-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'disk');
  const content = pattern(100_000, 7);
  writeFileSync(file, content);
  const uri = await nbdkit(t, '--filter=blocksize-policy', 'file', file, 'blocksize-maximum=8192');
  const client = await attach(t, uri);
  assert.equal(client.exportBytes, 100_000);
  assert.equal(client.sizeBytes, 100_352);
  const buffer = Buffer.alloc(100_352);
  const whole = await io(client, BlockOp.read, 0, 100_352, buffer);
  assert.deepEqual(whole, { error: null, filled: 100_000 });
  assert.ok(content.equals(buffer.subarray(0, 100_000)));
  const tail = Buffer.alloc(512);
  tail[0] = 1;
  assert.equal((await io(client, BlockOp.write, 99_840, 512, tail)).error, null);
  assert.equal(readFileSync(file)[99_840], 1);
  tail[511] = 1; // behind the end
  assert.equal((await io(client, BlockOp.write, 99_840, 512, tail)).error?.code, 'nospace');
});

test('client against a server without structured replies, FUA, zeroing or GO', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'nbdlog-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'log');
  const filters = ['--filter=log', '--filter=nozero', '--filter=fua'];
  const uri = await nbdkit(t, '--no-sr', '--mask-handshake=0', ...filters, 'memory', '40M', `logfile=${log}`);
  const client = await attach(t, uri);
  await exercise(client);
  const flushes = readFileSync(log, 'utf8').match(/ Flush id=/g)?.length ?? 0;
  assert.ok(flushes > 5, 'each write with FUA ends with a flush');
  const zero = await io(client, BlockOp.zero, 0, 4096);
  assert.equal(zero.error?.code, 'unsupported');
});

test('flush, zero and discard of more than one request can carry', async (t) => {
  const device = new MemoryDevice(8 * MIB);
  device.bytes.fill(1);
  const server = await TestServer.start(t, { disk: device });
  const client = await attach(t, server.uri('disk'));
  assert.equal((await io(client, BlockOp.zero, MIB, MIB, undefined, true)).error, null);
  assert.equal((await io(client, BlockOp.discard, 3 * MIB, MIB)).error, null);
  assert.ok(device.bytes.subarray(MIB, 2 * MIB).every((byte) => byte === 0));
  assert.equal(device.bytes[2 * MIB], 1);
  assert.deepEqual(device.counts, [0, 0, 0, 1, 1]);
  assert.equal(device.fuaCount, 1);
});

test('a hole is told by filled, not written', async (t) => {
  const device = new SparseDevice(8 * MIB);
  const server = await TestServer.start(t, { disk: device });
  const client = await attach(t, server.uri('disk'));
  const buffer = Buffer.alloc(MIB, 0xaa);
  assert.deepEqual(await io(client, BlockOp.read, 0, MIB, buffer), { error: null, filled: 0 });
  assert.ok(buffer.every((byte) => byte === 0xaa));
});

test('errors come back as what they were', async (t) => {
  const codes = ['io', 'range', 'readonly', 'nospace', 'unsupported', 'path', 'timeout'] as const;
  const devices = codes.map((code) => [code, new FailingDevice(MIB, new BlockError(code, `it is ${code}`))]);
  const server = await TestServer.start(t, Object.fromEntries(devices));
  for (const code of codes) {
    const client = await attach(t, server.uri(code));
    const { error } = await io(client, BlockOp.read, 0, 65536, Buffer.alloc(65536));
    assert.equal(error?.code, code === 'path' || code === 'timeout' ? 'io' : code);
    assert.match(error?.message ?? '', new RegExp(`it is ${code}`));
    assert.match(error?.message ?? '', /unix:/);
  }
});

test('a read-only export refuses changes before they are sent', async (t) => {
  const device = new MemoryDevice(MIB, { readOnly: true });
  const server = await TestServer.start(t, { disk: device });
  const client = await attach(t, server.uri('disk'));
  assert.equal(client.readOnly, true);
  assert.equal((await io(client, BlockOp.write, 0, 512, Buffer.alloc(512))).error?.code, 'readonly');
  assert.equal(server.server.clients[0]?.requests, 0);
});

test('names the export and the server where it cannot connect', async (t) => {
  const server = await TestServer.start(t, { disk: new MemoryDevice(MIB) });
  await assert.rejects(NbdClient.connect(parseNbdUri(server.uri('other'))), {
    name: 'NbdConnectError',
    code: 'unknown-export',
    message: /export "other" of unix:.*no such export/,
  });
  await assert.rejects(NbdClient.connect(parseNbdUri('nbd+unix:///x?socket=/nonexistent/s')), {
    name: 'ConnectError',
    code: 'refused',
  });
});

test('a server that closes ends what waits with path', async (t) => {
  const device = new LateDevice(MIB);
  device.isHolding = true;
  const server = await TestServer.start(t, { disk: device }, { closeMs: 50 });
  const lost: Error[] = [];
  const client = await NbdClient.connect(parseNbdUri(server.uri('disk')), { onLost: (e) => lost.push(e) });
  const requests = Array.from({ length: 20 }, (_, i) => {
    const op = i % 2 === 0 ? BlockOp.read : BlockOp.write;
    const request = new TestRequest(op, 0, 65536, Buffer.alloc(65536));
    client.submit(request);
    return request;
  });
  const flushed = new TestRequest(BlockOp.flush, 0, 0);
  client.submit(flushed);
  await device.holds(21);
  await server.server.close();
  for (const request of requests) assert.equal((await request.over)?.code, 'path');
  assert.equal((await io(client, BlockOp.read, 0, 512, Buffer.alloc(512))).error?.code, 'path');
  assert.equal(lost.length, 1);
  assert.equal(server.directory.closes, 0, 'the device still owns the buffers');
  device.release();
  await server.until(() => server.events.some((event) => event.kind === 'detached'));
  assert.equal(server.directory.closes, 1);
  assert.deepEqual(new Set(requests.map((request) => request.ends)), new Set([1]));
  await client.close();
});

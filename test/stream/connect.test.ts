import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Address, formatAddress } from '../../electron/stream/address.ts';
import { ConnectError, type ConnectErrorCode, connect } from '../../electron/stream/connect.ts';
import { listen } from '../../electron/stream/listen.ts';
import { folderFor } from './support/folder.ts';
import { KeepingSink } from './support/sink.ts';

const local: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };

async function refuses(address: Address, code: ConnectErrorCode, text: RegExp): Promise<void> {
  await assert.rejects(connect(address), (error: Error) => {
    assert.ok(error instanceof ConnectError, String(error));
    assert.equal(error.code, code);
    assert.ok(error.message.startsWith(`${formatAddress(address)}: `), error.message);
    assert.match(error.message, text);
    assert.ok(error.cause instanceof Error);
    return true;
  });
}

/** A port nobody listens on. */
async function freePort(): Promise<Address> {
  const listener = await listen(local, (stream) => stream.destroy());
  await listener.close();
  return listener.address;
}

test('nothing listens', async () => refuses(await freePort(), 'refused', /connection refused/));

test('no such socket, and one left by a dead program', async (t) => {
  const path = join(folderFor(t), 's');
  await refuses({ kind: 'unix', path }, 'refused', /no such socket/);
  writeFileSync(path, '');
  await refuses({ kind: 'unix', path }, 'refused', /connection refused/);
});

test('unknown host', () =>
  refuses({ kind: 'tcp', host: 'no-such-host.invalid', port: 1 }, 'unknown-host', /unknown host/));

test('no answer in time', async () => {
  const listener = await listen(local, (stream) => stream.destroy());
  const attempt = connect(listener.address, { timeoutMs: 1 });
  // Timers come before sockets in the event loop: it has run out when the answer is looked at.
  const start = performance.now();
  while (performance.now() - start < 5);
  await assert.rejects(attempt, { name: 'ConnectError', code: 'timeout' });
  await listener.close();
});

test('cancelled before and during the attempt', async () => {
  const reason = new Error('enough');
  await assert.rejects(connect(local, { signal: AbortSignal.abort(reason) }), reason);
  const listener = await listen(local, (stream) => stream.destroy());
  const controller = new AbortController();
  const attempt = connect(listener.address, { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(attempt, reason);
  await listener.close();
});

test('a signal that comes after the connection leaves it alone', async () => {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const controller = new AbortController();
  const stream = await connect({ ...local, port }, { signal: controller.signal });
  controller.abort();
  const sink = new KeepingSink(stream);
  stream.write([Buffer.from('echo')], () => {});
  await sink.has(4);
  assert.equal(sink.bytes.toString(), 'echo');
  stream.end();
  assert.equal(await sink.closedWith, undefined);
  await new Promise((resolve) => server.close(resolve));
});

test('what the peer sent before `start` is not lost', async () => {
  const server = createServer((socket) => socket.end('early')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const sink = new KeepingSink(await connect({ ...local, port }));
  assert.equal(await sink.closedWith, undefined);
  assert.equal(sink.bytes.toString(), 'early');
  assert.equal(sink.closedCount, 1);
  await new Promise((resolve) => server.close(resolve));
});

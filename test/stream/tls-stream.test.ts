import assert from 'node:assert/strict';
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { connectTls } from '../../electron/stream/tls.ts';
import { turn } from '../block/support/until.ts';
import { Collector } from './support/collector.ts';
import { makeKey } from './support/keys.ts';
import { TestListener, tlsPair } from './support/tls-pair.ts';

function written(stream: ByteStream, chunks: readonly Uint8Array[]): Promise<Error | undefined> {
  return new Promise((resolve) => stream.write(chunks, resolve));
}

test('each side learns the key of the other', async (t) => {
  const { listener, key, dialled, accepted } = await tlsPair(t);
  assert.equal(dialled.identity, listener.key.fingerprint);
  assert.equal(accepted.identity, key.fingerprint);
});

test('bytes arrive whole and in order both ways, whatever the sizes of chunks and targets', async (t) => {
  const pair = await tlsPair(t, [1, 7, 4096, 65_536, 100, 262_144]);
  const send = async (stream: ByteStream): Promise<{ sha256: string; bytes: number }> => {
    const hash = createHash('sha256');
    let bytes = 0;
    const pending: Promise<Error | undefined>[] = [];
    for (let i = 0; i < 200; i++) {
      const chunks = Array.from({ length: randomInt(1, 5) }, () =>
        randomBytes(randomInt(4) === 0 ? randomInt(300_000) : randomInt(2_000)),
      );
      for (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
      }
      pending.push(written(stream, chunks));
    }
    assert.deepEqual(new Set(await Promise.all(pending)), new Set([undefined]));
    return { sha256: hash.digest('hex'), bytes };
  };
  const [up, down] = await Promise.all([send(pair.dialled), send(pair.accepted)]);
  await Promise.all([pair.acceptedSink.got(up.bytes), pair.sink.got(down.bytes)]);
  assert.equal(pair.acceptedSink.sha256, up.sha256);
  assert.equal(pair.sink.sha256, down.sha256);
  assert.equal(pair.dialled.unsentBytes, 0);
});

test('a stream that is not read holds its peer back, and goes on when it is read again', async (t) => {
  const { dialled, accepted, acceptedSink } = await tlsPair(t);
  accepted.pause();
  const bytes = 32 << 20;
  const done = written(dialled, [Buffer.alloc(bytes, 1)]);
  let sent = false;
  void done.then(() => {
    sent = true;
  });
  // What sockets hold is taken; when nothing more goes in many turns of the event loop, the rest waits here.
  for (let before = -1; before !== dialled.unsentBytes; ) {
    before = dialled.unsentBytes;
    for (let i = 0; i < 1_000; i++) await turn();
  }
  assert.ok(!sent && dialled.unsentBytes > bytes / 4, `${dialled.unsentBytes} bytes wait`);
  assert.ok(acceptedSink.bytes < 1 << 20, `${acceptedSink.bytes} bytes came though nobody read`);
  accepted.resume();
  assert.equal(await done, undefined);
  await acceptedSink.got(bytes);
});

test('what was written before the end arrives; what comes after is refused', async (t) => {
  const { dialled, acceptedSink } = await tlsPair(t);
  const data = randomBytes(3_000_000);
  const done = written(dialled, [data]);
  dialled.end();
  assert.match((await written(dialled, [data]))?.message ?? '', /after the end/);
  assert.equal(await done, undefined);
  assert.equal(await acceptedSink.closedWith, undefined);
  assert.equal(acceptedSink.bytes, data.length);
});

test('writes a dead link never took are told so, each once', async (t) => {
  const { dialled, accepted } = await tlsPair(t);
  accepted.pause();
  let calls = 0;
  const all = Array.from({ length: 20 }, () => {
    return new Promise<Error | undefined>((resolve) =>
      dialled.write([Buffer.alloc(4 << 20)], (error) => {
        calls++;
        resolve(error);
      }),
    );
  });
  dialled.destroy(new Error('cut'));
  const errors = await Promise.all(all);
  assert.equal(calls, 20);
  assert.ok(errors.some((error) => error?.message === 'cut'));
});

/** A listener whose peers come through something that may change the bytes. */
async function through(t: TestContext, listener: TestListener, change: (data: Buffer) => void) {
  const sockets: Socket[] = [];
  const proxy = createServer((near) => {
    const far = netConnect(listener.port, '127.0.0.1');
    sockets.push(near, far);
    near.on('data', (data) => {
      change(data);
      far.write(data);
    });
    far.pipe(near);
    near.on('error', () => {});
    far.on('error', () => {});
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  return { kind: 'tcp', host: '127.0.0.1', port: (proxy.address() as { port: number }).port } as const;
}

test('a bit flipped on the way ends the link, and nothing of that record is handed on', async (t) => {
  const listener = await TestListener.open(t);
  let flip = false;
  const address = await through(t, listener, (data) => {
    if (flip) data[data.length - 20] = (data[data.length - 20] as number) ^ 1;
  });
  const dialled = await connectTls(address, makeKey());
  dialled.start(new Collector());
  await written(dialled, [Buffer.from('good')]);
  await listener.settled(1);
  await listener.sinks[0]?.got(4);
  flip = true;
  dialled.write([Buffer.from('never to be seen')], () => {});
  const error = await listener.sinks[0]?.closedWith;
  assert.equal((error as { code?: string } | undefined)?.code, 'tampered');
  assert.equal(listener.sinks[0]?.bytes, 4);
});

test('it works over a UNIX socket as well', async (t) => {
  const path = join(tmpdir(), `spandrel-tls-${process.pid}.sock`);
  const listener = await TestListener.open(t, makeKey(), { kind: 'unix', path });
  const dialled = await connectTls({ kind: 'unix', path }, makeKey());
  dialled.start(new Collector());
  assert.equal(dialled.identity, listener.key.fingerprint);
  await written(dialled, [Buffer.alloc(500_000)]);
  await listener.settled(1);
  await listener.sinks[0]?.got(500_000);
  dialled.destroy();
});

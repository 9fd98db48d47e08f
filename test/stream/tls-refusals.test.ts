import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, connect as netConnect, type Socket } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { connectTls } from '../../electron/stream/tls.ts';
import { TlsError } from '../../electron/stream/tls-error.ts';
import { Collector } from './support/collector.ts';
import { makeKey } from './support/keys.ts';
import { ANY, TestListener } from './support/tls-pair.ts';

/** A client made of Node's own parts, with everything right but what is given. @returns when it is closed */
async function client(listener: TestListener, options: ConnectionOptions): Promise<TLSSocket> {
  const { key, cert } = makeKey();
  const socket = connect({
    host: '127.0.0.1',
    port: listener.port,
    key,
    cert,
    ALPNProtocols: ['dmsg/1'],
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
    ...options,
  });
  socket.on('error', () => {});
  await closed(socket);
  return socket;
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.once('close', () => resolve());
  });
}

async function raw(listener: TestListener): Promise<Socket> {
  const socket = netConnect(listener.port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

for (const [name, options, code] of [
  ['a client of TLS 1.2', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }, 'version'],
  ['a client of TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' }, 'version'],
  ['a client that speaks another protocol', { ALPNProtocols: ['h2', 'http/1.1'] }, 'protocol'],
  ['a client that names no protocol', { ALPNProtocols: [] }, 'protocol'],
  ['a client without a key', { key: undefined, cert: undefined }, 'certificate'],
] as [string, ConnectionOptions, string][]) {
  test(`${name} is refused before a byte of it is handed on`, async (t) => {
    const listener = await TestListener.open(t);
    await client(listener, options);
    await listener.settled(1);
    assert.deepEqual([listener.accepted.length, listener.refused.map((error) => error.code)], [0, [code]]);
  });
}

test('a client that shows the certificate of somebody else cannot prove it', async (t) => {
  const listener = await TestListener.open(t);
  const other = makeKey();
  // OpenSSL itself does not take up a certificate with a key that does not fit.
  assert.throws(() => connect({ port: listener.port, cert: other.cert, key: makeKey().key }), /mismatch/i);
});

for (const [name, bytes] of [
  ['a plain DMSG client', Buffer.from([0x32, 0x48, ...new Array<number>(62).fill(0)])],
  [
    'a plain DMSG client of the other byte order',
    Buffer.from([0x48, 0x32, ...new Array<number>(62).fill(0)]),
  ],
  ['a browser', Buffer.from('GET / HTTP/1.1\r\nHost: nas\r\n\r\n')],
] as [string, Buffer][]) {
  test(`${name} is refused as plain`, async (t) => {
    const listener = await TestListener.open(t);
    const socket = await raw(listener);
    socket.write(bytes);
    await listener.settled(1);
    assert.deepEqual([listener.accepted.length, listener.refused[0]?.code], [0, 'plain']);
    await closed(socket);
  });
}

/** What a good client sends, cut into its writes. */
async function recorded(listener: TestListener): Promise<Buffer[]> {
  const writes: Buffer[] = [];
  const proxy = createServer((near) => {
    const far = netConnect(listener.port, '127.0.0.1');
    near.on('data', (data) => {
      writes.push(Buffer.from(data));
      far.write(data);
    });
    far.pipe(near);
    for (const socket of [near, far]) socket.on('error', () => {});
    near.on('close', () => far.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  const stream = await connectTls({ kind: 'tcp', host: '127.0.0.1', port }, makeKey());
  stream.start(new Collector());
  await new Promise((resolve) => stream.write([Buffer.from('secret words')], resolve));
  await listener.settled(1);
  await listener.sinks[0]?.got(12);
  stream.destroy();
  proxy.close();
  return writes;
}

test('bytes put in before or within the handshake end it, and are never handed on', async (t) => {
  const listener = await TestListener.open(t, makeKey(2_000));
  const writes = await recorded(listener);
  const [hello = Buffer.alloc(0)] = writes;
  const plain = Buffer.from([0x32, 0x48, ...new Array<number>(62).fill(0x41)]);
  const record = (type: number, body: Buffer): Buffer =>
    Buffer.concat([Buffer.from([type, 3, 3, body.length >> 8, body.length & 0xff]), body]);
  const attempts: Buffer[] = [
    Buffer.concat([plain, hello]),
    Buffer.concat([hello, plain]),
    Buffer.concat([hello, record(0x17, plain)]), // "application data" before there are keys
    Buffer.concat([record(0x17, plain), hello]),
    Buffer.concat([hello, hello]),
    Buffer.concat([hello, record(0x16, Buffer.from([24, 0, 0, 1, 0]))]), // KeyUpdate too early
    ...[1, 5, 6, 50].map((cut) => Buffer.concat([hello.subarray(0, cut), plain])),
  ];
  const before = listener.accepted.length;
  for (const [at, bytes] of attempts.entries()) {
    const socket = await raw(listener);
    socket.write(bytes);
    socket.resume();
    await listener.settled(before + at + 1);
    assert.equal(listener.refused.length, at + 1, `attempt ${at}`);
    socket.destroy();
  }
  assert.equal(listener.accepted.length, before);
});

test('a recorded handshake played back a thousand times never makes a link', async (t) => {
  const listener = await TestListener.open(t);
  const writes = await recorded(listener);
  assert.ok(writes.length >= 2, 'hello, then key and data');
  const PLAYS = 1_000;
  const AT_ONCE = 8;
  let played = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (played < PLAYS) {
        played++;
        const socket = await raw(listener);
        socket.write(writes[0] as Buffer);
        // The second flight goes out when the answer to the first is there, as it did.
        await once(socket, 'data');
        socket.write(Buffer.concat(writes.slice(1)));
        socket.resume();
        await closed(socket);
      }
    }),
  );
  await listener.settled(PLAYS + 1);
  assert.deepEqual([listener.accepted.length, listener.refused.length], [1, PLAYS]);
});

test('a handshake that is never finished ends after its time, whether nothing comes or a part', async (t) => {
  const listener = await TestListener.open(t, makeKey(200));
  const writes = await recorded(listener);
  for (const [at, bytes] of [
    Buffer.alloc(0),
    (writes[0] as Buffer).subarray(0, 20),
    writes[0] as Buffer,
  ].entries()) {
    const socket = await raw(listener);
    const startMs = performance.now();
    socket.write(bytes);
    socket.resume();
    await closed(socket);
    const ms = performance.now() - startMs;
    assert.ok(ms >= 150 && ms < 5_000, `${ms} ms`);
    assert.equal(listener.refused[at]?.code, 'timeout');
  }
});

test('handshakes under way are bounded: the oldest makes room', async (t) => {
  const listener = await TestListener.open(t, makeKey(60_000));
  const silent = await Promise.all(Array.from({ length: 64 }, () => raw(listener)));
  const good = await connectTls(listener.address, makeKey());
  good.start(new Collector());
  await listener.settled(2);
  assert.deepEqual([listener.accepted.length, listener.refused[0]?.code], [1, 'crowded']);
  for (const socket of silent) socket.destroy();
  good.destroy();
});

test('a session is never taken up again: each link proves both keys', async (t) => {
  const listener = await TestListener.open(t);
  const { key, cert } = makeKey();
  const options = { port: listener.port, key, cert, ALPNProtocols: ['dmsg/1'], rejectUnauthorized: false };
  const first = connect({ ...options, minVersion: 'TLSv1.3' });
  const session = new Promise<Buffer>((resolve) => first.once('session', resolve));
  await once(first, 'secureConnect');
  const ticket = await session;
  const second = connect({ ...options, minVersion: 'TLSv1.3', session: ticket });
  second.on('error', () => {});
  await closed(second);
  await listener.settled(2);
  assert.deepEqual([listener.accepted.length, listener.refused.length], [1, 1]);
  first.destroy();
});

test('a dialler does not fall back to plain where the other side has no TLS', async (t) => {
  const received: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received.push(data);
      socket.write(Buffer.concat([Buffer.from([0x32, 0x48]), Buffer.alloc(510)]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  await assert.rejects(connectTls({ ...ANY, port } as typeof ANY, makeKey()), (error: TlsError) => {
    assert.ok(error instanceof TlsError);
    assert.equal(error.code, 'plain');
    return true;
  });
  assert.equal(Buffer.concat(received)[0], 0x16, 'a TLS handshake, and nothing else, was sent');
});

test('a dialler gives up on a silent peer after its time', async (t) => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  await assert.rejects(connectTls({ ...ANY, port } as typeof ANY, makeKey(200)), { code: 'timeout' });
});

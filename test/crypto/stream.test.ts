import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encryptLink } from '../../electron/dmsg/crypto/encrypt-link.ts';
import { LinkCryptoError } from '../../electron/dmsg/crypto/error.ts';
import { makeFlight } from '../../electron/dmsg/crypto/flight.ts';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { decodeStream, encodeStream } from './by-the-book.ts';
import { aliceKeys, bobKeys, Collector, ScriptedStream, turn } from './support.ts';

interface Opened {
  readonly below: ScriptedStream;
  readonly link: ByteStream;
  readonly sink: Collector;
  /** The session of what alice receives. */
  readonly session: Buffer;
}

/** Alice's end of a link that has been set up. */
async function opened(targetBytes?: number): Promise<Opened> {
  const below = new ScriptedStream();
  const pending = encryptLink(below, aliceKeys);
  const { bytes, session } = makeFlight(bobKeys);
  below.deliver(bytes);
  const link = await pending;
  below.written.length = 0;
  const sink = new Collector(targetBytes);
  link.start(sink);
  await turn();
  return { below, link, sink, session };
}

test('received in reads and targets of any size', async () => {
  const plain = randomBytes(64 * 100);
  for (const readBytes of [1, 63, 79, 80, 81, 1000]) {
    for (const targetBytes of [1, 63, 64, 100, 100_000]) {
      const { below, sink, session } = await opened(targetBytes);
      below.deliver(encodeStream(session, plain), readBytes);
      assert.deepEqual(sink.content, plain, `reads of ${readBytes}, targets of ${targetBytes}`);
    }
  }
});

test('paused in the middle of a read: nothing more until resume, then all of it', async () => {
  const { below, link, sink, session } = await opened(64);
  const plain = randomBytes(64 * 10);
  sink.afterReceived = () => {
    if (sink.receivedBytes === 192) link.pause();
  };
  below.deliver(encodeStream(session, plain));
  await turn();
  assert.equal(sink.receivedBytes, 192);
  assert.ok(below.paused);
  link.resume();
  assert.equal(sink.receivedBytes, 192, 'nothing within the call of resume');
  await turn();
  assert.deepEqual(sink.content, plain);
  assert.equal(below.paused, false);
});

test('pause and resume within received', async () => {
  const { below, link, sink, session } = await opened(64);
  const plain = randomBytes(64 * 10);
  sink.afterReceived = () => {
    link.pause();
    link.resume();
  };
  below.deliver(encodeStream(session, plain));
  await turn();
  assert.deepEqual(sink.content, plain);
  assert.equal(below.paused, false);
});

test('an end that arrives while paused is told after what came before it', async () => {
  const { below, link, sink, session } = await opened(64);
  const plain = randomBytes(64 * 4);
  sink.afterReceived = () => {
    if (sink.receivedBytes === 64) link.pause();
  };
  below.deliver(encodeStream(session, plain));
  below.close();
  await turn();
  assert.equal(sink.closedCount, 0);
  link.resume();
  assert.equal(await sink.closedWith, undefined);
  assert.deepEqual(sink.content, plain);
});

test('an error while paused is told at once', async () => {
  const { below, link, sink } = await opened();
  link.pause();
  below.close(new Error('reset'));
  assert.match(String(await sink.closedWith), /reset/);
  link.resume();
  await turn();
  assert.equal(sink.closedCount, 1);
});

test('an end before start is told after it', async () => {
  const below = new ScriptedStream();
  const pending = encryptLink(below, aliceKeys);
  below.deliver(makeFlight(bobKeys).bytes);
  below.close();
  const sink = new Collector();
  (await pending).start(sink);
  assert.equal(await sink.closedWith, undefined);
});

test('a changed byte ends the link, with what came before it handed on', async () => {
  for (const at of [0, 63, 64, 79]) {
    const { below, link, sink, session } = await opened();
    const sealed = encodeStream(session, randomBytes(64 * 3));
    sealed[80 + at] = (sealed[80 + at] as number) ^ 0x80;
    below.deliver(sealed.subarray(0, 80));
    below.deliver(sealed.subarray(80));
    const error = await sink.closedWith;
    assert.ok(error instanceof LinkCryptoError);
    assert.equal(error.code, 'mac');
    assert.equal(error.wire, 19);
    assert.equal(sink.receivedBytes, 64);
    assert.ok(below.destroyed);
    await assert.rejects(written(link, 64), error);
  }
});

test('a chunk left out, repeated or moved ends the link', async () => {
  const orders = [[1], [0, 0], [1, 0]];
  for (const order of orders) {
    const { below, sink, session } = await opened();
    const sealed = encodeStream(session, randomBytes(128));
    for (const i of order) below.deliver(sealed.subarray(i * 80, i * 80 + 80));
    assert.equal(((await sink.closedWith) as LinkCryptoError).code, 'mac');
  }
});

test('an end within a chunk is an error, between chunks it is none', async () => {
  for (const [bytes, code] of [
    [81, 'truncated'],
    [159, 'truncated'],
    [160, undefined],
  ] as const) {
    const { below, sink, session } = await opened();
    below.deliver(encodeStream(session, randomBytes(128)).subarray(0, bytes));
    below.close();
    assert.equal(((await sink.closedWith) as LinkCryptoError | undefined)?.code, code);
  }
});

function written(link: ByteStream, ...sizes: number[]): Promise<void> {
  const chunks = sizes.map((size) => randomBytes(size));
  return new Promise((resolve, reject) => link.write(chunks, (error) => (error ? reject(error) : resolve())));
}

test('writes in pieces of any size', async () => {
  const below = new ScriptedStream();
  const pending = encryptLink(below, aliceKeys);
  const peer = new ScriptedStream();
  const peerPending = encryptLink(peer, bobKeys);
  below.deliver(peer.sent);
  peer.deliver(below.sent);
  const [link, peerLink] = await Promise.all([pending, peerPending]);
  below.written.length = 0;
  const sink = new Collector();
  peerLink.start(sink);
  const expected: Buffer[] = [];
  let done = 0;
  for (let size = 1; size < 200; size++) {
    const pieces = [size, 0, 64 - (size % 64), 64, 0].map((bytes) => randomBytes(bytes));
    expected.push(...pieces);
    link.write(pieces, () => done++);
  }
  link.write([], () => done++);
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(done, 200);
  peer.deliver(below.sent);
  assert.deepEqual(sink.content, Buffer.concat(expected));
});

test('done in order, unsentBytes, and one window of memory however slow the peer', async () => {
  const { below, link } = await opened();
  below.takesAtOnce = false;
  const order: number[] = [];
  const write = randomBytes(48 << 10);
  for (let i = 0; i < 100; i++) link.write([write], () => order.push(i));
  assert.equal(link.unsentBytes, 100 * write.length);
  assert.ok(below.unsentBytes <= 64 << 10, `${below.unsentBytes} bytes encrypted ahead`);
  let before = link.unsentBytes;
  while (link.unsentBytes > 0) {
    below.take();
    assert.ok(link.unsentBytes < before);
    assert.ok(below.unsentBytes <= 64 << 10);
    before = link.unsentBytes;
  }
  assert.deepEqual(
    order,
    Array.from({ length: 100 }, (_, i) => i),
  );
});

test('end sends what is queued first, and takes nothing more', async () => {
  const { below, link } = await opened();
  below.takesAtOnce = false;
  let done = 0;
  link.write([randomBytes(200 << 10)], () => done++);
  link.end();
  link.end();
  await assert.rejects(written(link, 64), /after end/);
  while (link.unsentBytes > 0) {
    assert.equal(below.ended, false);
    below.take();
  }
  assert.equal(done, 1);
  assert.ok(below.ended);
});

test('destroy tells every write, once, and the sink', async () => {
  const { below, link, sink } = await opened();
  below.takesAtOnce = false;
  const writes = [written(link, 64), written(link, 1 << 20), written(link, 64)];
  link.destroy(new Error('enough'));
  for (const write of writes) await assert.rejects(write, /enough/);
  await assert.rejects(written(link, 64), /enough/);
  assert.match(String(await sink.closedWith), /enough/);
  assert.equal(link.unsentBytes, 0);
});

test('nothing is received after destroy within received', async () => {
  const { below, link, sink, session } = await opened(64);
  sink.afterReceived = () => link.destroy();
  below.deliver(encodeStream(session, randomBytes(640)));
  assert.equal(await sink.closedWith, undefined);
  assert.equal(sink.receivedBytes, 64);
});

test('a failed write tells all that wait behind it', async () => {
  const { below, link } = await opened();
  below.takesAtOnce = false;
  const writes = [written(link, 64), written(link, 64)];
  below.take(new Error('EPIPE'));
  for (const write of writes) await assert.rejects(write, /EPIPE/);
});

test('a write that is not whole chunks ends the link', async () => {
  const { below, link, sink } = await opened();
  await assert.rejects(written(link, 64, 10), { code: 'alignment' });
  assert.equal(((await sink.closedWith) as LinkCryptoError).code, 'alignment');
  assert.equal(below.sent.length, 0);
});

test('each direction has its own session', async () => {
  const { below, link, session } = await opened();
  await written(link, 64);
  assert.throws(() => decodeStream(session, below.sent));
});

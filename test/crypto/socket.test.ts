import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { connect as dial } from 'node:net';
import { type TestContext, test } from 'node:test';
import { encryptLink } from '../../electron/dmsg/crypto/encrypt-link.ts';
import type { LinkCryptoError } from '../../electron/dmsg/crypto/error.ts';
import { makeFlight } from '../../electron/dmsg/crypto/flight.ts';
import type { LinkKeys } from '../../electron/dmsg/crypto/keys.ts';
import type { Address } from '../../electron/stream/address.ts';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { connect } from '../../electron/stream/connect.ts';
import { listen } from '../../electron/stream/listen.ts';
import { encodeStream } from './by-the-book.ts';
import { alice, aliceKeys, bobKeys, Collector, mallory } from './support.ts';

interface Served {
  readonly port: number;
  /** Bob's end of the first link, or why there is none. */
  readonly bob: Promise<ByteStream>;
}

/** Bob listens until the end of the test. */
async function serveBob(t: TestContext, sink: Collector): Promise<Served> {
  let settle: (link: Promise<ByteStream>) => void = () => {};
  const bob = new Promise<ByteStream>((resolve) => {
    settle = resolve;
  });
  const streams: ByteStream[] = [];
  const listener = await listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, (stream) => {
    streams.push(stream);
    const link = encryptLink(stream, bobKeys).then((encrypted) => {
      encrypted.start(sink);
      return encrypted;
    });
    settle(link);
  });
  bob.catch(() => {});
  t.after(() => {
    for (const stream of streams) stream.destroy();
    return listener.close();
  });
  return { bob, port: (listener.address as Address & { kind: 'tcp' }).port };
}

async function dialBob(port: number, keys: LinkKeys, sink: Collector): Promise<ByteStream> {
  const stream = await connect({ kind: 'tcp', host: '127.0.0.1', port });
  const link = await encryptLink(stream, keys);
  link.start(sink);
  return link;
}

function write(link: ByteStream, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) =>
    link.write([bytes], (error) => (error ? reject(error) : resolve())),
  );
}

test('both directions at once, then an orderly end', async (t) => {
  const [aliceSink, bobSink] = [new Collector(), new Collector(100_000)];
  const { bob, port } = await serveBob(t, bobSink);
  const aliceLink = await dialBob(port, aliceKeys, aliceSink);
  const bobLink = await bob;
  const [toBob, toAlice] = [randomBytes(1 << 20), randomBytes(1 << 20)];
  const sent = [write(aliceLink, toBob), write(bobLink, toAlice)];
  await Promise.all([...sent, bobSink.until(toBob.length), aliceSink.until(toAlice.length)]);
  assert.deepEqual(bobSink.content, toBob);
  assert.deepEqual(aliceSink.content, toAlice);
  aliceLink.end();
  assert.equal(await bobSink.closedWith, undefined);
  assert.equal(await aliceSink.closedWith, undefined);
});

test('what is written before the peer reads, and ended at once, all arrives', async (t) => {
  const bobSink = new Collector();
  const { port } = await serveBob(t, bobSink);
  const message = randomBytes(300 << 10);
  const link = await dialBob(port, aliceKeys, new Collector());
  link.write([message], () => {});
  link.end();
  assert.equal(await bobSink.closedWith, undefined);
  assert.deepEqual(bobSink.content, message);
});

test('a slow peer holds the sender back', async (t) => {
  const bobSink = new Collector();
  const { bob, port } = await serveBob(t, bobSink);
  const link = await dialBob(port, aliceKeys, new Collector());
  const bobLink = await bob;
  bobLink.pause();
  const piece = randomBytes(1 << 20);
  const total = 24;
  let done = 0;
  for (let i = 0; i < total; i++) link.write([piece], () => done++);
  // Until the buffers of the system are full: nothing was taken in many turns of the event loop.
  for (let still = 0, before = link.unsentBytes; still < 1000; still++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (link.unsentBytes !== before) still = 0;
    before = link.unsentBytes;
  }
  assert.ok(done < total);
  assert.equal(bobSink.receivedBytes, 0);
  bobLink.resume();
  await bobSink.until(total * piece.length);
  assert.equal(link.unsentBytes, 0);
  assert.ok(bobSink.content.equals(Buffer.concat(Array.from({ length: total }, () => piece))));
  link.destroy();
  await bobSink.closedWith;
});

test('a stranger is refused on both sides, and the listener lives on', async (t) => {
  const bobSink = new Collector();
  const { bob, port } = await serveBob(t, bobSink);
  const stranger: LinkKeys = { own: mallory.privateKey, peer: alice.publicKey };
  await assert.rejects(dialBob(port, stranger, new Collector()), { name: 'LinkCryptoError' });
  await assert.rejects(bob, { code: 'key' });
});

test('a stream cut within a chunk', async (t) => {
  const bobSink = new Collector();
  const { bob, port } = await serveBob(t, bobSink);
  const { bytes, session } = makeFlight(aliceKeys);
  const socket = dial(port, '127.0.0.1');
  socket.end(Buffer.concat([bytes, encodeStream(session, randomBytes(128)).subarray(0, 100)]));
  socket.resume();
  await bob;
  assert.equal(((await bobSink.closedWith) as LinkCryptoError).code, 'truncated');
  assert.equal(bobSink.receivedBytes, 64);
});

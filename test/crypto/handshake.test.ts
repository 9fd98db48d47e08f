import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encryptLink } from '../../electron/dmsg/crypto/encrypt-link.ts';
import { LinkCryptoError, type LinkCryptoErrorCode } from '../../electron/dmsg/crypto/error.ts';
import { makeFlight } from '../../electron/dmsg/crypto/flight.ts';
import type { LinkKeys } from '../../electron/dmsg/crypto/keys.ts';
import { SeenSessions } from '../../electron/dmsg/crypto/seen-sessions.ts';
import { decodeFlight, decodeStream, encodeFlight, encodeStream, plainFlight } from './by-the-book.ts';
import { alice, aliceKeys, bob, bobKeys, Collector, mallory, ScriptedStream, turn } from './support.ts';

/** Bring `flight` to alice and expect the error it ends her link with. */
async function refusal(
  flight: Uint8Array,
  code: LinkCryptoErrorCode,
  keys: LinkKeys = aliceKeys,
): Promise<void> {
  const stream = new ScriptedStream();
  const link = encryptLink(stream, keys);
  stream.deliver(flight);
  await assert.rejects(link, (error) => {
    assert.ok(error instanceof LinkCryptoError);
    assert.equal(error.code, code, error.message);
    return true;
  });
  assert.ok(stream.destroyed);
}

async function acceptance(flight: Uint8Array): Promise<void> {
  const stream = new ScriptedStream();
  const link = encryptLink(stream, aliceKeys);
  stream.deliver(flight);
  (await link).destroy();
}

test('what we send reads as the document says', async () => {
  const stream = new ScriptedStream();
  const session = randomBytes(64);
  const pending = encryptLink(stream, aliceKeys);
  stream.deliver(encodeFlight(bob.privateKey, alice.publicKey, plainFlight(session)));
  const link = await pending;
  const sink = new Collector();
  link.start(sink);

  const ours = decodeFlight(bob.privateKey, alice.publicKey, stream.sent.subarray(0, 512));
  assert.equal(stream.sent.length, 512);
  assert.equal((ours[0] as number) & 0xc0, 0);
  assert.equal((ours[256] as number) & 0xc0, 0);
  assert.equal(ours.readUInt16LE(8), 0x4832);
  assert.equal(ours.readUInt16LE(10), 1);
  assert.equal(ours.readUInt32LE(12), 0);
  assert.match(ours.subarray(96, 128).toString('latin1'), /^[\x20-\x7e]+\0+$/);
  const ourSession = ours.subarray(16, 80);
  for (let i = 0; i < 16; i++) {
    const [a, b, c, d] = ourSession.subarray(i * 4, i * 4 + 4) as unknown as [number, number, number, number];
    assert.equal(ours[80 + i], a ^ b ^ c ^ d);
  }

  const sending = randomBytes(64 * 700);
  link.write([sending], () => {});
  await turn();
  assert.deepEqual(decodeStream(ourSession, stream.sent.subarray(512)), sending);

  const receiving = randomBytes(64 * 3000);
  await turn();
  stream.deliver(encodeStream(session, receiving));
  assert.deepEqual(sink.content, receiving);
});

test('a flight may arrive in any two pieces', async () => {
  for (let split = 1; split <= 256; split++) {
    const [a, b] = [new ScriptedStream(), new ScriptedStream()];
    const links = [encryptLink(a, aliceKeys), encryptLink(b, bobKeys)];
    const [fromA, fromB] = [a.sent, b.sent];
    a.deliver(fromB.subarray(0, split));
    b.deliver(fromA.subarray(0, 512 - split));
    await turn();
    a.deliver(fromB.subarray(split));
    b.deliver(fromA.subarray(512 - split));
    for (const link of await Promise.all(links)) link.destroy();
  }
});

test('a flight may arrive byte by byte', async () => {
  const stream = new ScriptedStream();
  const link = encryptLink(stream, aliceKeys);
  stream.deliver(makeFlight(bobKeys).bytes, 1);
  (await link).destroy();
});

test('the stream behind the flight waits for start, even where it came in the same read', async () => {
  const stream = new ScriptedStream();
  const pending = encryptLink(stream, aliceKeys);
  const { bytes, session } = makeFlight(bobKeys);
  const message = randomBytes(128);
  const rest = stream.deliver(Buffer.concat([bytes, encodeStream(session, message)]));
  assert.equal(rest.length, 160);
  const link = await pending;
  const sink = new Collector();
  link.start(sink);
  await turn();
  assert.equal(stream.paused, false);
  stream.deliver(rest);
  assert.deepEqual(sink.content, message);
});

test('a spoiled field of the flight', async () => {
  const spoil = (at: number): Buffer => {
    const plain = plainFlight(randomBytes(64));
    plain[at] = (plain[at] as number) ^ 0x04;
    return encodeFlight(bob.privateKey, alice.publicKey, plain);
  };
  await refusal(spoil(8), 'magic');
  await refusal(spoil(9), 'magic');
  await refusal(spoil(10), 'version');
  await refusal(spoil(11), 'version');
  await refusal(spoil(16), 'verifier');
  await refusal(spoil(79), 'verifier');
  await refusal(spoil(80), 'verifier');
  await refusal(spoil(95), 'verifier');
  for (const ignored of [0, 4, 12, 96, 127, 128, 255, 256, 511]) await acceptance(spoil(ignored));
});

test('a peer of the other byte order', async () => {
  const plain = plainFlight(randomBytes(64));
  plain.writeUInt16BE(0x4832, 8);
  plain.writeUInt16BE(1, 10);
  await acceptance(encodeFlight(bob.privateKey, alice.publicKey, plain));
});

test('a byte changed on the way', async () => {
  for (let at = 0; at < 256; at += 15) {
    const { bytes } = makeFlight(bobKeys);
    bytes[at] = (bytes[at] as number) ^ 0x01;
    await refusal(bytes, 'key');
  }
});

test('a number over the modulus', () => refusal(Buffer.alloc(512, 0xff), 'key'));

test('wrong keys', async () => {
  // Not the private key of the peer we know.
  await refusal(makeFlight({ own: mallory.privateKey, peer: alice.publicKey }).bytes, 'key');
  // Not our public key.
  await refusal(makeFlight({ own: bob.privateKey, peer: mallory.publicKey }).bytes, 'key');
});

test('a peer without encryption', async () => {
  const plain = Buffer.alloc(512, 1);
  plain.writeUInt16LE(0x4832);
  await refusal(plain, 'plain');
  const stream = new ScriptedStream();
  const link = encryptLink(stream, aliceKeys, { timeoutMs: 5 });
  stream.deliver(plain.subarray(0, 384));
  await assert.rejects(link, { code: 'plain' });
});

test('a replayed flight', async () => {
  const { bytes } = makeFlight(bobKeys);
  await acceptance(bytes);
  await refusal(bytes, 'replay');
  await refusal(bytes, 'replay');
});

test('our own flight sent back, where both sides have one key pair', async () => {
  const stream = new ScriptedStream();
  const link = encryptLink(stream, { own: alice.privateKey, peer: alice.publicKey });
  stream.deliver(stream.sent);
  await assert.rejects(link, { code: 'replay', wire: 12 });
});

test('sessions are remembered up to a limit', () => {
  const seen = new SeenSessions(2);
  const [a, b, c] = [Buffer.alloc(64, 1), Buffer.alloc(64, 2), Buffer.alloc(64, 3)];
  assert.ok(seen.add(a) && seen.add(b) && !seen.add(a) && seen.add(c) && !seen.add(b) && seen.add(a));
});

test('no handshake in time', async () => {
  const stream = new ScriptedStream();
  const link = encryptLink(stream, aliceKeys, { timeoutMs: 5 });
  stream.deliver(Buffer.alloc(511, 1));
  await assert.rejects(link, { code: 'timeout', message: /within 5 ms \(511 of 512 bytes came\)/ });
  assert.ok(stream.destroyed);
});

test('a stream that ends in the handshake', async () => {
  for (const error of [undefined, new Error('ECONNRESET')]) {
    const stream = new ScriptedStream();
    const link = encryptLink(stream, aliceKeys);
    stream.deliver(Buffer.alloc(100, 1));
    stream.close(error);
    const expected = { code: 'truncated', wire: 2 };
    await assert.rejects(link, error === undefined ? expected : { ...expected, cause: error });
  }
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Random } from '../../dmsg/support/random.ts';
import { ALL_RECORDINGS } from '../../dmsg/support/vectors.ts';
import { BadLink, BOTH } from './bad-link.ts';
import { MessageCutter } from './message-cutter.ts';

/** What the dialler said in a recorded conversation: whole messages of a real peer. */
const MESSAGES = ALL_RECORDINGS.map(({ messages }) => messages)
  .sort((a, b) => b.length - a.length)[0]
  ?.map(({ bytes }) => bytes) as Buffer[];

interface Ends {
  readonly link: BadLink;
  readonly client: Socket;
  readonly server: Socket;
  /** What has arrived at the server, once it is so many bytes. */
  readonly arrived: (bytes: number) => Promise<Buffer>;
}

async function through(t: TestContext): Promise<Ends> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as { port: number };
  const link = await BadLink.start({ kind: 'tcp', host: '127.0.0.1', port });
  const accepted = once(listener, 'connection') as Promise<[Socket]>;
  const client = connect(link.address.port, '127.0.0.1');
  const [server] = await accepted;
  for (const socket of [client, server]) socket.on('error', () => {});
  let received: Buffer = Buffer.alloc(0);
  server.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  t.after(async () => {
    client.destroy();
    server.destroy();
    listener.close();
    await link.close();
  });
  const arrived = async (bytes: number): Promise<Buffer> => {
    while (received.length < bytes) await once(server, 'data');
    return received;
  };
  return { link, client, server, arrived };
}

/** Not `once`, which an error ends. @returns whether it ended with one */
const closed = (socket: Socket): Promise<boolean> => new Promise((resolve) => socket.once('close', resolve));

test('messages are found wherever the stream is cut', () => {
  const random = new Random();
  const all = Buffer.concat(MESSAGES);
  const cutter = new MessageCutter();
  const ends: number[] = [];
  for (let at = 0; at < all.length; ) {
    const chunk = all.subarray(at, at + random.integer(1, 200));
    ends.push(...cutter.ends(chunk).map((end) => at + end));
    at += chunk.length;
  }
  let end = 0;
  assert.deepEqual(
    ends,
    MESSAGES.map(({ length }) => (end += length)),
  );
});

const [a, b, c] = MESSAGES as [Buffer, Buffer, Buffer];
for (const { fault, expected } of [
  { fault: 'duplicate', expected: [a, a, b, c] },
  { fault: 'swap', expected: [b, a, c] },
  { fault: 'drop', expected: [b, c] },
] as const) {
  test(`${fault}: strikes one message and no other`, async (t) => {
    const { link, client, arrived } = await through(t);
    link.mangle('up', fault);
    client.write(Buffer.concat([a, b, c]));
    const whole = Buffer.concat(expected);
    assert.ok((await arrived(whole.length)).equals(whole));
  });
}

test('flip: one bit is another', async (t) => {
  const { link, client, arrived } = await through(t);
  link.mangle('up', 'flip');
  client.write(Buffer.concat([a, b]));
  const found = await arrived(a.length + b.length);
  const differing = [...found].map((byte, i) => byte ^ (Buffer.concat([a, b])[i] as number)).filter(Boolean);
  assert.equal(differing.length, 1);
  assert.equal(Math.log2(differing[0] as number) % 1, 0);
});

test('a black hole keeps what comes and lets it go in order', async (t) => {
  const { link, client, server, arrived } = await through(t);
  client.write(a);
  await arrived(a.length);
  link.blackHole(BOTH, false);
  let heard = 0;
  server.on('data', () => heard++);
  client.write(b);
  client.write(c);
  server.write('nobody hears that');
  let answered = false;
  client.on('data', () => {
    answered = true;
  });
  // Another connection passes, and is later than what is kept.
  const other = connect(link.address.port, '127.0.0.1');
  await once(other, 'connect');
  other.destroy();
  assert.deepEqual([heard, answered], [0, false]);
  link.heal();
  const all = Buffer.concat([a, b, c]);
  assert.ok((await arrived(all.length)).equals(all));
});

test('what is stuck arrives after its client was cut off, and then the end', async (t) => {
  const { link, client, server, arrived } = await through(t);
  const held = link.stick();
  client.write(a);
  await held;
  link.cutStuckClients();
  await closed(client);
  assert.equal(server.readableEnded, false);
  assert.equal(link.deliver(), a.length);
  assert.ok((await arrived(a.length)).equals(a));
  await once(server, 'end');
});

test('a slow link takes its time, a reset one ends at once', async (t) => {
  const { link, client, arrived } = await through(t);
  link.slow(100, 0);
  const startMs = performance.now();
  client.write(a);
  await arrived(a.length);
  assert.ok(performance.now() - startMs >= 99);
  link.slow(0, a.length * 10);
  const slowMs = performance.now();
  client.write(a);
  await arrived(2 * a.length);
  assert.ok(performance.now() - slowMs >= 50, 'a tenth of a second for all of it');
  link.cut('reset');
  assert.equal(await closed(client), true);
});

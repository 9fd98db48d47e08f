import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { folderFor } from './support/folder.ts';
import { type End, socketPair } from './support/pair.ts';

const FLOOD = Buffer.alloc(32 << 20, 'flood');

/** Write so much that the system cannot take it while nobody reads. */
async function stuff({ stream }: End, other: End, done: (error?: Error) => void): Promise<void> {
  other.stream.pause();
  stream.write([FLOOD], done);
  await until(() => stream.unsentBytes > 0, 'bytes the system does not take');
}

test('both ways, in pieces of every size, in order', async (t) => {
  const random = new Random();
  const unix = { kind: 'unix', path: join(folderFor(t), 's') } as const;
  for (const readBytes of [1, 100, 65_536]) {
    for (const address of [undefined, unix]) {
      const { dialled, accepted } = await socketPair(t, address, readBytes);
      const total = readBytes === 1 ? 2000 : 300_000;
      await Promise.all([pump(dialled, accepted, random, total), pump(accepted, dialled, random, total)]);
    }
  }
});

async function pump(from: End, to: End, random: Random, total: number): Promise<void> {
  const bytes = random.bytes(total);
  const before = to.sink.bytes.length;
  const order: number[] = [];
  let writes = 0;
  let done = 0;
  for (let at = 0; at < total; ) {
    const chunks: Buffer[] = [];
    for (let count = random.integer(0, 4); count > 0; count--) {
      const end = Math.min(total, at + random.integer(0, 20_000));
      chunks.push(bytes.subarray(at, end));
      at = end;
    }
    const number = writes++;
    from.stream.write(chunks, (error) => {
      assert.equal(error, undefined);
      done++;
      if (chunks.length > 0) order.push(number); // without chunks there is nothing to wait for
    });
    if (random.next() < 0.2) await turn();
  }
  await to.sink.has(before + total);
  assert.ok(bytes.equals(to.sink.bytes.subarray(before)));
  await until(() => done === writes, 'the end of all writes');
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  );
  assert.equal(from.stream.unsentBytes, 0);
}

test('a write is done exactly once, and not before the system has it', async (t) => {
  const { dialled, accepted } = await socketPair(t);
  const ends: (Error | undefined)[] = [];
  await stuff(dialled, accepted, (error) => ends.push(error));
  dialled.stream.write([Buffer.from('after')], (error) => ends.push(error));
  await turn();
  assert.deepEqual(ends, []);
  assert.ok(dialled.stream.unsentBytes >= 5);
  accepted.stream.resume();
  await accepted.sink.has(FLOOD.length + 5);
  await until(() => ends.length === 2, 'both ends');
  await turn();
  assert.deepEqual(ends, [undefined, undefined]);
  assert.ok(accepted.sink.bytes.subarray(0, FLOOD.length).equals(FLOOD));
  assert.equal(accepted.sink.bytes.subarray(FLOOD.length).toString(), 'after');
});

test('pause holds the bytes back until resume', async (t) => {
  for (const flip of [false, true]) {
    const pair = await socketPair(t);
    const [from, to] = flip ? [pair.accepted, pair.dialled] : [pair.dialled, pair.accepted];
    from.stream.write([Buffer.from('one')], () => {});
    await to.sink.has(3);
    to.stream.pause();
    let sent = false;
    from.stream.write([Buffer.from('two')], () => {
      sent = true;
    });
    await until(() => sent, 'the system taking it');
    for (let i = 0; i < 20; i++) await turn();
    assert.equal(to.sink.bytes.toString(), 'one');
    to.stream.resume();
    await to.sink.has(6);
    assert.equal(to.sink.bytes.toString(), 'onetwo');
  }
});

test('destroy ends every write once, what is queued with an error, and both sinks hear of it once', async (t) => {
  for (const flip of [false, true]) {
    const pair = await socketPair(t);
    const [from, to] = flip ? [pair.accepted, pair.dialled] : [pair.dialled, pair.accepted];
    const ends: (Error | undefined)[] = [];
    let begunEnds = 0; // of the write the system has begun to take: Node names no error for it
    await stuff(from, to, () => begunEnds++);
    from.stream.write([Buffer.from('a'), Buffer.from('b')], (error) => ends.push(error));
    const reason = new Error('cut');
    from.stream.destroy(reason);
    from.stream.destroy(new Error('again'));
    from.stream.write([Buffer.from('late')], (error) => ends.push(error));
    assert.equal(await from.sink.closedWith, reason);
    await until(() => ends.length === 2 && begunEnds === 1, 'the ends of all writes');
    assert.ok(ends.every((error) => error instanceof Error));
    assert.equal(from.stream.unsentBytes, 0);
    to.stream.resume();
    await to.sink.closedWith;
    await turn();
    assert.deepEqual([ends.length, begunEnds, from.sink.closedCount, to.sink.closedCount], [2, 1, 1, 1]);
  }
});

test('end sends what is queued, then closes; a write after it fails alone', async (t) => {
  for (const flip of [false, true]) {
    const pair = await socketPair(t);
    const [from, to] = flip ? [pair.accepted, pair.dialled] : [pair.dialled, pair.accepted];
    const ends: (Error | undefined)[] = [];
    await stuff(from, to, (error) => ends.push(error));
    from.stream.end();
    from.stream.write([Buffer.from('x')], (error) => ends.push(error));
    await turn();
    assert.match(String(ends[0]), /written after the end/);
    to.stream.resume();
    await to.sink.has(FLOOD.length);
    assert.equal(await to.sink.closedWith, undefined);
    assert.equal(await from.sink.closedWith, undefined);
    assert.deepEqual(ends.slice(1), [undefined]);
    assert.equal(to.sink.bytes.length, FLOOD.length);
  }
});

test('who is at the other end has a name', async (t) => {
  const { dialled, accepted } = await socketPair(t);
  assert.match(dialled.stream.remote, /^127\.0\.0\.1:\d+$/);
  assert.match(accepted.stream.remote, /^127\.0\.0\.1:\d+$/);
  const path = join(folderFor(t), 's');
  const local = await socketPair(t, { kind: 'unix', path });
  assert.equal(local.dialled.stream.remote, `unix:${path}`);
  assert.match(local.accepted.stream.remote, /^unix:.*#\d+$/);
});

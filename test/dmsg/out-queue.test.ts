import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutQueue } from '../../electron/stream/out-queue.ts';
import { HoldingStream } from './support/holding-stream.ts';
import { Random } from './support/random.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function put(queue: OutQueue, bytes: Uint8Array): void {
  const at = queue.reserve(bytes.length);
  queue.staging.bytes.set(bytes, at);
}

describe('OutQueue', () => {
  test('what is queued in one turn leaves in one write, in order', async () => {
    const stream = new HoldingStream();
    const queue = new OutQueue(stream);
    put(queue, Buffer.from('one '));
    put(queue, Buffer.from('two '));
    queue.append(Buffer.from('three '), () => {});
    put(queue, Buffer.from('four'));
    assert.equal(queue.unsentBytes, 18);
    assert.equal(stream.batches.length, 0);
    await turn();
    assert.equal(stream.batches.length, 1);
    assert.equal(stream.batches[0]?.asQueued.toString(), 'one two three four');
    assert.equal(stream.batches[0]?.chunks.length, 3, 'small pieces are packed together');
    assert.equal(queue.unsentBytes, 18);
    stream.takeAll();
    assert.equal(queue.unsentBytes, 0);
  });

  test('flush by hand, and nothing twice', async () => {
    const stream = new HoldingStream();
    const queue = new OutQueue(stream);
    queue.flush();
    assert.equal(stream.batches.length, 0);
    put(queue, Buffer.from('x'));
    queue.flush();
    await turn();
    assert.equal(stream.batches.length, 1);
  });

  test('unreserve gives back the end of the newest reservation', async () => {
    const stream = new HoldingStream();
    const queue = new OutQueue(stream);
    put(queue, Buffer.from('abcdef'));
    queue.unreserve(3);
    put(queue, Buffer.from('xyz'));
    assert.equal(queue.unsentBytes, 6);
    await turn();
    assert.equal(stream.batches[0]?.asQueued.toString(), 'abcxyz');
  });

  test('a release comes once, when its batch is taken or lost, and not before', async () => {
    const stream = new HoldingStream();
    let progress = 0;
    const queue = new OutQueue(stream, () => progress++);
    const released = [0, 0, 0];
    for (const i of [0, 1, 2]) {
      queue.append(Buffer.alloc(10, i), () => (released[i] = (released[i] as number) + 1));
      await turn();
    }
    assert.equal(stream.inFlight, 3);
    assert.deepEqual(released, [0, 0, 0]);
    stream.take(1);
    assert.deepEqual(released, [0, 1, 0]);
    stream.take(2, new Error('lost'));
    stream.take(0);
    assert.deepEqual(released, [1, 1, 1]);
    assert.equal(progress, 3);
  });

  test('staging memory is not used again while a batch in flight stands in it', async () => {
    const random = new Random();
    const stream = new HoldingStream();
    const queue = new OutQueue(stream);
    const sent: Buffer[] = [];
    const releases = new Map<number, number>();
    for (let round = 0; round < 400; round++) {
      for (let i = random.integer(0, 5); i >= 0; i--) {
        const bytes = random.bytes(random.pick([1, 64, 448, 5_000, 17_000, 40_000]));
        sent.push(bytes);
        if (random.next() < 0.7) put(queue, bytes);
        else {
          const id = sent.length;
          releases.set(id, 0);
          queue.append(bytes, () => releases.set(id, (releases.get(id) ?? 0) + 1));
        }
      }
      // Out of turn, late, and while new bytes wait: `take` fails if the old have changed since.
      if (random.next() < 0.5) await Promise.resolve();
      const waiting = stream.batches.flatMap(({ finished }, i) => (finished ? [] : [i]));
      while (waiting.length > random.integer(0, 6)) {
        const [index] = waiting.splice(random.integer(0, waiting.length - 1), 1);
        stream.take(index as number);
      }
      await Promise.resolve();
    }
    await turn();
    stream.takeAll();
    assert.ok(stream.taken.equals(Buffer.concat(sent)));
    assert.ok(releases.size > 0);
    assert.deepEqual([...new Set(releases.values())], [1]);
    assert.equal(queue.unsentBytes, 0);
  });

  test('two queues do not share memory while either has a batch in flight', async () => {
    const streams = [new HoldingStream(), new HoldingStream()] as const;
    const queues = streams.map((stream) => new OutQueue(stream));
    for (let round = 0; round < 20; round++) {
      queues.forEach((queue, i) => {
        put(queue, Buffer.alloc(30_000, 10 * i + round));
      });
      await Promise.resolve();
      if (round % 3 === 0) streams[round % 2 === 0 ? 0 : 1].takeAll();
    }
    await turn();
    for (const stream of streams) stream.takeAll();
    streams.forEach((stream, i) => {
      const expected = Buffer.concat(
        Array.from({ length: 20 }, (_, round) => Buffer.alloc(30_000, 10 * i + round)),
      );
      assert.ok(stream.taken.equals(expected));
    });
  });
});

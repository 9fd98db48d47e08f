import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { IoStats } from '../../electron/block/io-stats.ts';
import { Random } from '../dmsg/support/random.ts';

let nowMs = 0;

beforeEach(() => {
  nowMs = 1000;
  mock.method(performance, 'now', () => nowMs);
});
afterEach(() => mock.restoreAll());

/** The clock is read once per turn: the next reading is of another one. */
async function pass(ms: number): Promise<void> {
  nowMs += ms;
  await new Promise((resolve) => setImmediate(resolve));
}

test('busy time and queue integral of overlapping requests', async () => {
  const stats = new IoStats();
  await pass(50); // idle: not counted
  const a = stats.started();
  await pass(10); // one: 10
  const b = stats.started();
  const c = stats.started();
  await pass(4); // three: 4, 12
  assert.equal(stats.inFlight, 3);
  stats.ended(BlockOp.read, 4096, a, false);
  await pass(6); // two: 6, 12
  stats.ended(BlockOp.write, 512, b, false);
  stats.ended(BlockOp.flush, 0, c, false);
  await pass(100);
  const counters = stats.counters();
  assert.equal(counters.busyMs, 20);
  assert.equal(counters.queueMs, 10 + 12 + 12);
  assert.deepEqual([counters.reads, counters.writes, counters.flushes, counters.discards], [1, 1, 1, 0]);
  assert.deepEqual([counters.readMs, counters.writeMs, counters.flushMs], [14, 10, 10]);
  assert.deepEqual([counters.readBytes, counters.writtenBytes], [4096, 512]);
  assert.equal(counters.inFlight, 0);
  assert.equal(counters.atMs, nowMs);
  assert.equal(stats.readLatency.maxUs, 14_000);
  assert.equal(stats.writeLatency.count, 1);
});

test('a reading in the middle counts what is under way, and nothing twice', async () => {
  const stats = new IoStats();
  const a = stats.started();
  await pass(7);
  assert.equal(stats.counters().busyMs, 7);
  assert.equal(stats.counters().busyMs, 7);
  await pass(3);
  stats.ended(BlockOp.discard, 1 << 20, a, false);
  const { busyMs, discards, discardedBytes, discardMs } = stats.counters();
  assert.deepEqual([busyMs, discards, discardedBytes, discardMs], [10, 1, 1 << 20, 10]);
});

test('errors, retries and requests taken back', async () => {
  const stats = new IoStats();
  stats.started();
  await pass(5);
  stats.takenBack();
  stats.retried();
  await pass(5);
  const again = stats.started();
  await pass(5);
  stats.ended(BlockOp.write, 0, again, true);
  const { busyMs, queueMs, errors, retries, writes, writtenBytes, inFlight } = stats.counters();
  assert.deepEqual([busyMs, queueMs], [10, 10]);
  assert.deepEqual([errors, retries, writes, writtenBytes, inFlight], [1, 1, 1, 0, 0]);
});

test('a random order of events, against sums made by hand', async () => {
  const random = new Random();
  const stats = new IoStats();
  const open: { op: BlockOp; startedMs: number }[] = [];
  const kinds = [BlockOp.read, BlockOp.write, BlockOp.flush, BlockOp.discard, BlockOp.zero];
  const expected = { busyMs: 0, queueMs: 0, ms: 0, ended: 0, bytes: 0 };
  for (let step = 0; step < 500; step++) {
    const ms = random.integer(0, 8);
    await pass(ms);
    if (open.length > 0) expected.busyMs += ms;
    expected.queueMs += ms * open.length;
    if (open.length === 0 || (step < 450 && random.next() < 0.5)) {
      open.push({ op: random.pick(kinds), startedMs: stats.started() });
    } else {
      const [{ op, startedMs }] = open.splice(random.integer(0, open.length - 1), 1) as [(typeof open)[0]];
      const bytes = op === BlockOp.flush ? 0 : 512 * random.integer(1, 8);
      stats.ended(op, bytes, startedMs, false);
      expected.ms += nowMs - startedMs;
      expected.bytes += bytes;
      expected.ended++;
    }
    assert.equal(stats.inFlight, open.length);
  }
  const c = stats.counters();
  assert.deepEqual([c.busyMs, c.queueMs], [expected.busyMs, expected.queueMs]);
  assert.equal(c.reads + c.writes + c.flushes + c.discards, expected.ended);
  assert.equal(c.readMs + c.writeMs + c.flushMs + c.discardMs, expected.ms);
  assert.equal(c.readBytes + c.writtenBytes + c.discardedBytes, expected.bytes);
  for (const { op, startedMs } of open) stats.ended(op, 0, startedMs, false);
  assert.equal(stats.counters().inFlight, 0);
});

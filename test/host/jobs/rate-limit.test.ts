import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Copier } from '../../../electron/host/copy/copier.ts';
import { RateLimit } from '../../../electron/host/copy/rate-limit.ts';
import { turn } from '../../block/support/until.ts';
import { MemoryDevice } from '../../nbd/devices.ts';

const MIB = 1 << 20;
const never = new AbortController().signal;

test('bytes pass at the rate, whatever the size of the pieces', async () => {
  for (const [rate, piece, count] of [
    [100 * MIB, MIB, 60],
    [MIB, 4096, 160],
    [MIB, 256 << 10, 3],
  ] as const) {
    const limit = new RateLimit(rate, never);
    const startMs = performance.now();
    await Promise.all(Array.from({ length: count }, () => limit.pass(piece)));
    const seconds = (performance.now() - startMs) / 1000;
    // The burst at the start, and the overdraft of the last, need not be waited for.
    const least = (piece * (count - 1)) / rate - 0.1;
    assert.ok(seconds > least - 0.01, `${seconds} s for ${piece * count} bytes at ${rate}/s`);
    assert.ok(seconds < least * 1.5 + 2, `${seconds} s for ${piece * count} bytes at ${rate}/s`);
  }
});

test('who came first passes first', async () => {
  const limit = new RateLimit(10 * MIB, never);
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 8 }, (_, index) => limit.pass(MIB / 2).then(() => order.push(index))),
  );
  assert.deepEqual(order, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('all pass at once when their work is given up', async () => {
  const giveUp = new AbortController();
  const limit = new RateLimit(1024, giveUp.signal);
  await limit.pass(MIB);
  let passed = 0;
  const waiting = Array.from({ length: 16 }, () => limit.pass(MIB).then(() => passed++));
  await turn();
  assert.equal(passed, 0);
  giveUp.abort();
  await Promise.all(waiting);
  await limit.pass(MIB);
});

test('a slow copy goes in small pieces, so that it is seen to go on', async () => {
  const from = new MemoryDevice(8192);
  from.bytes.fill(1);
  const to = new MemoryDevice(8192);
  const copier = new Copier(from, to, { blank: false, signal: never, rateBytes: 16_384 });
  await copier.copy();
  assert.ok((to.counts[1] as number) >= 4, `${to.counts[1]} writes`);
  assert.ok(to.bytes.equals(from.bytes));
});

test('a slow copy that is cancelled ends at once', async () => {
  const giveUp = new AbortController();
  const from = new MemoryDevice(MIB);
  const copier = new Copier(from, new MemoryDevice(MIB), {
    blank: false,
    signal: giveUp.signal,
    rateBytes: 1024,
  });
  const startMs = performance.now();
  const copy = copier.copy();
  await turn();
  giveUp.abort();
  await assert.rejects(copy, /cancelled/);
  assert.ok(performance.now() - startMs < 5000);
});

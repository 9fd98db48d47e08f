import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planOf } from '../../../electron/host/history/plan.ts';
import { Random } from '../../dmsg/support/random.ts';
import { DAY, HOUR, MINUTE, SECOND, START, TestHistory } from './support/history.ts';

const NOW = START;

const CHOICES: readonly [what: string, ageMs: number, rangeMs: number, points: number, stepMs: number][] = [
  ['the last minute', MINUTE, MINUTE, 1000, SECOND],
  ['the last hour, seconds wanted', HOUR, HOUR, 4000, SECOND],
  ['the last hour, asked for a little late', HOUR + 8 * SECOND, HOUR, 4000, SECOND],
  ['the last hour in fewer points', HOUR, HOUR, 1000, 10 * SECOND],
  ['an hour of yesterday morning', 20 * HOUR, HOUR, 4000, 10 * SECOND],
  ['the last six hours', 6 * HOUR, 6 * HOUR, 4000, 10 * SECOND],
  ['the last day', DAY, DAY, 4000, MINUTE],
  ['the last day in fewer points', DAY, DAY, 1000, 2 * MINUTE],
  ['a minute of last week', 7 * DAY, MINUTE, 1000, MINUTE],
  ['the last week', 7 * DAY, 7 * DAY, 1000, 15 * MINUTE],
  ['the last 30 days', 30 * DAY, 30 * DAY, 1000, HOUR],
  ['the last 30 days in ten points', 30 * DAY, 30 * DAY, 10, 4 * DAY],
  ['a year', 365 * DAY, 365 * DAY, 1000, 12 * HOUR],
];

for (const [what, ageMs, rangeMs, points, stepMs] of CHOICES) {
  test(`${what} in ${points} points has steps of ${stepMs / SECOND} s`, () => {
    const { ring, slotsPerStep } = planOf({ from: NOW - ageMs, to: NOW - ageMs + rangeMs, points }, NOW);
    assert.equal(ring.stepMs * slotsPerStep, stepMs);
  });
}

test('whatever the range, there are no more steps than wanted, and every step of it', async (t) => {
  const history = new TestHistory(t);
  const random = new Random();
  for (let round = 0; round < 300; round++) {
    const from = Math.round(NOW - 40 * DAY * random.next() ** 4);
    const to = Math.round(from + 40 * DAY * random.next() ** 6);
    const points = random.integer(10, 4000);
    const { at, step_ms, avg } = await history.read(from, to, points);
    assert.ok(at.length <= points, `${at.length} of ${points}`);
    assert.equal(avg.reads.length, at.length);
    const [first = 0, last = 0] = [at[0], at.at(-1)];
    if (to === from) continue;
    assert.ok(first > from && first - step_ms <= from, 'the first step has the beginning of the range');
    assert.ok(last >= to && last - step_ms < to, 'the last step has its end');
    assert.ok(at.every((time, i) => time === first + i * step_ms && time % step_ms === 0));
  }
});

test('ranges that are empty, reversed, before all times or without end are read in no time', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 });
  assert.deepEqual((await history.read(START + HOUR, START)).at, []);
  assert.equal((await history.read(0, MINUTE, 10)).avg.reads[0], null);
  const all = await history.read(0, 8.64e15, 4000);
  assert.ok(all.at.length <= 4000);
  assert.deepEqual(
    all.avg.reads.filter((value) => value !== null),
    [1],
  );
});

test('thirty days of minutes are summarized: means of means, and the largest', async (t) => {
  const history = new TestHistory(t);
  // A sample a minute, as if the host slept between.
  const figuresOf = (i: number) => ({ reads: (i - 1) % 60, read_p99_us: i === 1000 ? 1e6 : 1 });
  await history.run(3 * 1440, figuresOf, MINUTE);
  const { step_ms, at, avg, max } = await history.read(START, history.now, 100);
  assert.equal(step_ms, HOUR);
  assert.equal(at.length, 72);
  assert.deepEqual(avg.reads, Array(72).fill(29.5));
  assert.deepEqual(max.reads, Array(72).fill(59));
  assert.equal(max.read_p99_us.filter((value) => value === 1e6).length, 1);
  assert.deepEqual(avg.read_p99_us, max.read_p99_us);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from '../../../electron/host/jobs/pace.ts';

const MIB = 1 << 20;

/** Looks once a second at work that does so much each second. */
function steady(bytesPerSecond: number, seconds: number): Pace {
  const pace = new Pace(0);
  for (let second = 1; second <= seconds; second++) pace.look(second * 1000, 'copy', second * bytesPerSecond);
  return pace;
}

function assertNear(value: number | null, wanted: number): void {
  assert.ok(value !== null && Math.abs(value - wanted) < wanted / 100, `${value}, not ${wanted}`);
}

test('the rate of steady work is right from the first look on', () => {
  for (const seconds of [1, 2, 5, 60]) assertNear(steady(MIB, seconds).rateBytes, MIB);
});

test('the time left is told after five seconds', () => {
  assert.equal(steady(MIB, 4).secondsLeft(100 * MIB), null);
  assertNear(steady(MIB, 5).secondsLeft(100 * MIB), 95);
  assert.equal(steady(MIB, 10).secondsLeft(10 * MIB), 0);
  assert.equal(steady(MIB, 10).secondsLeft(0), null);
});

test('a change of speed is followed within seconds, a second of nothing is no upset', () => {
  const pace = steady(MIB, 30);
  pace.look(31_000, 'copy', 30 * MIB);
  assert.ok(pace.rateBytes > 0.75 * MIB && pace.rateBytes < MIB, String(pace.rateBytes));
  for (let second = 32; second <= 52; second++)
    pace.look(second * 1000, 'copy', (30 + (second - 31) * 4) * MIB);
  assert.ok(pace.rateBytes > 3.8 * MIB, String(pace.rateBytes));
});

test('work that does nothing for ten seconds has stalled, until it goes on', () => {
  const pace = steady(MIB, 30);
  for (let second = 31; second < 40; second++) pace.look(second * 1000, 'copy', 30 * MIB);
  assert.equal(pace.isStalled, false);
  assert.notEqual(pace.secondsLeft(100 * MIB), null);
  pace.look(40_000, 'copy', 30 * MIB);
  assert.equal(pace.isStalled, true);
  assert.equal(pace.secondsLeft(100 * MIB), null);
  pace.look(41_000, 'copy', 31 * MIB);
  assert.equal(pace.isStalled, false);
});

test('a phase that counts anew is a new start', () => {
  const pace = steady(MIB, 60);
  pace.look(61_000, 'verify', 4 * MIB);
  assertNear(pace.rateBytes, 4 * MIB);
  assert.equal(pace.secondsLeft(60 * MIB), null);
  for (let second = 62; second <= 66; second++) pace.look(second * 1000, 'verify', (second - 60) * 4 * MIB);
  assertNear(pace.secondsLeft(60 * MIB), 9);
});

test('work that never begins has stalled after ten seconds too', () => {
  const pace = new Pace(0);
  pace.look(9_999, '', 0);
  assert.equal(pace.isStalled, false);
  pace.look(10_000, '', 0);
  assert.equal(pace.isStalled, true);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LatencyHistogram } from '../../electron/block/histogram.ts';
import { Random } from '../dmsg/support/random.ts';

const FRACTIONS = [0, 0.001, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999, 1];

test('an empty one', () => {
  const histogram = new LatencyHistogram();
  assert.deepEqual([histogram.count, histogram.sumUs, histogram.maxUs], [0, 0, 0]);
  for (const fraction of FRACTIONS) assert.equal(histogram.percentileUs(fraction), 0);
});

test('percentiles against a sorted array', () => {
  const random = new Random();
  const shapes: (() => number)[] = [
    () => random.next() * 100, // all within the exact buckets and a bit beyond
    () => random.integer(0, 20),
    () => 10 ** (random.next() * 8), // 1 µs … 100 s
    () => 150 + 20 * random.next() + (random.next() < 0.01 ? 50_000 : 0), // a tail
    () => 2 ** random.integer(0, 30), // the edges of the octaves
    () => 2 ** random.integer(1, 30) - 1e-6,
  ];
  for (const [index, shape] of shapes.entries()) {
    for (const count of [1, 2, 3, 100, 5000]) {
      const histogram = new LatencyHistogram();
      const values = Array.from({ length: count }, shape);
      for (const value of values) histogram.record(value);
      values.sort((a, b) => a - b);
      assert.equal(histogram.count, count);
      assert.equal(histogram.maxUs, values.at(-1));
      const sum = values.reduce((total, value) => total + value, 0);
      assert.ok(Math.abs(histogram.sumUs - sum) <= 1e-9 * sum);
      for (const fraction of FRACTIONS) {
        const exact = values[Math.max(1, Math.ceil(count * fraction)) - 1] as number;
        const found = histogram.percentileUs(fraction);
        // Never below the truth, and above it by a bucket at most: 1 µs, or 1/16.
        const above = Math.max(1, exact / 16);
        assert.ok(
          found >= exact && found <= exact + above,
          `shape ${index}, ${count} values, ${fraction}: ${found} for ${exact}`,
        );
      }
    }
  }
});

test('a latency beyond the last bucket is counted there', () => {
  const histogram = new LatencyHistogram();
  histogram.record(2 ** 40);
  histogram.record(1);
  assert.equal(histogram.count, 2);
  assert.equal(histogram.maxUs, 2 ** 40);
  assert.ok(histogram.percentileUs(1) >= 2 ** 35);
  assert.ok(histogram.percentileUs(0.5) <= 2);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UnitNumbers } from '../../electron/xdisk/unit-numbers.ts';
import { Random } from '../dmsg/support/random.ts';

const unheard = (): void => {};

test('the lowest free number, and the same again for a known key', () => {
  const numbers = new UnitNumbers([], unheard);
  assert.deepEqual(
    ['a', 'b', 'c', 'a'].map((key) => numbers.numberOf(key)),
    [0, 1, 2, 0],
  );
  numbers.forget('b');
  numbers.forget('a');
  numbers.forget('never seen');
  assert.deepEqual(
    ['d', 'e', 'f', 'c'].map((key) => numbers.numberOf(key)),
    [0, 1, 3, 2],
  );
});

test('numbers of earlier runs are kept for their keys; one given to two stays with the one used last', () => {
  const numbers = new UnitNumbers(
    [
      ['five', 5],
      ['one', 1],
      ['also one', 1],
    ],
    unheard,
  );
  assert.deepEqual(
    ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => numbers.numberOf(key)),
    [0, 2, 3, 4, 6, 7],
  );
  assert.deepEqual(
    ['five', 'one', 'also one'].map((key) => numbers.numberOf(key)),
    [5, 8, 1],
  );
});

test('the host hears of changes, and of nothing else', () => {
  const heard: string[] = [];
  const numbers = new UnitNumbers([['a', 3]], (all) => heard.push(JSON.stringify([...all])));
  numbers.numberOf('a');
  assert.deepEqual(heard, []);
  numbers.numberOf('b');
  numbers.forget('a');
  numbers.forget('a');
  assert.deepEqual(heard, ['[["a",3],["b",0]]', '[["b",0]]']);
});

test('a random course against a naive search for the lowest free number', () => {
  const random = new Random();
  const known: [string, number][] = Array.from({ length: 40 }, (_, i) => [
    `k${i}`,
    3 * i + random.integer(0, 2),
  ]);
  const numbers = new UnitNumbers(known, unheard);
  const model = new Map(known);
  for (let step = 0; step < 20_000; step++) {
    const key = `k${random.integer(0, 300)}`;
    if (random.next() < 0.45) {
      numbers.forget(key);
      model.delete(key);
      continue;
    }
    let expected = model.get(key);
    if (expected === undefined) {
      const taken = new Set(model.values());
      for (expected = 0; taken.has(expected); ) expected++;
      model.set(key, expected);
    }
    assert.equal(numbers.numberOf(key), expected, `step ${step}`);
  }
});

test('the time for many numbers grows about as they do', () => {
  const random = new Random();
  const run = (count: number): number => {
    const keys = Array.from({ length: count }, (_, i) => `k${i}`);
    const start = performance.now();
    const numbers = new UnitNumbers([], unheard);
    for (const key of keys) numbers.numberOf(key);
    for (let i = keys.length - 1; i > 0; i--) {
      const j = random.integer(0, i);
      [keys[i], keys[j]] = [keys[j] as string, keys[i] as string];
    }
    for (const key of keys) numbers.forget(key);
    for (let i = 0; i < count; i++) assert.equal(numbers.numberOf(`again${i}`), i);
    return performance.now() - start;
  };
  run(10_000);
  const small = Math.min(run(10_000), run(10_000), run(10_000));
  const large = Math.min(run(100_000), run(100_000));
  // Ten times as many: 10 to 20 times the time; a search of all units would take 100 times.
  assert.ok(large < 50 * small, `${large.toFixed(0)} ms for 100,000, ${small.toFixed(1)} ms for 10,000`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkRange } from '../../electron/block/range.ts';
import { Random } from '../dmsg/support/random.ts';
import { TestMedium } from '../target/support/test-medium.ts';

const medium = new TestMedium(64 << 10);

function isGood(offset: number, length: number): boolean {
  return checkRange(medium, offset, length) === null;
}

test('ranges on the device pass', () => {
  for (const [offset, length] of [
    [0, 0],
    [0, 512],
    [0, 65_536],
    [65_024, 512],
    [65_536, 0],
    [512, 65_024],
  ] as const) {
    assert.ok(isGood(offset, length), `${offset}+${length}`);
  }
});

test('hostile numbers do not', () => {
  const bad: (readonly [number, number])[] = [
    [65_536, 512],
    [65_024, 1024],
    [66_048, 0],
    [0, 66_048],
    [-512, 512],
    [512, -512],
    [0.5, 512],
    [0, 511.5],
    [1, 512],
    [0, 1],
    [511, 513],
    [512, 511],
    [Number.NaN, 512],
    [0, Number.NaN],
    [Number.POSITIVE_INFINITY, 512],
    [0, Number.POSITIVE_INFINITY],
    [2 ** 53, 512],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [2 ** 53 - 512, 512],
    [2 ** 32, 512],
    [2 ** 32, 2 ** 32],
    [2 ** 63, 512],
    [2 ** 64 - 512, 512],
    [2 ** 64 - 512, 1024],
    [0, 2 ** 32],
  ];
  for (const [offset, length] of bad) {
    assert.equal(checkRange(medium, offset, length)?.code, 'range', `${offset}+${length}`);
  }
});

test('alignment is right beyond 32 bits', () => {
  const huge = new TestMedium(512, { blockBytes: 4096, sizeBytes: 2 ** 53 - 4096 });
  assert.equal(checkRange(huge, 2 ** 40 + 4096, 2 ** 33), null);
  assert.equal(checkRange(huge, 2 ** 53 - 8192, 4096), null);
  for (const wrong of [1, 512, 2048, 4095]) {
    assert.equal(checkRange(huge, 2 ** 40 + wrong, 4096)?.code, 'range');
    assert.equal(checkRange(huge, 2 ** 40, 2 ** 33 + wrong)?.code, 'range');
  }
});

test('random ranges: as bigint arithmetic says', () => {
  const random = new Random();
  const numbers = [
    0,
    1,
    511,
    512,
    513,
    1024,
    65_024,
    65_535,
    65_536,
    66_048,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 64,
  ];
  let good = 0;
  for (let round = 0; round < 20_000; round++) {
    const [offset, length] = [0, 0].map(() =>
      random.next() < 0.3
        ? random.pick(numbers)
        : 512 * random.integer(0, 130) + (random.next() < 0.1 ? 1 : 0),
    ) as [number, number];
    const fits = BigInt(offset) + BigInt(length) <= 65_536n && (offset | length) % 512 === 0;
    if (fits) good++;
    assert.equal(isGood(offset, length), fits, `${offset}+${length}`);
  }
  assert.ok(good > 1000 && good < 19_000, `${good} good ones`);
});

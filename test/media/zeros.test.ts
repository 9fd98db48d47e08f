import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataEnd } from '../../electron/target/media/zeros.ts';

const SIZES = [0, 1, 15, 16, 17, 512, 4096, 65535, 65536, 65552, 65553, 200_000];

test('all zeros end at 0', () => {
  for (const length of SIZES) assert.equal(dataEnd(new Uint8Array(length), length), 0);
});

test('one byte that is not zero is found wherever it stands', () => {
  for (const length of SIZES) {
    for (const at of [0, 7, 8, 15, 16, length >> 1, 65551, 65552, length - 1]) {
      if (at < 0 || at >= length) continue;
      const buffer = Buffer.alloc(length);
      buffer[at] = 1;
      assert.equal(dataEnd(buffer, length), length, `byte ${at} of ${length}`);
    }
  }
});

test('bytes beyond the length do not count', () => {
  const buffer = Buffer.alloc(8192, 1).fill(0, 0, 4096);
  assert.equal(dataEnd(buffer, 4096), 0);
  assert.equal(dataEnd(buffer, 4097), 4097);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Coverage } from '../../electron/nbd/coverage.ts';

test('parts in any order cover a range exactly when each byte came once', () => {
  const length = 24;
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let round = 0; round < 3000; round++) {
    const coverage = new Coverage();
    const seen = new Array<boolean>(length).fill(false);
    for (let parts = 0; parts < 8; parts++) {
      const from = random(length);
      const to = Math.min(length, from + 1 + random(8));
      const isNew = !seen.slice(from, to).includes(true);
      assert.equal(coverage.add(from, to), isNew);
      if (isNew) seen.fill(true, from, to);
      assert.equal(coverage.isComplete(length), !seen.includes(false));
    }
  }
});

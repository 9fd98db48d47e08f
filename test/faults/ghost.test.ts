import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../dmsg/support/random.ts';
import { GHOST_BLOCKS, GHOST_SHAPES, ghostRun, NEWER, STUCK, withoutFence } from './runs/ghost-run.ts';

/** A share of `npm run ghosts`. */
const RUNS = 4;
const random = new Random();

for (const shape of GHOST_SHAPES) {
  test(`a write that arrives late changes nothing: ${shape}`, async (t) => {
    const runs = Array.from({ length: RUNS }, () => {
      const lateMs = 100 + random.next() * 1_500;
      return ghostRun(t, { shape, lateMs, offset: random.integer(0, GHOST_BLOCKS - 1) * 4096 });
    });
    for (const found of await Promise.all(runs)) assert.ok(found.equals(NEWER), `found ${found[0]}`);
  });

  test(`without the fence the same late write overwrites newer data: ${shape}`, async (t) => {
    const restore = withoutFence();
    t.after(restore);
    const found = await ghostRun(t, { shape, lateMs: 50, offset: 0 });
    assert.ok(found.equals(STUCK), `found ${found[0]}`);
  });
}

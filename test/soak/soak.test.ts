import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../dmsg/support/random.ts';
import { soak } from './driver/soak.ts';
import { tableOf } from './driver/verdict.ts';

/** The share of `npm run soak` that is run each time. */
const WORK_MS = 10_000;

test('after load, faults and pages everything is as it was, and all data is right', async (t) => {
  const { seed } = new Random();
  const { rows, problems, requests } = await soak(WORK_MS, seed, () => {});
  t.diagnostic(`${requests} requests checked`);
  if (problems.length > 0) console.log(tableOf(rows));
  assert.deepEqual(problems, []);
  assert.ok(requests > 100);
});

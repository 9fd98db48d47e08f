import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../dmsg/support/random.ts';
import { faultRun } from './runs/fault-run.ts';
import { describePlan, planOf } from './runs/plan.ts';

/** The share of `npm run faults` that is run each time. */
const RUNS = 50;
const AT_A_TIME = 4;

describe('seeded fault runs', { concurrency: AT_A_TIME }, () => {
  const first = new Random().integer(0, 2 ** 30);
  for (let seed = first; seed < first + RUNS; seed++) {
    test(describePlan(planOf(seed).plan), async () => {
      const { problems } = await faultRun(seed);
      assert.deepEqual(problems, []);
    });
  }
});

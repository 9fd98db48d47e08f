import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../dmsg/support/random.ts';
import { withoutProc } from '../e2e/support/needs.ts';
import { load } from './driver/load.ts';
import { OFFENCES } from './driver/offences.ts';
import { rowsOf, tableOf } from './driver/verdict.ts';

const TIMEOUT_MS = 60_000;

/** The share of `npm run load` that is run each time: what depends on time is told, not asserted. */
test('many connections and a hostile client: memory, descriptors and answers', {
  skip: withoutProc,
  timeout: TIMEOUT_MS,
}, async (t) => {
  const { seed } = new Random();
  const plan = {
    units: 16,
    busy: 32,
    pauseMs: 5,
    idle: 300,
    offences: [OFFENCES],
    rounds: 1,
    partMs: 500,
    seed,
  };
  const report = await load(plan, () => {});
  const rows = rowsOf(report);
  for (const { what, figure } of rows) t.diagnostic(`${what}: ${figure}`);
  const missed = rows.filter(({ ok, isTime }) => !ok && !isTime);
  if (missed.length > 0) console.log(tableOf(rows));
  assert.deepEqual([missed.map(({ what }) => what), report.problems], [[], []]);
});

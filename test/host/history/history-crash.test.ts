import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../../media/folder.ts';
import { killWriters } from '../support/killed-writer.ts';
import { type Curve, MINUTE, SECOND, START, TestHistory } from './support/history.ts';

const KILLS = {
  script: new URL('support/history-writer.ts', import.meta.url),
  kills: 8,
  lines: [1, 60],
  turns: 200,
} as const;
/** Samples recorded together before they are written, at most. */
const BATCH = 42;

test('killed at any moment, a history has what was said to be written, and no figure that was not', async (t) => {
  const directory = temporaryFolder(t);
  let found = 0;
  /** Whether seconds of a slot were recorded by a process that was killed then: they may be missing in its summary. */
  const killedAt: number[] = [];
  await killWriters(
    t,
    KILLS,
    () => [directory, String(found + 1)],
    async (said) => {
      const done = Number(said.findLast((line) => line.startsWith('done'))?.split(' ')[1] ?? found);
      const history = new TestHistory(t, directory);
      const all = await readAll(history, done + BATCH, SECOND);
      assert.deepEqual(history.lines, []);
      const before = found;
      found = all.avg.reads?.findLastIndex((value) => value !== null) ?? -1;
      assert.ok(found >= Math.max(done, before), `${found} where ${done} were said to be written`);
      for (let n = 1; n <= found; n++) {
        assert.deepEqual([all.avg.reads?.[n], all.avg.writes?.[n]], [n, 2 * n], 'each second has its own');
      }
      killedAt.push(found);
      for (const stepMs of [10 * SECOND, MINUTE])
        await checkSummaries(history, done, found, stepMs, killedAt);
      return said.at(-1)?.startsWith('begun') ?? false;
    },
  );
});

/** The steps of a ring, with the n-th of them at n. */
async function readAll(history: TestHistory, seconds: number, stepMs: number): Promise<Curve> {
  const steps = Math.ceil((seconds * SECOND) / stepMs);
  history.now = START + steps * stepMs;
  const curve = await history.read(START - stepMs, history.now, steps + 1);
  assert.equal(curve.step_ms, stepMs);
  return curve;
}

/** Slots of many seconds are of seconds of theirs alone; without a kill in between, of all of them. */
async function checkSummaries(
  history: TestHistory,
  done: number,
  found: number,
  stepMs: number,
  killedAt: readonly number[],
): Promise<void> {
  const seconds = stepMs / SECOND;
  const curve = await readAll(history, found, stepMs);
  for (let slot = 1; (slot - 1) * seconds < found; slot++) {
    const [first, last] = [(slot - 1) * seconds + 1, Math.min(slot * seconds, found)];
    const [avg, max] = [curve.avg.reads?.[slot], curve.max.reads?.[slot]];
    const isCut = last > done || killedAt.some((at) => at >= first - BATCH && at <= last);
    if (avg === null && isCut) continue;
    assert.ok(typeof avg === 'number' && typeof max === 'number', `slot ${slot} of ${stepMs} ms is there`);
    if (isCut) assert.ok(first <= avg && avg <= max && max <= last, `${avg} and ${max} in ${first}…${last}`);
    else assert.deepEqual([avg, max], [(first + last) / 2, last]);
  }
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HISTORY_COLUMNS } from '../../../shared/model/figures.ts';
import { DAY, HOUR, MINUTE, row, SECOND, START, TestHistory } from './support/history.ts';

test('a sample is told at once, and with the same values once it is written and after another start', async (t) => {
  const history = new TestHistory(t);
  const figures = {
    reads: 1234.5,
    writes: 7,
    read_bytes: 3_221_225_472,
    written_bytes: 4096,
    await_ms: 0.125,
    queue_length: 12.25,
    read_p50_us: 100,
    read_p99_us: 2500,
    write_p50_us: 90,
    write_p99_us: 16_777_216,
  };
  history.record(figures);
  const check = async (from: TestHistory) => {
    const series = await from.read(START, history.now);
    assert.equal(series.step_ms, SECOND);
    assert.deepEqual(series.at, [START + SECOND]);
    for (const name of HISTORY_COLUMNS) {
      // As near as 4 bytes and four decimals come.
      const wanted = name === 'reads' ? 1235 : figures[name];
      assert.deepEqual([series.avg[name], series.max[name]], [[wanted], [wanted]], name);
    }
  };
  await check(history);
  await history.store.flush();
  await check(history);
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  await check(again);
  assert.deepEqual([...history.lines, ...again.lines], []);
});

test('only the columns asked for are told, of keys in the order they were asked for', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 });
  history.record({ reads: 2 }, 0, 'total');
  const query = { from: START, to: history.now, points: 100, columns: ['reads' as const] };
  const [total, never, unit] = await history.store.read({
    ...query,
    keys: ['total', 'export:never', 'unit:xa0'],
  });
  assert.deepEqual(total?.avg.reads, [2]);
  assert.deepEqual(never?.avg.reads, [null]);
  assert.deepEqual(unit?.max.reads, [1]);
  for (const { avg, max } of [total, never, unit].filter((series) => series !== undefined)) {
    assert.deepEqual([Object.keys(avg), Object.keys(max)], [['reads'], ['reads']]);
  }
});

test('time without samples is a gap, on both sides of a restart', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 });
  history.record({ reads: 2 }, 5 * SECOND);
  await history.store.close();
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  again.record({ reads: 3 }, 3 * SECOND);
  const { at, avg } = await again.read(START, again.now);
  assert.deepEqual(
    at.map((time) => (time - START) / SECOND),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
  assert.deepEqual(avg.reads, [1, null, null, null, null, 2, null, null, 3]);
});

test('a slot of an hour ago is not taken for one of now', async (t) => {
  const history = new TestHistory(t);
  for (let i = 1; i <= 20; i++) history.record({ reads: i });
  await history.store.flush();
  // A round later only every other second is recorded.
  history.now = START + HOUR;
  for (let i = 0; i < 5; i++) history.record({ reads: 100 + i }, 2 * SECOND);
  const { at, avg } = await history.read(START + 10 * SECOND, history.now);
  assert.equal(at.length, 3600);
  assert.deepEqual(avg.reads.slice(0, 10), [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
  assert.deepEqual(avg.reads.slice(-10), [null, 100, null, 101, null, 102, null, 103, null, 104]);
  assert.ok(avg.reads.slice(10, -10).every((value) => value === null));
});

test('samples on both sides of the end of a ring are written and read as any others', async (t) => {
  // A multiple of the length of each: there is the first slot of all three.
  const end = Math.ceil(START / (30 * DAY)) * 30 * DAY;
  for (const stepMs of [SECOND, 10 * SECOND, MINUTE]) {
    const history = new TestHistory(t);
    history.now = end - 5 * stepMs;
    const from = history.now;
    for (let i = 1; i <= 10; i++) history.record({ reads: i }, stepMs);
    await history.store.close();
    const again = new TestHistory(t, history.directory);
    again.now = history.now;
    const points = stepMs === SECOND ? 4000 : 10;
    const { step_ms, avg } = await again.read(from, again.now, points);
    assert.equal(step_ms, stepMs);
    assert.deepEqual(avg.reads, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual(again.lines, []);
  }
});

test('ten seconds and minutes have the mean and the largest; of percentiles only the largest', async (t) => {
  const history = new TestHistory(t);
  await history.run(120, (i) => ({ reads: i, read_p99_us: i % 10 === 3 ? 5000 : 10 }));
  const tens = await history.read(START, history.now, 12);
  assert.equal(tens.step_ms, 10 * SECOND);
  assert.deepEqual(tens.avg.reads, [5.5, 15.5, 25.5, 35.5, 45.5, 55.5, 65.5, 75.5, 85.5, 95.5, 105.5, 115.5]);
  assert.deepEqual(tens.max.reads, [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]);
  assert.deepEqual(tens.avg.read_p99_us, Array(12).fill(5000));
  assert.deepEqual(tens.max.read_p99_us, Array(12).fill(5000));
  const minutes = await history.read(START - 10 * MINUTE, history.now, 12);
  assert.equal(minutes.step_ms, MINUTE);
  assert.deepEqual(minutes.avg.reads, [...Array(10).fill(null), 30.5, 90.5]);
  assert.deepEqual(minutes.max.reads, [...Array(10).fill(null), 60, 120]);
});

test('the time of requests is the mean over requests, not over seconds', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 90, writes: 9, await_ms: 2 });
  history.record({ writes: 1, await_ms: 102 });
  for (let i = 0; i < 8; i++) history.record({});
  const tens = await history.read(START - MINUTE, history.now, 10);
  assert.equal(tens.step_ms, 10 * SECOND);
  assert.ok(Math.abs((tens.avg.await_ms.at(-1) ?? 0) - 3) < 0.01, String(tens.avg.await_ms));
  assert.equal(tens.max.await_ms.at(-1), 102);
  // Where there were none at all, as when only flushes ran, over seconds.
  for (let i = 0; i < 10; i++) history.record({ await_ms: i < 5 ? 4 : 0 });
  const flushes = await history.read(history.now - 10 * SECOND, history.now + MINUTE, 10);
  assert.equal(flushes.avg.await_ms[0], 2);
});

test('what there is of the current ten seconds and minute is told', async (t) => {
  const history = new TestHistory(t);
  for (let i = 1; i <= 13; i++) history.record({ reads: i });
  const tens = await history.read(history.now - 95 * SECOND, history.now, 12);
  assert.deepEqual(tens.at.slice(-2), [START + 10 * SECOND, START + 20 * SECOND]);
  assert.deepEqual(tens.avg.reads.slice(-2), [5.5, 12]);
  assert.deepEqual((await history.read(START - DAY, history.now, 2000)).avg.reads.at(-1), 7);
});

test('a minute in which the host was started anew has the samples of both runs', async (t) => {
  for (const isRead of [false, true]) {
    const history = new TestHistory(t);
    for (let i = 1; i <= 30; i++) history.record({ reads: i, write_p99_us: i === 7 ? 900 : 1 });
    await history.store.close();
    const again = new TestHistory(t, history.directory);
    again.now = history.now;
    for (let i = 31; i <= 45; i++) again.record({ reads: i });
    // Whether the first thing is a read or a write, what was there is added once.
    if (isRead) await again.read(START, again.now);
    else await again.store.flush();
    for (let i = 46; i <= 60; i++) again.record({ reads: i });
    await again.store.flush();
    const minutes = await again.read(START - DAY, again.now, 2000);
    assert.equal(minutes.step_ms, MINUTE);
    assert.equal(minutes.avg.reads.at(-1), 30.5);
    assert.equal(minutes.max.reads.at(-1), 60);
    assert.equal(minutes.max.write_p99_us.at(-1), 900);
  }
});

test('a timer that drifts leaves no gaps, and a missed second is one', async (t) => {
  const history = new TestHistory(t);
  await history.run(3000, () => ({ reads: 1 }), 1001.3);
  const { avg } = await history.read(START + SECOND, history.now - SECOND);
  assert.ok(avg.reads.length > 2900 && avg.reads.every((value) => value === 1));
  history.record({ reads: 1 }, 2 * SECOND);
  const { avg: late } = await history.read(history.now - 3 * SECOND, history.now);
  assert.equal(late.reads.filter((value) => value === null).length, 1);
});

test('a clock set back does no harm: the time is recorded again', async (t) => {
  const history = new TestHistory(t);
  await history.run(100, () => ({ reads: 1 }));
  history.now = START + 40 * SECOND;
  for (let i = 1; i <= 10; i++) history.record({ reads: 2 });
  await history.store.flush();
  const { avg } = await history.read(START, history.now);
  assert.deepEqual(avg.reads.slice(0, 40), Array(40).fill(1));
  assert.deepEqual(avg.reads.slice(40), Array(10).fill(2));
});

test('a time that is none and a key that is too long are not recorded', async (t) => {
  const history = new TestHistory(t);
  for (const at of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) history.store.record('total', at, row({}));
  history.store.record('k'.repeat(513), START, row({}));
  await history.store.flush();
  assert.deepEqual(
    (await history.read(0, START, 10, 'total')).avg.reads.filter((value) => value !== null),
    [],
  );
  assert.deepEqual(history.lines, []);
});

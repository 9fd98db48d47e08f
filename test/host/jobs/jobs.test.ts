import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockError } from '../../../electron/block/error.ts';
import { NotFoundError } from '../../../electron/host/api/call-error.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import type { JobRun, JobSpec } from '../../../electron/host/jobs/jobs.ts';
import { turn, until } from '../../block/support/until.ts';
import { TestJobs } from './support/bench.ts';

/** Work a test leads to its end. */
class Work {
  readonly progress = { phase: 'copy', doneBytes: 0 };
  run: JobRun | undefined;
  closes = 0;
  #end: { resolve(summary: string): void; reject(error: Error): void } | undefined;

  spec(given: Partial<JobSpec> = {}): JobSpec {
    return {
      kind: 'copy',
      title: 'Copy a to b',
      command: 'spandrel copy a b',
      sizeBytes: 1000,
      run: (run) => {
        this.run = run;
        run.follow(this.progress);
        return new Promise((resolve, reject) => {
          this.#end = { resolve, reject };
        });
      },
      close: async () => {
        this.closes++;
      },
      ...given,
    };
  }

  done(summary = 'copied'): void {
    this.#end?.resolve(summary);
  }
  fail(error: Error): void {
    this.#end?.reject(error);
  }
}

test('a job runs, tells how far it is, and what came of it', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  assert.deepEqual(bench.jobs.running, ['Copy a to b']);
  const { state, title, command, created_at, size_bytes } = bench.job(id);
  assert.deepEqual(
    [state, title, command, size_bytes],
    ['running', 'Copy a to b', 'spandrel copy a b', 1000],
  );
  assert.ok(Math.abs(Date.now() - created_at) < 10_000);
  for (const second of [1, 2, 3, 4, 5]) {
    bench.nowMs = second * 1000;
    work.progress.doneBytes = second * 100;
    await bench.when(id, (job) => job.done_bytes === second * 100, `${second} seconds`);
  }
  const running = bench.job(id);
  assert.equal(running.phase, 'copy');
  assert.ok(Math.abs(running.rate_bytes - 100) < 1, String(running.rate_bytes));
  assert.ok(running.eta_seconds !== null && Math.abs(running.eta_seconds - 5) < 0.1);
  work.progress.doneBytes = 1000;
  work.done('1000 bytes copied');
  const over = await bench.over(id);
  assert.deepEqual(
    [over.state, over.summary, over.done_bytes, over.eta_seconds, over.error],
    ['done', '1000 bytes copied', 1000, null, null],
  );
  assert.deepEqual(bench.states(id), ['queued', 'running', 'done']);
  assert.deepEqual(bench.jobs.running, []);
  assert.equal(work.closes, 1);
});

test('what did not change is not told again', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  bench.nowMs = 1000;
  await until(() => bench.told.length >= 2, 'the first look');
  const before = bench.told.length;
  let turns = 0;
  await until(() => ++turns > 200, 'some looks');
  assert.ok(bench.told.length <= before + 1, `${bench.told.length - before} rows for nothing`);
  work.done();
  await bench.over(id);
});

test('a job that does nothing for ten seconds has stalled, and goes on', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  bench.nowMs = 6000;
  work.progress.doneBytes = 100;
  await bench.when(id, (job) => job.eta_seconds !== null, 'an estimate');
  bench.nowMs = 16_000;
  const stalled = await bench.when(id, (job) => job.state === 'stalled', 'stalled');
  assert.equal(stalled.eta_seconds, null);
  bench.nowMs = 17_000;
  work.progress.doneBytes = 200;
  await bench.when(id, (job) => job.state === 'running', 'running again');
  work.done();
  await bench.over(id);
});

test('work that knows its end tells it', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  Object.assign(work.progress, { secondsLeft: 42 });
  const id = bench.jobs.start(work.spec({ kind: 'benchmark', sizeBytes: 0 }));
  await bench.when(id, (job) => job.eta_seconds === 42, 'the time left');
  const result = {
    test: 'read 4 KiB, depth 1',
    requests_per_second: 1,
    bytes_per_second: 4096,
    p50_us: 1,
    p99_us: 2,
    p999_us: 3,
  };
  work.run?.addResult(result);
  assert.deepEqual(bench.job(id).benchmark, [result]);
  work.done();
  await bench.over(id);
});

test('a failure is told with its code and place, and with what is left', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  work.run?.leaves('b is not a whole copy');
  work.fail(new BlockError('io', 'read failed at byte 4096: the medium failed'));
  const { state, error, summary } = await bench.over(id);
  assert.deepEqual([state, summary], ['failed', 'b is not a whole copy']);
  assert.deepEqual(error, {
    code: 'io',
    message: 'read failed at byte 4096: the medium failed',
    field: null,
    holders: [],
  });
  assert.equal(work.closes, 1);
});

test('what fails only when it is closed has failed', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const close = () => Promise.reject(new BlockError('nospace', 'b: close: no space left'));
  const id = bench.jobs.start(work.spec({ close }));
  work.done();
  const { state, error } = await bench.over(id);
  assert.deepEqual([state, error?.code], ['failed', 'io']);
});

test('a cancelled job is cancelling until its work has come to rest', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  bench.jobs.cancel(id);
  assert.equal(bench.job(id).state, 'cancelling');
  assert.equal(work.run?.signal.aborted, true);
  bench.nowMs = 60_000;
  work.progress.doneBytes = 7;
  await bench.when(id, (job) => job.done_bytes === 7, 'a look');
  assert.deepEqual([bench.job(id).state, bench.job(id).eta_seconds], ['cancelling', null]);
  work.run?.leaves('b is not a whole copy');
  work.fail(new HostError('cancelled', 'cancelled'));
  const { state, error, summary } = await bench.over(id);
  assert.deepEqual([state, error, summary], ['cancelled', null, 'b is not a whole copy']);
  assert.deepEqual(bench.states(id), ['queued', 'running', 'cancelling', 'cancelled']);
  bench.jobs.cancel(id);
  assert.equal(bench.job(id).state, 'cancelled');
});

test('a job that was done before its cancelling came is done', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  bench.jobs.cancel(id);
  work.done('copied');
  assert.deepEqual([(await bench.over(id)).state, bench.job(id).summary], ['done', 'copied']);
});

test('four jobs run at a time, and the next when one is over', async (t) => {
  const bench = new TestJobs(t);
  const works = Array.from({ length: 6 }, () => new Work());
  const ids = works.map((work) => bench.jobs.start(work.spec()));
  const states = () => bench.jobs.list.map((job) => job.state);
  assert.deepEqual(states(), ['running', 'running', 'running', 'running', 'queued', 'queued']);
  assert.equal(bench.jobs.running.length, 6);
  works[1]?.done();
  await bench.when(ids[4] as string, (job) => job.state === 'running', 'its turn');
  assert.deepEqual(states(), ['running', 'done', 'running', 'running', 'running', 'queued']);
  for (const index of [0, 2, 3, 4]) works[index]?.done();
  await bench.when(ids[5] as string, (job) => job.state === 'running', 'its turn');
  works[5]?.done();
  await bench.over(ids[5] as string);
});

test('a job cancelled before its turn never runs, and releases what it holds', async (t) => {
  const bench = new TestJobs(t);
  const works = Array.from({ length: 5 }, () => new Work());
  const ids = works.map((work) => bench.jobs.start(work.spec()));
  const last = ids[4] as string;
  bench.jobs.cancel(last);
  assert.equal(bench.job(last).state, 'cancelled');
  await until(() => works[4]?.closes === 1, 'its release');
  for (const work of works) work.done();
  await Promise.all(ids.map((id) => bench.over(id)));
  assert.equal(works[4]?.run, undefined);
  assert.deepEqual(bench.states(last), ['queued', 'cancelled']);
});

test('only jobs that are over can be dismissed, and no unknown ones', async (t) => {
  const bench = new TestJobs(t);
  const work = new Work();
  const id = bench.jobs.start(work.spec());
  assert.throws(
    () => bench.jobs.dismiss(id),
    (error) => error instanceof HostError && error.kind === 'busy',
  );
  work.done();
  await bench.over(id);
  bench.jobs.dismiss(id);
  assert.deepEqual([bench.jobs.list, bench.gone], [[], [id]]);
  assert.throws(() => bench.jobs.dismiss(id), NotFoundError);
  assert.throws(() => bench.jobs.cancel('nothing'), NotFoundError);
});

test('of jobs that are over the last 200 are kept', async (t) => {
  const bench = new TestJobs(t);
  const running = new Work();
  const first = bench.jobs.start(running.spec());
  const ids: string[] = [];
  for (let i = 0; i < 205; i++) {
    const work = new Work();
    const id = bench.jobs.start(work.spec());
    work.done();
    await until(() => !bench.jobs.list.some((job) => job.id === id && job.ended_at === null), 'its end');
    ids.push(id);
  }
  assert.equal(bench.jobs.list.length, 201);
  assert.deepEqual(bench.gone, ids.slice(0, 5));
  assert.equal(bench.job(first).state, 'running');
  running.done();
  await bench.over(first);
});

test('closing cancels all jobs and waits for their end', async (t) => {
  const bench = new TestJobs(t);
  const works = Array.from({ length: 5 }, () => new Work());
  for (const work of works) bench.jobs.start(work.spec());
  let isClosed = false;
  const closing = bench.jobs.close().then(() => {
    isClosed = true;
  });
  await turn();
  assert.equal(isClosed, false);
  for (const work of works) work.fail(new HostError('cancelled', 'cancelled'));
  await closing;
  assert.ok(bench.jobs.list.every((job) => job.state === 'cancelled'));
  assert.ok(works.every(({ closes }) => closes === 1));
  assert.throws(() => bench.jobs.start(new Work().spec()), /closing/);
});

test('closing does not wait for ever for work that has no end', async (t) => {
  const bench = new TestJobs(t, { closeMs: 20 });
  bench.jobs.start(new Work().spec());
  await bench.jobs.close();
  assert.deepEqual(bench.jobs.running, ['Copy a to b']);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { InputError } from '../../../electron/host/api/call-error.ts';
import { Benchmark } from '../../../electron/host/jobs/benchmark.ts';
import { startBenchmark } from '../../../electron/host/jobs/benchmark-job.ts';
import { UnitBusyError } from '../../../electron/xdisk/registry.ts';
import type { BenchmarkResult } from '../../../shared/model/job.ts';
import { temporaryFile } from '../../media/folder.ts';
import { LateDevice, MemoryDevice } from '../../nbd/devices.ts';
import { attached, TestJobs } from './support/bench.ts';

const MIB = 1 << 20;
const command = 'spandrel benchmark …';
const reading = { unit: 'xa0', seconds: 1, write: false, label: null };
const short = (signal = new AbortController().signal, write = false) => ({ seconds: 0.05, write, signal });

test('a unit is measured as a job, and not written', async (t) => {
  const file = temporaryFile(t, 8 * MIB, 7);
  const { unit } = await attached(t, file);
  const bench = new TestJobs(t, { now: () => performance.now() });
  const id = await startBenchmark(reading, { jobs: bench.jobs, unit, command });
  assert.deepEqual(
    [...unit.users].map(({ name }) => name),
    ['benchmark'],
  );
  const running = await bench.when(id, (job) => job.eta_seconds !== null, 'the time left');
  assert.equal(running.phase, 'read 4 KiB, depth 1 (1 of 3)');
  assert.ok((running.eta_seconds ?? 0) > 2 && (running.eta_seconds ?? 0) <= 3);
  const { state, benchmark, summary } = await bench.over(id);
  assert.equal(state, 'done');
  assert.equal(benchmark.length, 3);
  assert.match(
    summary ?? '',
    /^read 4 KiB, depth 1: \d+\/s, .+; read 1 MiB in sequence, depth 16: \d+\/s, [^;]+$/,
  );
  assert.ok(readFileSync(file).every((byte) => byte === 7));
  assert.equal(unit.users.size, 0);
});

test('writes need the label of the unit, and nobody else at it', async (t) => {
  const { unit } = await attached(t, 'memory:1M', { label: 'nas/scratch' });
  const { jobs } = new TestJobs(t);
  const writing = { ...reading, write: true, label: 'nas/scratch' };
  for (const label of [null, '', 'nas/other']) {
    await assert.rejects(startBenchmark({ ...writing, label }, { jobs, unit, command }), (error) => {
      assert.ok(error instanceof InputError && error.field === 'label');
      assert.match(error.message, /"nas\/scratch"/);
      return true;
    });
  }
  const user = await unit.open('NBD client');
  await assert.rejects(startBenchmark(writing, { jobs, unit, command }), UnitBusyError);
  await user.close();
  assert.deepEqual(jobs.list, []);
});

test('a read-only unit is not measured with writes', async (t) => {
  const { unit } = await attached(t, 'memory:1M', { label: 'l', readOnly: true });
  const { jobs } = new TestJobs(t);
  await assert.rejects(
    startBenchmark({ ...reading, write: true, label: 'l' }, { jobs, unit, command }),
    (error) => error instanceof InputError && error.field === 'write',
  );
  assert.equal(unit.users.size, 0);
});

test('a cancelled benchmark ends soon and says what it wrote over', async (t) => {
  const { unit } = await attached(t, 'memory:4M', { label: 'l' });
  const bench = new TestJobs(t, { now: () => performance.now() });
  const input = { ...reading, seconds: 60, write: true, label: 'l' };
  const id = await startBenchmark(input, { jobs: bench.jobs, unit, command });
  await bench.when(id, (job) => job.done_bytes > 0, 'some bytes');
  bench.jobs.cancel(id);
  const { state, summary } = await bench.over(id);
  assert.deepEqual([state, summary], ['cancelled', `parts of ${unit.name} are overwritten`]);
});

test('reads go everywhere on the disk, in blocks, so many at a time', async () => {
  const device = new LateDevice(64 * MIB);
  const results: BenchmarkResult[] = [];
  await new Benchmark(device, short()).run((result) => results.push(result));
  assert.equal(device.mostHeld, 32);
  assert.equal(
    device.counts[0],
    device.counts.reduce((sum, count) => sum + count, 0),
  );
  assert.deepEqual(
    results.map(({ test }) => test),
    ['read 4 KiB, depth 1', 'read 4 KiB, depth 32', 'read 1 MiB in sequence, depth 16'],
  );
});

test('a device that answers at once does not keep the process from all else', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await new Benchmark(new MemoryDevice(MIB), short()).run(() => {});
  clearInterval(timer);
  assert.ok(turns > 5, `${turns} turns`);
});

test('writes are flushed at the end', async () => {
  const device = new MemoryDevice(4 * MIB);
  await new Benchmark(device, short(undefined, true)).run(() => {});
  assert.ok((device.counts[1] as number) > 10);
  assert.equal(device.counts[2], 1);
  assert.ok(device.bytes.subarray(0, 4096).some((byte) => byte !== 0));
});

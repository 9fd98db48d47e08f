import assert from 'node:assert/strict';
import { mkdirSync, statSync, symlinkSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { InputError } from '../../../electron/host/api/call-error.ts';
import type { UnitOpener } from '../../../electron/host/copy/endpoint.ts';
import { type CopyContext, startCopy } from '../../../electron/host/jobs/copy-job.ts';
import { diskUri } from '../../../shared/command-line.ts';
import type { Input } from '../../../shared/contract.ts';
import { randomFile, sha256 } from '../../e2e/support/data.ts';
import { temporaryFile, temporaryFolder } from '../../media/folder.ts';
import { LateDevice } from '../../nbd/devices.ts';
import { attached, setup, TestJobs } from './support/bench.ts';

const MIB = 1 << 20;

function prepared(t: TestContext, units: UnitOpener = { open: () => undefined }) {
  const bench = new TestJobs(t, { now: () => performance.now() });
  const folder = temporaryFolder(t);
  const context: CopyContext = {
    jobs: bench.jobs,
    setup,
    units,
    command: 'spandrel copy …',
    signal: new AbortController().signal,
  };
  return { bench, folder, context };
}

function copyOf(from: string, to: string, given: Partial<Input<'jobs.copy'>> = {}): Input<'jobs.copy'> {
  return { from, to, verify: false, overwrite: false, rate_limit_bytes: null, ...given };
}

/** The copy is refused at a field, and no job comes of it. */
async function assertRefused(
  input: Input<'jobs.copy'>,
  context: CopyContext,
  field: 'from' | 'to' | 'overwrite',
  message: RegExp,
): Promise<void> {
  await assert.rejects(startCopy(input, context), (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.equal(error.field, field);
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(context.jobs.list, []);
}

test('a file is copied to a unit by its name, and verified', async (t) => {
  const disk = temporaryFile(t, 8 * MIB);
  const { units, unit } = await attached(t, disk);
  const { bench, folder, context } = prepared(t, units);
  const from = join(folder, 'source');
  const wanted = await randomFile(from, 8 * MIB);
  const id = await startCopy(copyOf(from, unit.name, { verify: true, overwrite: true }), context);
  const { title, size_bytes } = bench.job(id);
  assert.deepEqual([title, size_bytes], [`Copy ${from} to ${unit.name}`, 8 * MIB]);
  const { state, summary, done_bytes, phase } = await bench.over(id);
  assert.deepEqual(
    [state, summary, done_bytes, phase],
    ['done', '8 MiB copied, verified', 8 * MIB, 'verify'],
  );
  assert.equal(await sha256(disk), wanted);
  assert.equal(unit.users.size, 0);
});

test('a disk of a peer is copied to a new file, with its holes', async (t) => {
  const { address } = await attached(t, 'memory:4M');
  const { bench, folder, context } = prepared(t);
  const to = join(folder, 'copy');
  const id = await startCopy(copyOf(diskUri(address, 'JOBS'), to), context);
  assert.equal((await bench.over(id)).summary, '4 MiB copied, 4 MiB of it zeros');
  assert.equal(statSync(to).size, 4 * MIB);
  assert.ok(statSync(to).blocks * 512 < MIB);
});

test('what cannot be the source is refused at its field', async (t) => {
  const { context, folder } = prepared(t);
  const to = join(folder, 'to');
  await assertRefused(copyOf(join(folder, 'none'), to), context, 'from', /none: no such file/);
  await assertRefused(copyOf('xa7', to), context, 'from', /no unit is called xa7; for a file write \.\/xa7/);
  await assertRefused(copyOf('dmsg://nas', to), context, 'from', /expected dmsg:\/\/HOST:PORT\/SERIAL/);
  await assertRefused(copyOf('dmsg://127.0.0.1:9/S', to), context, 'from', /127\.0\.0\.1:9: .*refused/);
  await assertRefused(copyOf('nbd://127.0.0.1:9/x', to), context, 'from', /127\.0\.0\.1:9/);
  await assertRefused(
    copyOf('dmsg://nas.example/S', to),
    context,
    'from',
    /another host, and there is no key/,
  );
  await assertRefused(copyOf('dmsg://127.0.0.1:9/%zz', to), context, 'from', /percent-encoded/);
});

test('what cannot be the target is refused at its field, and left as it was', async (t) => {
  const { context, folder } = prepared(t);
  const from = temporaryFile(t, MIB);
  const full = temporaryFile(t, 4096, 7);
  const before = await sha256(full);
  await assertRefused(copyOf(from, full), context, 'to', /exists; --overwrite replaces its content/);
  assert.equal(await sha256(full), before);
  await assertRefused(copyOf(from, join(folder, 'none/file')), context, 'to', /cannot be made: ENOENT/);
  mkdirSync(join(folder, 'folder'));
  await assertRefused(copyOf(from, join(folder, 'folder')), context, 'to', /is a directory/);
  await assertRefused(copyOf(from, from, { overwrite: true }), context, 'to', /itself/);
  symlinkSync(from, join(folder, 'link'));
  await assertRefused(copyOf(from, join(folder, 'link'), { overwrite: true }), context, 'to', /itself/);
});

test('a unit is written only where that is allowed, not onto itself, nor one too small or read-only', async (t) => {
  const small = await attached(t, 'memory:1M');
  const { context } = prepared(t, small.units);
  const { name } = small.unit;
  const overwrite = { overwrite: true };
  await assertRefused(copyOf(temporaryFile(t, MIB), name), context, 'overwrite', /has to be allowed/);
  await assertRefused(copyOf(name, name, overwrite), context, 'to', new RegExp(`${name} is ${name} itself`));
  const large = temporaryFile(t, 2 * MIB);
  await assertRefused(
    copyOf(large, name, overwrite),
    context,
    'to',
    /it has 1048576 bytes, the source 2097152/,
  );
  assert.equal(small.unit.users.size, 0);
  const readOnly = await attached(t, 'memory:1M', { readOnly: true });
  const other = prepared(t, readOnly.units).context;
  await assertRefused(copyOf(temporaryFile(t, MIB), name, overwrite), other, 'to', /it is read-only/);
});

test('a cancelled copy says what is left half-written, and lets go of the unit', async (t) => {
  const { units, unit } = await attached(t, 'memory:64M');
  const { bench, folder, context } = prepared(t, units);
  const from = join(folder, 'source');
  await randomFile(from, 64 * MIB);
  const id = await startCopy(
    copyOf(from, unit.name, { overwrite: true, rate_limit_bytes: 8 * MIB }),
    context,
  );
  await bench.when(id, (job) => job.done_bytes > 0, 'some bytes');
  assert.equal(unit.users.size, 1);
  bench.jobs.cancel(id);
  const { state, summary } = await bench.over(id);
  assert.equal(state, 'cancelled');
  assert.match(summary ?? '', new RegExp(`^${unit.name} is not a whole copy: [\\d.]+ MiB of 64 MiB are$`));
  assert.equal(unit.users.size, 0);
});

test('a copy that fails names the place, and says what is left', async (t) => {
  const { bench, folder, context } = prepared(t);
  const from = temporaryFile(t, 64 * MIB, 1);
  const to = join(folder, 'copy');
  const id = await startCopy(copyOf(from, to, { rate_limit_bytes: 16 * MIB }), context);
  await bench.when(id, (job) => job.done_bytes > 0, 'some bytes');
  truncateSync(from, MIB);
  const { state, error, summary } = await bench.over(id);
  assert.equal(state, 'failed');
  assert.equal(error?.code, 'io');
  assert.match(error?.message ?? '', /^read failed at byte \d+: /);
  assert.match(summary ?? '', /copy is not a whole copy: .+ of 64 MiB are$/);
});

test('a call that is given up while ends are opened starts nothing and holds nothing', async (t) => {
  const { units, unit } = await attached(t, 'memory:1M');
  const { context, folder } = prepared(t, units);
  const signal = AbortSignal.abort(new Error('given up'));
  await assert.rejects(startCopy(copyOf(unit.name, join(folder, 'to')), { ...context, signal }), /given up/);
  assert.deepEqual(context.jobs.list, []);
  assert.equal(unit.users.size, 0);
});

test('a copy from a disk that holds its requests has stalled, and ends when they do', async (t) => {
  const held = new LateDevice(MIB);
  held.isHolding = true;
  const { bench, folder, context } = prepared(t, { open: () => Promise.resolve(held) });
  const id = await startCopy(copyOf('xa0', join(folder, 'to')), context);
  await held.holds(1);
  bench.jobs.cancel(id);
  assert.equal(bench.job(id).state, 'cancelling');
  held.release();
  assert.equal((await bench.over(id)).state, 'cancelled');
  assert.equal(held.closed, true);
});

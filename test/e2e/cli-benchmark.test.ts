import assert from 'node:assert/strict';
import { readFileSync, truncateSync } from 'node:fs';
import { test } from 'node:test';
import { ANY_PORT, addressOf, exported } from './support/disk.ts';
import { Sandbox } from './support/sandbox.ts';
import { messagesOf } from './support/spandrel.ts';

const MIB = 1 << 20;
const READS = ['read 4 KiB, depth 1', 'read 4 KiB, depth 32', 'read 1 MiB in sequence, depth 16'];
const WRITES = READS.map((test) => test.replace('read', 'write'));

test('reads are measured, and nothing is written', async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', 64 * MIB);
  const peer = addressOf(await exported(box, file, '--serial', 'S1', '--label', 'nas/disk'));
  const events = await box.events('benchmark', peer, '--serial', 'S1', '--seconds', '0.3');
  assert.deepEqual(events[0], {
    event: 'ready',
    command: 'benchmark',
    serial: 'S1',
    label: 'nas/disk',
    size_bytes: 64 * MIB,
    block_bytes: 512,
    seconds: 0.3,
    write: false,
  });
  const results = events.flatMap((event) => (event.event === 'benchmark_result' ? [event] : []));
  assert.deepEqual(
    results.map(({ test }) => test),
    READS,
  );
  for (const { test, requests_per_second, bytes_per_second, p50_us, p99_us, p999_us } of results) {
    const bytes = test.includes('4 KiB') ? 4096 : MIB;
    assert.ok(requests_per_second > 10, test);
    assert.ok(Math.abs(bytes_per_second / requests_per_second - bytes) < 1, test);
    assert.ok(p50_us > 0 && p50_us <= p99_us && p99_us <= p999_us, test);
  }
  const done = events.at(-1);
  assert.ok(done?.event === 'done' && done.command === 'benchmark' && done.seconds >= 0.9);
  assert.ok(readFileSync(file).every((byte) => byte === 0));
});

test('for people there is a line for each test', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:8M', '--serial', 'S1'));
  const { status, stdout, stderr } = await box.cli('benchmark', peer, '--serial', 'S1', '--seconds', '0.1');
  assert.equal(status, 0);
  assert.match(stderr, /WARN: 100 % of what was read were holes/);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.length, 4);
  assert.match(
    lines[2] ?? '',
    /^read 4 KiB, depth 32 +[\d,]+\/s +[\d.]+ \w+\/s +.+ \(p50 \/ p99 \/ p99\.9\)$/,
  );
});

test('writes are measured when the label is given, and replace the content', async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', 4 * MIB);
  const peer = addressOf(await exported(box, file, '--serial', 'S1', '--label', 'nas/scratch'));
  const events = await box.events(
    ...['benchmark', peer, '--serial', 'S1', '--seconds', '0.1', '--write', '--label', 'nas/scratch'],
  );
  assert.deepEqual(
    events.flatMap((event) => (event.event === 'benchmark_result' ? [event.test] : [])),
    [...READS, ...WRITES],
  );
  const zeros = readFileSync(file).filter((byte) => byte === 0).length;
  assert.ok(zeros < (4 * MIB) / 200, `${zeros} bytes are zero`);
});

test('nothing is written without the right label', async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', MIB);
  const peer = addressOf(await exported(box, file, '--serial', 'S1', '--label', 'nas/precious'));
  for (const [words, why] of [
    [[], /--write overwrites the disk: name it with --label/],
    [['--label', 'nas/scratch'], /labelled "nas\/precious", not "nas\/scratch": nothing was written/],
  ] as const) {
    const { status, messages } = await box.cli('benchmark', peer, '--serial', 'S1', '--write', ...words);
    assert.equal(status, 2);
    assert.match(messages.join(), why);
  }
  assert.ok(readFileSync(file).every((byte) => byte === 0));
});

test('a read-only disk is not written', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:1M', '--read-only', '--serial', 'S1', '--label', 'l'));
  const { status, messages } = await box.cli('benchmark', peer, '--serial', 'S1', '--write', '--label', 'l');
  assert.deepEqual([status, messages], [4, ['spandrel: S1 is read-only']]);
});

test('a peer that is not there ends it with 3', async (t) => {
  const { status, messages } = await new Sandbox(t).cli('benchmark', '127.0.0.1:9', '--serial', 'S1');
  assert.equal(status, 3);
  assert.match(messages.join(), /^spandrel: 127\.0\.0\.1:9: .*refused/);
});

test('an error of the disk ends it with 5 and the place', async (t) => {
  const box = new Sandbox(t);
  const file = box.file('disk.img', 64 * MIB);
  const peer = addressOf(await exported(box, file, '--serial', 'S1'));
  // The file ends sooner than the disk: reads beyond fail at its exporter.
  truncateSync(file, MIB);
  const { status, messages } = await box.cli('benchmark', peer, '--serial', 'S1', '--seconds', '1');
  assert.equal(status, 5);
  assert.match(messages.join(), /^spandrel: read of 4096 bytes at byte \d+ failed: /);
});

test('a disk smaller than the requests is measured with smaller ones', async (t) => {
  const box = new Sandbox(t);
  const peer = addressOf(await exported(box, 'memory:1536', '--serial', 'S1'));
  const events = await box.events('benchmark', peer, '--serial', 'S1', '--seconds', '0.05');
  assert.deepEqual(
    events.flatMap((event) => (event.event === 'benchmark_result' ? [event.test] : [])),
    ['read 1 KiB, depth 1', 'read 1 KiB, depth 32', 'read 1 KiB in sequence, depth 16'],
  );
});

test('SIGINT ends it with 130', async (t) => {
  const box = new Sandbox(t);
  const exporter = await box.start('export', 'memory:8M', '--serial', 'S1', '--listen', ANY_PORT);
  const run = await box.start('benchmark', addressOf(exporter), '--serial', 'S1', '--seconds', '60');
  const { status } = await run.endWith('SIGINT');
  assert.deepEqual([status, messagesOf(run.logLines)], [130, ['spandrel: cancelled']]);
});

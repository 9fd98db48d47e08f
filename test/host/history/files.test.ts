import assert from 'node:assert/strict';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  FILE_BYTES,
  HEADER_BYTES,
  MEANS,
  RINGS,
  slotAt,
  stepAt,
} from '../../../electron/host/history/geometry.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import { HISTORY_COLUMNS } from '../../../shared/model/figures.ts';
import { until } from '../../block/support/until.ts';
import { temporaryFolder, temporaryMount } from '../../media/folder.ts';
import { DAY, row, SECOND, START, TestHistory } from './support/history.ts';

test('a series has 4,116,736 bytes, of which only what was written takes room, for its owner alone', async (t) => {
  assert.equal(FILE_BYTES, 4_116_736);
  const history = new TestHistory(t, join(temporaryFolder(t), 'history'));
  history.record({ reads: 1 }, SECOND, '../../etc/passwd: unit\n');
  await history.store.flush();
  const [name = ''] = readdirSync(history.directory);
  assert.match(name, /^[0-9a-f]{64}\.ring$/);
  const { size, blocks, mode } = statSync(join(history.directory, name));
  assert.equal(size, FILE_BYTES);
  assert.ok(blocks * 512 <= 64 << 10, `${blocks} blocks`);
  assert.equal(mode & 0o777, 0o600);
  assert.equal(statSync(history.directory).mode & 0o777, 0o700);
  const read = await history.read(START, history.now, 100, '../../etc/passwd: unit\n');
  assert.deepEqual(read.avg.reads, [1]);
});

test('the columns with a mean stand before the percentiles, as the slots need it', () => {
  assert.ok(HISTORY_COLUMNS.every((name, i) => i < MEANS === !name.endsWith('_us')));
});

const DAMAGE: readonly [name: string, damage: (path: string) => void, cause: RegExp][] = [
  ['cut short', (path) => truncateSync(path, FILE_BYTES - 1), /has 4116735 bytes instead of 4116736$/],
  ['empty', (path) => truncateSync(path, 0), /has 0 bytes/],
  ['of zeros', (path) => writeFileSync(path, Buffer.alloc(FILE_BYTES)), /does not begin as a history/],
  [
    'of another version',
    (path) => {
      const bytes = readFileSync(path);
      bytes.write('9', bytes.indexOf('"version":') + '"version":'.length);
      writeFileSync(path, bytes);
    },
    /does not begin as a history/,
  ],
];

for (const [name, damage, cause] of DAMAGE) {
  test(`a file that is ${name} is read as empty, and begins anew with a line in the log`, async (t) => {
    const history = new TestHistory(t);
    history.record({ reads: 1 });
    await history.store.close();
    damage(history.fileOf());
    const again = new TestHistory(t, history.directory);
    again.now = history.now;
    assert.deepEqual((await again.read(START, again.now)).avg.reads, [null]);
    assert.equal(again.lines.length, 0);
    again.record({ reads: 2 });
    await again.store.flush();
    const [line = '', ...more] = again.lines;
    assert.ok(line.startsWith(`warn: the history of unit:xa0 begins anew: ${again.fileOf()} `), line);
    assert.match(line, cause);
    assert.deepEqual(more, []);
    await again.store.close();
    const third = new TestHistory(t, history.directory);
    third.now = again.now;
    assert.deepEqual((await third.read(START, third.now)).avg.reads, [null, 2]);
    assert.deepEqual(third.lines, []);
  });
}

test('a file of another series is not taken for its own', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 }, SECOND, 'unit:xa1');
  await history.store.close();
  renameSync(history.fileOf('unit:xa1'), history.fileOf());
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  assert.deepEqual((await again.read(START, again.now)).avg.reads, [null]);
});

test('a slot written in part, or that holds no numbers, is a gap', async (t) => {
  const history = new TestHistory(t);
  await history.run(5, (i) => ({ reads: i }));
  await history.store.close();
  const [fine] = RINGS;
  const bytes = readFileSync(history.fileOf());
  const slotOf = (second: number) => slotAt(fine, stepAt(fine, START + second * SECOND));
  bytes.writeUInt32LE(7, slotOf(2)); // its first word is old
  bytes.writeUInt32LE(7, slotOf(3) + 4 * (fine.words - 1)); // its last word is
  bytes.writeUInt32LE(0x7fc00000, slotOf(4) + 4); // not a number
  writeFileSync(history.fileOf(), bytes);
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  assert.deepEqual((await again.read(START, again.now)).avg.reads, [1, null, null, null, 5]);
});

test('a file that is gone while the host runs is made again', async (t) => {
  const history = new TestHistory(t, join(temporaryFolder(t), 'history'));
  history.record({ reads: 1 });
  await history.store.flush();
  renameSync(history.directory, `${history.directory}.away`);
  history.record({ reads: 2 });
  await history.store.flush();
  assert.deepEqual((await history.read(START, history.now)).avg.reads, [null, 2]);
  assert.equal(readFileSync(history.fileOf()).subarray(0, HEADER_BYTES).indexOf('spandrel history'), 0);
  assert.deepEqual(history.lines, []);
});

test('on a full disk the log says so once, what is recorded waits, and goes on when there is room', async (t) => {
  const directory = temporaryMount(t, '256k');
  if (directory === null) return;
  const history = new TestHistory(t, directory);
  const keys = ['unit:xa0', 'unit:xa1', 'total'];
  const recordAll = (reads: number) => {
    history.now += SECOND;
    for (const key of keys) history.store.record(key, history.now, row({ reads }));
  };
  recordAll(1);
  await history.store.flush();
  writeFileSync(join(directory, 'hog'), Buffer.alloc(0));
  assert.throws(() => writeFileSync(join(directory, 'hog'), Buffer.alloc(1 << 20)), /ENOSPC/);
  // As much later as takes other blocks of the files.
  history.now = START + 3000 * SECOND;
  const from = history.now;
  for (let i = 1; i <= 100; i++) {
    recordAll(i);
    await history.store.flush();
  }
  assert.deepEqual(history.lines, [
    `warn: ${history.fileOf()} cannot be written, so no history is kept: the disk is full`,
  ]);
  const seconds = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.deepEqual((await history.read(from, history.now)).avg.reads, seconds);
  writeFileSync(join(directory, 'hog'), '');
  await history.store.close();
  assert.deepEqual(history.lines.slice(1), ['info: history is kept again']);
  const again = new TestHistory(t, directory);
  again.now = history.now;
  for (const key of keys) {
    assert.deepEqual((await again.read(from, again.now, 4000, key)).avg.reads, seconds);
    const tens = await again.read(from, again.now, 10, key);
    assert.deepEqual(tens.avg.reads, [5.5, 15.5, 25.5, 35.5, 45.5, 55.5, 65.5, 75.5, 85.5, 95.5]);
  }
});

test('a series whose file cannot be written keeps no other from being written', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 });
  // A directory in the file's place.
  renameSync(temporaryFolder(t), history.fileOf());
  history.record({ reads: 2 }, 0, 'total');
  await history.store.flush();
  await history.store.flush();
  assert.equal(history.lines.length, 1);
  assert.match(history.lines[0] ?? '', /cannot be written, so no history is kept: it is a directory$/);
  assert.ok(existsSync(history.fileOf('total')));
});

test('a file that cannot be read is named to whoever wants to read it', async (t) => {
  const file = join(temporaryFolder(t), 'history');
  writeFileSync(file, '');
  const history = new TestHistory(t, file);
  await assert.rejects(history.read(START, START + DAY), (error) => {
    assert.ok(error instanceof HostError);
    assert.equal(error.kind, 'local');
    assert.equal(error.message, `${history.fileOf()} cannot be read: a part of its path is no directory`);
    return true;
  });
  await history.store.close();
  assert.deepEqual(history.lines, [`warn: old history is not removed: a part of its path is no directory`]);
});

test('a thousand series are written in turns, each once in ten seconds', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const history = new TestHistory(t);
  const written = () => readdirSync(history.directory).length;
  const inTicks: number[] = [];
  for (let second = 0; second < 10; second++) {
    history.now += SECOND;
    for (let i = 0; i < 1000; i++) history.store.record(`unit:xa${i}`, history.now, row({ reads: i }));
    t.mock.timers.tick(1000);
    await until(() => written() >= 100 * (second + 1), 'a tenth of the series written');
    // Time for more to be written, if there were more.
    for (let i = 0; i < 100; i++) await stat(history.directory);
    inTicks.push(written());
  }
  assert.deepEqual(inTicks, [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
});

test('what is forgotten is gone from memory and disk, and can be recorded again', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 });
  await history.store.flush();
  history.record({ reads: 2 });
  history.store.forget('unit:xa0');
  assert.deepEqual((await history.read(START, history.now)).avg.reads, [null, null]);
  assert.ok(!existsSync(history.fileOf()));
  history.record({ reads: 3 });
  await history.store.close();
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  assert.deepEqual((await again.read(START, again.now)).avg.reads, [null, null, 3]);
  const { avg } = await again.read(START - DAY, again.now, 2000);
  assert.equal(avg.reads.at(-1), 3, 'nothing of before is left in the minute either');
});

test('what was forgotten just before the end is gone after it', async (t) => {
  const history = new TestHistory(t);
  for (const key of ['unit:xa0', 'unit:xa1']) history.record({ reads: 1 }, SECOND, key);
  await history.store.close();
  const again = new TestHistory(t, history.directory);
  for (const key of ['unit:xa0', 'unit:xa1']) again.store.forget(key);
  await again.store.close();
  assert.deepEqual(readdirSync(history.directory), []);
});

test('clearing drops every series, also of earlier runs', async (t) => {
  const history = new TestHistory(t);
  history.record({ reads: 1 }, SECOND, 'export:of-before');
  await history.store.close();
  const again = new TestHistory(t, history.directory);
  again.now = history.now;
  writeFileSync(join(history.directory, 'notes.txt'), 'not ours');
  again.record({ reads: 2 });
  await again.store.flush();
  again.record({ reads: 3 });
  await again.store.clear();
  assert.deepEqual(readdirSync(history.directory), ['notes.txt']);
  const { avg } = await again.read(START, again.now);
  assert.ok(avg.reads.every((value) => value === null));
});

test('files nothing was written to for 30 days are removed at the start', async (t) => {
  const history = new TestHistory(t);
  for (const key of ['unit:old', 'unit:young']) history.record({ reads: 1 }, SECOND, key);
  await history.store.close();
  const daysAgo = (days: number) => (Date.now() - days * DAY) / 1000;
  utimesSync(history.fileOf('unit:old'), daysAgo(31), daysAgo(31));
  utimesSync(history.fileOf('unit:young'), daysAgo(29), daysAgo(29));
  await new TestHistory(t, history.directory).store.close();
  assert.ok(!existsSync(history.fileOf('unit:old')));
  assert.ok(existsSync(history.fileOf('unit:young')));
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../../shared/model/event.ts';
import { turn, until } from '../../block/support/until.ts';
import { temporaryFolder, temporaryMount } from '../../media/folder.ts';
import { killWriters } from '../support/killed-writer.ts';
import { TestJournal } from './support/events.ts';

const FILE_BYTES = 4 << 20;
const WRITER = new URL('support/event-writer.ts', import.meta.url);

function newer(directory: string): string {
  return join(directory, 'events.jsonl');
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

test('another start finds the same events, and ids grow on', async (t) => {
  const journal = new TestJournal(t, join(temporaryFolder(t), 'events'));
  for (let i = 0; i < 7; i++) journal.add({ to: 'lost', cause: 'Zeit überschritten' });
  journal.add({ to: 'back' });
  await journal.journal.close();
  const again = new TestJournal(t, journal.directory);
  assert.deepEqual(again.all(), journal.all());
  assert.equal(again.all()[1]?.count, 5);
  assert.equal(again.add().id, 5);
  assert.equal(statSync(newer(journal.directory)).mode & 0o777, 0o600);
  assert.equal(statSync(journal.directory).mode & 0o777, 0o700);
  assert.deepEqual([...journal.lines, ...again.lines], []);
});

test('a last line that was torn is left out, and the next begins a line', async (t) => {
  const journal = new TestJournal(t);
  for (let i = 0; i < 3; i++) journal.add({ object_id: `u${i}`, text: 'überall' });
  await journal.journal.close();
  const { size } = statSync(newer(journal.directory));
  truncateSync(newer(journal.directory), size - 20);
  const again = new TestJournal(t, journal.directory);
  assert.deepEqual(again.all(), journal.all().slice(1));
  assert.equal(again.add({ object_id: 'next' }).id, 3);
  await again.journal.close();
  const third = new TestJournal(t, journal.directory);
  assert.deepEqual(third.all(), again.all());
  assert.deepEqual([...again.lines, ...third.lines], []);
});

test('lines that are no events are left out, with their number in the log', async (t) => {
  const journal = new TestJournal(t);
  journal.add();
  await journal.journal.close();
  appendFileSync(newer(journal.directory), '{"id":2}\n\u0000\u0000\u0000\nnull\n');
  const again = new TestJournal(t, journal.directory);
  assert.deepEqual(again.all(), journal.all());
  assert.deepEqual(again.lines, [
    `warn: ${newer(journal.directory)}: 3 of 4 lines are no events and left out`,
  ]);
});

test('there are at most two files of 4 MiB, and memory holds what they hold', async (t) => {
  const journal = new TestJournal(t);
  // Some come back in between, as events do that grow.
  for (let i = 0; i < 14_000; i++) {
    journal.add({ object_id: `u${i}`, text: `${i} ${'x'.repeat(700)}` });
    if (i % 1000 === 0) for (let repeat = 0; repeat < 4; repeat++) journal.add({ to: 'lost' });
    if (i % 200 === 0) await turn();
  }
  await journal.journal.close();
  assert.deepEqual(readdirSync(journal.directory).sort(), ['events.1.jsonl', 'events.jsonl']);
  const bytes = ['events.1.jsonl', 'events.jsonl'].map(
    (name) => statSync(join(journal.directory, name)).size,
  );
  assert.ok(
    bytes.every((size) => size > 0 && size <= FILE_BYTES),
    String(bytes),
  );
  assert.ok((bytes[0] ?? 0) > FILE_BYTES - 2000);
  const again = new TestJournal(t, journal.directory);
  const all = again.all();
  assert.deepEqual(all, journal.all());
  assert.ok(all.length > 4000 && all.length < 12_000);
  assert.ok(
    all.some(({ to }) => to === 'lost'),
    'an event that grew is as young as its last line',
  );
  assert.equal(again.add().id, (all[0]?.id ?? 0) + 1);
  assert.deepEqual([...journal.lines, ...again.lines], []);
});

test('what has grown is kept, though the files turn over twice before that is written', async (t) => {
  const journal = new TestJournal(t);
  let batches = 0;
  journal.journal.onEvents(() => batches++);
  for (let repeat = 0; repeat < 6; repeat++) journal.add({ to: 'lost' });
  await until(() => batches === 1, 'the first batch');
  journal.add({ to: 'lost' });
  // All in one turn, so in one batch.
  for (let i = 0; i < 14_000; i++) journal.add({ object_id: `u${i}`, text: `${i} ${'x'.repeat(700)}` });
  const [grown] = journal.query({ text: 'disk7' }).events;
  await journal.journal.close();
  const again = new TestJournal(t, journal.directory);
  assert.deepEqual(again.all(), journal.all());
  assert.deepEqual(again.query({ text: 'disk7' }).events[0], grown);
});

test('an event that grows for hours does not fill the files, and its number is never long out of date', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const journal = new TestJournal(t);
  for (let second = 0; second < 7200; second++) {
    journal.now += 1000;
    journal.add({ to: 'lost' });
    t.mock.timers.tick(1000);
    if (second % 100 === 0) await turn();
  }
  // As if it were killed now.
  const counts = async () => {
    await journal.journal.close();
    const lines = readFileSync(newer(journal.directory), 'utf8').trimEnd().split('\n');
    return lines.map((line) => (JSON.parse(line) as Event).count);
  };
  const written = await counts();
  assert.equal(written.at(-1), 7198);
  assert.ok(written.length < 150, `${written.length} lines`);
  const steps = written.slice(3).map((count, i) => count - (written[i + 2] ?? 0));
  assert.ok(
    steps.every((step) => step > 0 && step <= 61),
    String(steps),
  );
});

test('on a full disk the log says so once; what waits is written when there is room', async (t) => {
  const directory = temporaryMount(t, '64k');
  if (directory === null) return;
  const journal = new TestJournal(t, directory);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (let i = 0; i < 200; i++) {
    const size = sizeOf(newer(directory));
    journal.add({ object_id: `u${i}`, text: `${i} ${'x'.repeat(700)}` });
    t.mock.timers.tick(100);
    await until(() => journal.lines.length > 0 || sizeOf(newer(directory)) > size, 'a batch written');
  }
  await journal.journal.close();
  assert.deepEqual(journal.lines, [
    `warn: ${newer(directory)} cannot be written, so events are not kept: the disk is full`,
  ]);
  assert.equal(journal.all().length, 200);
  const onDisk = readFileSync(newer(directory), 'utf8');
  assert.ok(onDisk.endsWith('}\n'), 'no half line is left');
  const kept = onDisk.split('\n').length - 1;
  assert.ok(kept > 50 && kept < 100, `${kept} lines`);
  execFileSync('mount', ['-o', 'remount,size=1m', directory]);
  journal.add({ object_id: 'last' });
  await journal.journal.close();
  assert.deepEqual(journal.lines.slice(1), ['info: events are kept again']);
  assert.deepEqual(new TestJournal(t, directory).all(), journal.all());
});

test('killed at any moment, a host finds whole events, with none of before lost', async (t) => {
  const directory = temporaryFolder(t);
  let before: Event[] = [];
  const kills = { script: WRITER, kills: 8, lines: [2, 5], turns: 400 } as const;
  await killWriters(
    t,
    kills,
    () => [directory],
    async () => {
      const isTorn = !readFileSync(newer(directory), 'utf8').endsWith('\n');
      const journal = new TestJournal(t, directory);
      const all = journal.all().reverse();
      assert.deepEqual(journal.lines, []);
      assert.ok(all.length >= before.length, `${all.length} after ${before.length}`);
      assert.ok(isDeepStrictEqual(all.slice(0, before.length), before), 'those of before are all there');
      assert.ok(
        all.every(({ id }, i) => id === i + 1),
        'none is missing in between',
      );
      before = all;
      await journal.journal.close();
      return isTorn;
    },
  );
  assert.ok(before.length > 100, `${before.length} events outlasted the kills`);
});

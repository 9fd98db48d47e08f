import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventFilter } from '../../../shared/contract.ts';
import { MINUTE, TestJournal } from './support/events.ts';

test('what is left out of an event is null, and no notification', (t) => {
  const journal = new TestJournal(t);
  assert.deepEqual(journal.add(), {
    id: 1,
    at: journal.now,
    severity: 'info',
    kind: 'unit',
    object: 'xa0',
    object_id: 'xa0',
    text: 'xa0 attached: disk7',
    from: null,
    to: null,
    duration_ms: null,
    cause: null,
    actor: 'you',
    count: 1,
    last_at: journal.now,
    notify: false,
  });
  const full = { from: 'optimal', to: 'holding', duration_ms: 60_000, cause: 'nas timed out', notify: true };
  assert.deepEqual(journal.add(full), { ...journal.all()[1], ...full, id: 2 });
});

test('texts longer than anybody reads are cut', (t) => {
  const journal = new TestJournal(t);
  const long = 'x'.repeat(100_000);
  const { text, cause, object } = journal.add({ text: long, cause: long, object: long, object_id: long });
  assert.deepEqual([text.length, cause?.length, object.length], [1000, 1000, 512]);
  assert.ok(text.endsWith('x…'));
});

test('events are found newest first, a page at a time', (t) => {
  const journal = new TestJournal(t);
  for (let i = 1; i <= 25; i++) journal.add({ object_id: `u${i}` });
  const pages: number[][] = [];
  let before: number | null = null;
  for (let more = true; more; ) {
    const page = journal.query({}, before, 10);
    pages.push(page.events.map(({ id }) => id));
    before = page.events.at(-1)?.id ?? null;
    more = page.more;
  }
  assert.deepEqual(
    pages.map((page) => [page[0], page.at(-1), page.length]),
    [
      [25, 16, 10],
      [15, 6, 10],
      [5, 1, 5],
    ],
  );
  assert.deepEqual(journal.query({}, 11, 10).more, false, 'exactly ten are left');
});

const FILTERS: readonly [what: string, filter: Partial<EventFilter>, found: string[]][] = [
  ['everything', {}, ['a', 'b', 'c', 'd']],
  ['a kind', { kind: 'peer' }, ['b', 'd']],
  ['an object', { object_id: 'xa1' }, ['c']],
  ['warnings and worse', { severity: 'warning' }, ['b', 'c']],
  ['errors', { severity: 'error' }, ['c']],
  ['a word of the sentence, whatever its case', { text: 'OFFERED' }, ['a']],
  ['a word of the object', { text: 'attic' }, ['d']],
  ['a word of the cause', { text: 'timed' }, ['b']],
  ['from a time on', { from: 2 * MINUTE }, ['c', 'd']],
  ['until a time', { to: 2 * MINUTE }, ['a', 'b', 'c']],
  ['several at once', { kind: 'peer', severity: 'warning', text: 'nas', from: 0, to: 9 * MINUTE }, ['b']],
  ['what there is not', { kind: 'job' }, []],
];

test('filters find events by kind, object, severity, text and time', (t) => {
  const journal = new TestJournal(t);
  const start = journal.now;
  journal.add({ object_id: 'a', text: 'disk7 is offered' });
  journal.now = start + MINUTE;
  journal.add({ kind: 'peer', object: 'nas', object_id: 'b', severity: 'warning', cause: 'it timed out' });
  journal.now = start + 2 * MINUTE;
  journal.add({ object: 'xa1', object_id: 'xa1', severity: 'error', text: 'no path' });
  journal.now = start + 3 * MINUTE;
  journal.add({ kind: 'peer', object: 'Attic', object_id: 'd' });
  const names = ['a', 'b', 'c', 'd'];
  for (const [what, { from, to, ...filter }, found] of FILTERS) {
    const times = { from: from == null ? null : start + from, to: to == null ? null : start + to };
    const { events } = journal.query({ ...filter, ...times });
    assert.deepEqual(events.map(({ id }) => names[id - 1]).reverse(), found, what);
  }
});

test('a path that flaps is told twice each way, then as one event each that grows', (t) => {
  const journal = new TestJournal(t);
  const lost = { kind: 'path', from: 'active', to: 'lost', severity: 'warning' } as const;
  const back = { kind: 'path', from: 'lost', to: 'standby' } as const;
  for (let i = 1; i <= 10; i++) {
    journal.now += 1000;
    journal.add({ ...lost, text: `path lost, ${i} left`, cause: `reason ${i}` });
    journal.now += 1000;
    journal.add({ ...back, text: `path back after ${i} s` });
  }
  const told = journal.all().reverse();
  assert.deepEqual(
    told.map(({ to, count }) => `${to} ${count}`),
    ['lost 1', 'standby 1', 'lost 1', 'standby 1', 'lost 8', 'standby 8'],
  );
  const group = told[4];
  assert.equal(group?.text, 'path lost, 3 left');
  assert.equal(group?.last_at, journal.now - 1000);
  assert.equal(group.last_at - group.at, 7 * 2000);
});

test('an event ten minutes after the last of its like stands for itself', (t) => {
  const journal = new TestJournal(t);
  for (const pass of [0, 10 * MINUTE, 10 * MINUTE, 10 * MINUTE, 10 * MINUTE + 1, 0, 0, 0]) {
    journal.now += pass;
    journal.add({ from: 'a', to: 'b' });
  }
  assert.deepEqual(
    journal.all().map(({ count }) => count),
    [2, 1, 1, 2, 1, 1],
  );
});

test('events that differ in object, kind, severity or what changed are not one', (t) => {
  const journal = new TestJournal(t);
  const likes = [
    { to: 'lost' },
    { to: 'lost', object: 'xa0 via attic' },
    { to: 'lost', object_id: 'xa1' },
    { to: 'lost', severity: 'warning' as const },
    { to: 'lost', kind: 'path' as const },
    { to: 'gone' },
    { from: 'lost', to: null },
    { text: 'attached' },
    { text: 'detached' },
  ];
  for (let round = 0; round < 3; round++) for (const like of likes) journal.add(like);
  assert.equal(journal.all().length, 3 * likes.length);
  for (const like of likes) journal.add(like);
  assert.equal(journal.all().length, 3 * likes.length);
  journal.add({ text: 'benchmark 1 done' });
  journal.add({ text: 'benchmark 22 done' });
  journal.add({ text: 'benchmark 3 done' });
  assert.equal(journal.add({ text: 'benchmark 4 done' }).count, 2, 'numbers make no difference');
});

test('listeners hear at most every 100 ms, of each event as it is then', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const journal = new TestJournal(t);
  const heard: string[] = [];
  const dispose = journal.journal.onEvents((events) => {
    heard.push(events.map(({ id, count }) => `${id}×${count}`).join(' '));
  });
  for (let i = 0; i < 20; i++) journal.add({ to: 'lost' });
  journal.add({ to: 'back' });
  t.mock.timers.tick(99);
  assert.equal(heard.length, 0);
  t.mock.timers.tick(1);
  assert.deepEqual(heard, ['1×1 2×1 3×18 4×1']);
  t.mock.timers.tick(1000);
  assert.equal(heard.length, 1, 'nothing happened, so nothing is told');
  journal.add({ to: 'lost' });
  t.mock.timers.tick(100);
  assert.deepEqual(heard.slice(1), ['3×19']);
  dispose();
  journal.add({ to: 'lost' });
  t.mock.timers.tick(100);
  assert.equal(heard.length, 2);
});

test('a listener that fails is logged, and the others hear all the same', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const journal = new TestJournal(t);
  let heard = 0;
  journal.journal.onEvents(() => {
    throw new Error('no');
  });
  journal.journal.onEvents(() => heard++);
  journal.add();
  t.mock.timers.tick(100);
  assert.equal(heard, 1);
  assert.deepEqual(journal.lines, ['error: a listener of the journal failed']);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANY_EVENT, matchesEvent, withLive } from '../../../renderer/drawers/events/event-filter.ts';
import { changeText, repeatText } from '../../../renderer/drawers/events/event-words.ts';
import { ALL, filterOf } from '../../../renderer/pages/activity/event-choices.ts';
import { eventsCsv, eventsJson } from '../../../renderer/pages/activity/event-export.ts';
import { fromLevel, lineKeys, logText, sameLines } from '../../../renderer/pages/activity/log-lines.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { LogLine } from '../../../shared/model/host.ts';

function event(id: number, change: Partial<Event> = {}): Event {
  return {
    id,
    at: id * 1000,
    severity: 'info',
    kind: 'unit',
    object: 'xa0',
    object_id: 'xa0',
    text: `event ${id}`,
    from: null,
    to: null,
    duration_ms: null,
    cause: null,
    actor: 'remote',
    count: 1,
    last_at: id * 1000,
    notify: false,
    ...change,
  };
}
const LIVE = { kind: 'last', ms: 300_000, pausedAt: null } as const;

test('a severity asks for it and worse, a text looks into event, object and cause', () => {
  const warning = event(1, { severity: 'warning', cause: 'Connection refused' });
  assert.ok(matchesEvent(warning, { ...ANY_EVENT, severity: 'warning', text: 'REFUSED' }));
  assert.ok(!matchesEvent(warning, { ...ANY_EVENT, severity: 'error' }));
  assert.ok(!matchesEvent(warning, { ...ANY_EVENT, text: 'elsewhere' }));
  assert.ok(!matchesEvent(warning, { ...ANY_EVENT, kind: 'peer' }));
  assert.ok(!matchesEvent(warning, { ...ANY_EVENT, from: 1001 }));
});

test('what happens joins what was asked for: new ones on top, grown ones in place', () => {
  const asked = [event(3), event(2)];
  const live = [event(5), event(4, { object_id: 'xa1' }), event(2, { count: 7 })];
  const joined = withLive(asked, live, { ...ANY_EVENT, object_id: 'xa0' });
  assert.deepEqual(
    joined.map(({ id, count }) => [id, count]),
    [
      [5, 1],
      [3, 1],
      [2, 7],
    ],
  );
});

test('an event of the journal older than what was asked for does not leave a hole in the list', () => {
  const asked = [event(9), event(8)];
  assert.equal(withLive(asked, [event(3)], ANY_EVENT), asked);
});

test('states are words and repetitions are counted', () => {
  assert.equal(changeText({ from: 'optimal', to: 'single_path' }), 'Optimal → Single path');
  assert.equal(changeText({ from: null, to: null }), '');
  assert.match(repeatText(event(1, { count: 14 }), 'utc'), /^×14, last /);
  assert.equal(repeatText(event(1), 'utc'), '');
});

test('a filter of several words asks the host for the longest, and a live range has no end', () => {
  const asked = filterOf({ ...ALL, kind: 'peer', time: 'charts' }, ' up  demo-a ', LIVE, 1_000_000);
  assert.deepEqual(asked, {
    kind: 'peer',
    object_id: null,
    severity: null,
    text: 'demo-a',
    from: 700_000,
    to: null,
  });
  const span = filterOf({ ...ALL, time: 'charts' }, '', { kind: 'span', from: 5, to: 9 }, 1_000_000);
  assert.deepEqual([span.from, span.to], [5, 9]);
  assert.equal(filterOf({ ...ALL, kind: 'nonsense' }, '', LIVE, 0).kind, null);
});

test('events as CSV are ISO times and base units, quoted, and never a formula', () => {
  const [header, line] = eventsCsv([
    event(1, { text: 'a "b", c', object: '=cmd()', duration_ms: 2500 }),
  ]).split('\r\n');
  assert.match(header ?? '', /^id,time,last_time,count,severity,kind,object,/);
  assert.match(line ?? '', /^1,1970-01-01T00:00:01\.000Z,/);
  assert.ok(line?.includes("'=cmd()"));
  assert.ok(line?.includes('"a ""b"", c"'));
  assert.ok(line?.includes(',2500,'));
  assert.deepEqual(JSON.parse(eventsJson([event(2)]))[0].time, '1970-01-01T00:00:02.000Z');
});

test('lines of the log are kept from a level on, as text with their time, and have keys of their own', () => {
  const line = (at: number, level: LogLine['level']): LogLine => ({ at, level, text: 'again' });
  const lines = [line(1, 'debug'), line(1, 'warn'), line(2, 'error')];
  assert.deepEqual(
    fromLevel(lines, 'warn').map(({ level }) => level),
    ['warn', 'error'],
  );
  assert.equal(new Set(lineKeys(lines)).size, 3);
  assert.equal(logText([line(0, 'warn')]), '1970-01-01T00:00:00.000Z WARN  again\n');
  assert.ok(sameLines(lines, [...lines]));
  assert.ok(!sameLines(lines, lines.slice(1)));
});

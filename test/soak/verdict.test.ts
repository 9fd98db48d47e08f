import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTimers, rowsOf, tableOf } from './driver/verdict.ts';
import type { Snapshot } from './process/snapshot.ts';

const MIB = 1 << 20;

function rest(
  counts: Record<string, number>,
  heap = 20 * MIB,
  external = MIB,
  rss = 100 * MIB,
  events = 0,
): Snapshot {
  return { counts, memory: { heap, external, rss, events }, timers: { '1000 ms beat': counts.timers ?? 0 } };
}

function leaksOf(name: string, ...snapshots: Snapshot[]): string[] {
  return rowsOf({ name, snapshots })
    .filter(({ leaks }) => leaks)
    .map(({ quantity }) => quantity);
}

test('one thing more than at any rest before is a leak, be it new', () => {
  assert.deepEqual(leaksOf('router', rest({ timers: 1 }), rest({ timers: 1 })), []);
  assert.deepEqual(leaksOf('router', rest({ timers: 2 }), rest({ timers: 1 }), rest({ timers: 2 })), [
    'timers',
  ]);
  assert.deepEqual(leaksOf('router', rest({ links: 3 }), rest({ links: 4 })), ['links']);
  assert.deepEqual(leaksOf('router', rest({}), rest({ UDPWrap: 1 })), ['UDPWrap']);
  assert.deepEqual(leaksOf('router', rest({ links: 3 }), rest({ links: 9 }), rest({ links: 3 })), []);
});

test('what is explained is no leak, and no more than that', () => {
  assert.deepEqual(leaksOf('app', rest({ timers: 6 }), rest({ timers: 7 })), []);
  assert.deepEqual(leaksOf('app', rest({ timers: 6 }), rest({ timers: 8 })), ['timers']);
});

test('memory may grow by a share and some bytes', () => {
  const first = rest({});
  assert.deepEqual(leaksOf('app', first, rest({}, 24.9 * MIB, 5 * MIB, 156 * MIB)), []);
  const last = rest({}, 25.1 * MIB, 5.1 * MIB, 158 * MIB);
  assert.deepEqual(leaksOf('app', first, last), ['heap', 'external', 'rss']);
});

test('events that are kept may take their memory, and no more', () => {
  const first = rest({});
  assert.deepEqual(leaksOf('app', first, rest({}, 29.9 * MIB, MIB, 100 * MIB, 2 * MIB)), []);
  assert.deepEqual(leaksOf('app', first, rest({}, 30.1 * MIB, MIB, 100 * MIB, 2 * MIB)), ['heap']);
});

test('the table names each leak, and where new timers are from', () => {
  const rests = { name: 'router', snapshots: [rest({ timers: 1 }), rest({ timers: 3 })] };
  assert.match(tableOf(rowsOf(rests)), /router +timers +1 +3 +LEAKS/);
  assert.match(tableOf(rowsOf(rests)), /router +heap +20\.0 MiB +20\.0 MiB +ok/);
  assert.deepEqual(newTimers(rests), ['3 of 1000 ms beat, were 1']);
});

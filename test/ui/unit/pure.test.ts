import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SeriesSpec } from '../../../renderer/components/chart/series.ts';
import {
  append,
  emptyTimeline,
  fromHistory,
  largest,
  toCsv,
} from '../../../renderer/components/chart/timeline.ts';
import { nextTop, niceAbove } from '../../../renderer/components/chart/y-scale.ts';
import { covers, unite } from '../../../renderer/connection/watch.ts';
import { KEYS, keyOf } from '../../../renderer/keys/keymap.ts';
import { routeOf, routeText } from '../../../renderer/stores/route.ts';
import { boundsOf, DEFAULT_RANGE, rangeOf, rangeText, spanOf } from '../../../renderer/stores/time-range.ts';

const SERIES: readonly SeriesSpec[] = [
  { key: 'unit:xa0', column: 'reads', label: 'xa0', role: 1 },
  { key: 'unit:xa1', column: 'reads', label: 'xa1, b', role: 2 },
];

test('a missed time is a gap, never a bridge and never zero', () => {
  const timeline = emptyTimeline(1);
  append(timeline, 1000, [5], 0);
  append(timeline, 2000, [6], 0);
  append(timeline, 9000, [7], 0);
  assert.deepEqual(timeline.at, [1000, 2000, 3000, 9000]);
  assert.deepEqual(timeline.avg, [[5, 6, null, 7]]);
});

test('a sample that was there already is not drawn twice, and old ones go', () => {
  const timeline = emptyTimeline(1);
  for (let second = 0; second < 500; second++)
    append(timeline, second * 1000, [second], (second - 60) * 1000);
  append(timeline, 499_000, [1], 0);
  assert.equal(timeline.at.at(-1), 499_000);
  assert.ok(timeline.at.length < 200, `${timeline.at.length} are kept`);
  assert.equal(timeline.avg[0]?.at(-1), 499);
});

test('histories of different times are lined up', () => {
  const history = [
    { key: 'unit:xa0', step_ms: 1000, at: [1000, 2000], avg: { reads: [1, 2] }, max: { reads: [1, 2] } },
    {
      key: 'unit:xa1',
      step_ms: 1000,
      at: [2000, 3000],
      avg: { reads: [3, null] },
      max: { reads: [3, null] },
    },
  ];
  const timeline = fromHistory(SERIES, history);
  assert.deepEqual(timeline.at, [1000, 2000, 3000]);
  assert.deepEqual(timeline.avg, [
    [1, 2, null],
    [null, 3, null],
  ]);
  assert.equal(timeline.max, null);
  assert.equal(largest(timeline, 0, 1500), 1);
  assert.equal(toCsv(SERIES, timeline).split('\n')[2], '1970-01-01T00:00:02.000Z,2,3');
});

test('coarse history has its largest values as a band', () => {
  const history = [
    { key: 'unit:xa0', step_ms: 10_000, at: [10_000], avg: { reads: [1] }, max: { reads: [9] } },
  ];
  const timeline = fromHistory(SERIES.slice(0, 1), history);
  assert.deepEqual(timeline.max, [[9]]);
  assert.equal(largest(timeline, 0, 20_000), 9);
});

test('a scale grows at once and shrinks only after ten seconds of less', () => {
  const first = nextTop(null, 90, 0, false);
  assert.equal(first.value, 100);
  const grown = nextTop(first, 190, 1000, false);
  assert.equal(grown.value, 250);
  const low = nextTop(grown, 10, 2000, false);
  assert.equal(low.value, 250);
  assert.equal(nextTop(low, 10, 11_000, false).value, 250);
  assert.equal(nextTop(low, 10, 12_000, false).value, 12);
  const again = nextTop(low, 200, 5000, false);
  assert.equal(again.lowSince, null);
});

test('tops are round and not far above', () => {
  for (const value of [0.3, 7, 99, 1234, 1e9])
    for (const binary of [true, false]) {
      const top = niceAbove(value, binary);
      assert.ok(top >= value && top <= value * 1.34, `${top} for ${value}`);
    }
});

test('the union of wishes is bounded, sorted, and all of a kind beats a list', () => {
  const many = Array.from({ length: 600 }, (_, index) => `xa${index}`);
  const watch = unite(
    [{ units: ['xa2', 'xa1'] }, { units: ['xa1'], exports: 'all' }, { exports: ['e'] }],
    true,
  );
  assert.deepEqual(watch.units, ['xa1', 'xa2']);
  assert.equal(watch.exports, 'all');
  assert.equal(unite([{ units: many }], true).units.length, 512);
});

test('what is watched is covered, a path by its unit, and nothing while hidden', () => {
  const watch = unite([{ units: ['xa1'], paths_of: ['xa1'] }], true);
  const unitOf = (id: string) => (id === 'p:1' ? 'xa1' : undefined);
  assert.ok(covers(watch, 'total', unitOf));
  assert.ok(covers(watch, 'unit:xa1', unitOf));
  assert.ok(covers(watch, 'path:p:1', unitOf));
  assert.ok(!covers(watch, 'unit:xa2', unitOf));
  assert.ok(!covers(watch, 'path:p:2', unitOf));
  assert.ok(!covers({ ...watch, visible: false }, 'total', unitOf));
});

test('a place in the page survives the address bar, and nonsense there does no harm', () => {
  const route = {
    page: 'units',
    section: null,
    object: { kind: 'unit', id: 'xa0' },
    full: true,
    tab: 'paths',
    range: rangeOf('1h@5000'),
  } as const;
  assert.deepEqual(routeOf(routeText(route)), route);
  assert.equal(routeText(routeOf('')), '#/overview');
  assert.deepEqual(routeOf('#/nowhere?open=devil:x&tab=<b>&range=9-'), routeOf('#/overview'));
  const peer = routeOf(routeText({ ...route, object: { kind: 'peer', id: 'a b&c=ü:/' } }));
  assert.equal(peer.object?.id, 'a b&c=ü:/');
});

test('a zoom is never shorter than can be shown', () => {
  const span = spanOf(1000, 1001);
  assert.deepEqual(boundsOf(span, 0), [1000, 6000]);
  assert.deepEqual(rangeOf(rangeText(span)), span);
  assert.deepEqual(boundsOf(DEFAULT_RANGE, 300_000), [0, 300_000]);
});

test('no key means two things in one place', () => {
  for (const scope of ['everywhere', 'rows'] as const) {
    const keys = KEYS.filter((key) => key.scope === scope).flatMap(
      ({ keys: some }) => some as readonly string[],
    );
    assert.deepEqual(
      keys.filter((key, index) => keys.indexOf(key) !== index),
      [],
    );
  }
});

test('keys are told by what they mean, on every keyboard', () => {
  const press = (
    key: string,
    mods: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {},
  ) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...mods,
  });
  assert.equal(keyOf(press('k', { ctrlKey: true }), 'everywhere', false), 'palette');
  assert.equal(keyOf(press('k', { metaKey: true }), 'everywhere', true), 'palette');
  assert.equal(keyOf(press('k', { metaKey: true }), 'everywhere', false), null);
  assert.equal(keyOf(press('?', { shiftKey: true }), 'everywhere', false), 'help');
  assert.equal(keyOf(press('/', { shiftKey: true }), 'everywhere', false), 'filter');
  assert.equal(keyOf(press('Enter', { shiftKey: true }), 'rows', false), 'open_full');
  assert.equal(keyOf(press('a'), 'rows', false), 'attach');
  assert.equal(keyOf(press('a', { ctrlKey: true }), 'rows', false), 'select_all');
  assert.equal(keyOf(press('F6', { shiftKey: true }), 'everywhere', false), 'region_back');
});

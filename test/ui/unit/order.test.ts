import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareRaw,
  inOrder,
  linesOf,
  matchesFilter,
  takeOrder,
} from '../../../renderer/components/table/order.ts';

interface Row {
  readonly id: string;
  readonly value: number | null;
  readonly paths: readonly string[];
}
const row = (id: string, value: number | null, paths: readonly string[] = []): Row => ({ id, value, paths });
const idOf = ({ id }: Row) => id;
const rawOf = ({ value }: Row) => value;

test('rows are sorted by raw value: 900 GiB comes before 1 TiB', () => {
  const rows = [row('tib', 1024), row('gib', 900)];
  assert.deepEqual(takeOrder(rows, idOf, rawOf, false), ['gib', 'tib']);
});

test('names are sorted as people count: xa2 before xa10', () => {
  assert.ok(compareRaw('xa2', 'xa10', false) < 0);
  assert.ok(compareRaw('xa2', 'xa10', true) > 0);
});

test('rows without a value come last in both directions', () => {
  const rows = [row('none', null), row('b', 2), row('a', 1)];
  assert.deepEqual(takeOrder(rows, idOf, rawOf, false), ['a', 'b', 'none']);
  assert.deepEqual(takeOrder(rows, idOf, rawOf, true), ['b', 'a', 'none']);
});

test('an order once taken stays whatever the values become; new rows stand at the end', () => {
  const order = takeOrder([row('a', 1), row('b', 2)], idOf, rawOf, true);
  const later = [row('new', 99), row('a', 50), row('b', 2)];
  assert.deepEqual(inOrder(later, idOf, order).map(idOf), ['b', 'a', 'new']);
});

test('a filter wants all its words, wherever they are', () => {
  assert.ok(matchesFilter('node-b\nArchive 2024', 'archive NODE'));
  assert.ok(!matchesFilter('node-b\nArchive 2024', 'archive node-c'));
});

test('unfolded rows are followed by their sub-rows, groups by their members', () => {
  const rows = [row('a', 1, ['p', 'q']), row('b', 2), row('c', 1)];
  const lines = linesOf(rows, {
    idOf,
    groupOf: ({ value }) => `g${value}`,
    subs: { rows: ({ paths }) => paths, id: (path) => path },
    isOpen: (id) => id === 'a',
    isClosedGroup: (id) => id === 'group g2',
  });
  assert.deepEqual(
    lines.map(({ kind, id }) => `${kind} ${id}`),
    ['group group g1', 'row a', 'sub a p', 'sub a q', 'row c', 'group group g2'],
  );
});

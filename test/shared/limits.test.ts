import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { LIMIT_NAMES, LIMITS, limitFault, limitsWith, limitText } from '../../shared/limits.ts';
import { SetLimits } from '../../shared/model/limits.ts';

test('the README has each limit, with what is usual', () => {
  const text = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| `(\w+)` +\| (.*?) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells);
  const due = LIMIT_NAMES.map((name) => [name, limitText(name), LIMITS[name].what]);
  assert.deepEqual(rows, due);
});

test('what is usual is within the range, and so is what may be set', () => {
  for (const name of LIMIT_NAMES) {
    const { least, most, usual, unit } = LIMITS[name];
    for (const value of [least, usual, most]) assert.ok(SetLimits.safeParse({ [name]: value }).success, name);
    const wrong = [least * 0.99, most * 1.01, Number.NaN, Number.POSITIVE_INFINITY, -1];
    if (unit !== 'seconds') wrong.push(usual + 0.5);
    for (const value of wrong) {
      assert.ok(!SetLimits.safeParse({ [name]: value }).success, `${name}=${value}`);
      assert.match(limitFault(name, value) ?? '', new RegExp(`^${name} is .* to `));
    }
  }
});

test('limits that were not set are as usual', () => {
  const { spans, ...rest } = limitsWith({ spans: 7, links: undefined });
  const { spans: usual, ...others } = limitsWith();
  assert.deepEqual([spans, usual, rest], [7, LIMITS.spans.usual, others]);
});

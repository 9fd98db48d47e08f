import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  benchmarkJson,
  benchmarkRows,
  differenceText,
} from '../../../renderer/drawers/job/benchmark-rows.ts';
import { chartsOf, figureKeyOf } from '../../../renderer/drawers/performance/object-series.ts';
import { slowest } from '../../../renderer/pages/overview/worst.ts';
import { METRIC_IDS, metricOf } from '../../../renderer/pages/performance/metrics.ts';
import type { BenchmarkResult, Job } from '../../../shared/model/job.ts';

test('the slowest come first, the idle by name behind them, five at most', () => {
  const p99 = new Map([
    ['xa1', 100],
    ['xa10', 900],
    ['xa3', 500],
  ]);
  const names = ['xa10', 'xa2', 'xa1', 'xa3', 'xa11', 'xa4'];
  assert.deepEqual(
    slowest(names, (name) => p99.get(name)),
    ['xa10', 'xa3', 'xa1', 'xa2', 'xa4'],
  );
});

test('a figure key is read as what it is, with any id, and anything else is none', () => {
  assert.equal(figureKeyOf('total'), 'total');
  assert.equal(figureKeyOf('unit:xa0'), 'unit:xa0');
  assert.equal(figureKeyOf('path:a:b c'), 'path:a:b c');
  assert.equal(figureKeyOf('job:1'), null);
  assert.equal(figureKeyOf('unit:'), null);
});

test('every chart of an object is of that object, and every metric has a name', () => {
  for (const { series } of chartsOf('unit:xa7')) for (const { key } of series) assert.equal(key, 'unit:xa7');
  assert.equal(new Set(METRIC_IDS.map((id) => metricOf(id).label)).size, METRIC_IDS.length);
});

function result(test: string, rate: number): BenchmarkResult {
  return { test, requests_per_second: rate, bytes_per_second: rate * 4096, p50_us: 1, p99_us: 2, p999_us: 3 };
}
function job(id: string, benchmark: BenchmarkResult[]): Job {
  return {
    id,
    kind: 'benchmark',
    title: id,
    state: 'done',
    phase: '',
    done_bytes: 0,
    size_bytes: 0,
    rate_bytes: 0,
    eta_seconds: null,
    error: null,
    summary: null,
    benchmark,
    created_at: 0,
    ended_at: 1,
    command: 'spandrel benchmark',
  };
}

test('benchmarks stand side by side by test, with a hole where one did not make it', () => {
  const rows = benchmarkRows([
    job('a', [result('read', 100)]),
    job('b', [result('read', 150), result('write', 9)]),
  ]);
  assert.deepEqual(
    rows.map(({ test: name, results }) => [name, results.map((one) => one?.requests_per_second)]),
    [
      ['read', [100, 150]],
      ['write', [undefined, 9]],
    ],
  );
});

test('a difference is to the first, with its sign, and none where there is nothing to compare', () => {
  assert.equal(differenceText(150, 100), '+50.0 %');
  assert.equal(differenceText(75, 100), '−25.0 %');
  assert.equal(differenceText(1, 0), '');
  assert.equal(differenceText(undefined, 100), '');
});

test('results as JSON keep base units and the command', () => {
  const [record] = JSON.parse(benchmarkJson([job('a', [result('read', 100)])]));
  assert.equal(record.started_at, '1970-01-01T00:00:00.000Z');
  assert.equal(record.results[0].bytes_per_second, 409_600);
  assert.equal(record.command, 'spandrel benchmark');
});

import type { Job } from '../../../shared/model/job.ts';

/** Results of benchmarks side by side. */
export interface BenchmarkRow {
  readonly test: string;
  /** One for each job; undefined where it did not make this test. */
  readonly results: readonly (Job['benchmark'][number] | undefined)[];
}

/** All tests of the jobs, in the order they were made. */
export function benchmarkRows(jobs: readonly Pick<Job, 'benchmark'>[]): BenchmarkRow[] {
  const tests = [...new Set(jobs.flatMap(({ benchmark }) => benchmark.map(({ test }) => test)))];
  return tests.map((test) => ({
    test,
    results: jobs.map(({ benchmark }) => benchmark.find((result) => result.test === test)),
  }));
}

/** How much more or less than the first: `+12.0 %`; empty for the first itself or where there is no first. */
export function differenceText(value: number | undefined, first: number | undefined): string {
  if (value === undefined || first === undefined || first === 0) return '';
  const percent = (value / first - 1) * 100;
  return `${percent < 0 ? '−' : '+'}${Math.abs(percent).toFixed(1)} %`;
}

/** Results as a file, in base units. */
export function benchmarkJson(jobs: readonly Job[]): string {
  const records = jobs.map(({ title, created_at, command, benchmark }) => ({
    title,
    started_at: new Date(created_at).toISOString(),
    command,
    results: benchmark,
  }));
  return `${JSON.stringify(records, null, 2)}\n`;
}

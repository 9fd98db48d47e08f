import type { Input } from '../../../shared/contract.ts';
import type { BenchmarkResult } from '../../../shared/model/job.ts';
import { formatSize } from '../../target/media/size.ts';
import { UnitBusyError } from '../../xdisk/registry.ts';
import type { Unit } from '../../xdisk/unit.ts';
import type { UnitUser } from '../../xdisk/unit-user.ts';
import { InputError } from '../api/call-error.ts';
import { Benchmark } from './benchmark.ts';
import type { JobRun, Jobs } from './jobs.ts';

type BenchmarkInput = Input<'jobs.benchmark'>;

/**
 * Measure a unit, as a job.
 * @returns the job's id
 * @throws InputError `label` or `write`; UnitBusyError where it is to be written and somebody uses it;
 *   BlockError where it cannot be opened
 */
export async function startBenchmark(
  input: BenchmarkInput,
  context: { readonly jobs: Jobs; readonly unit: Unit; readonly command: string },
): Promise<string> {
  const { jobs, unit, command } = context;
  const { name, identity } = unit;
  if (input.write && input.label !== identity.label) {
    throw new InputError(
      'label',
      `type the label of ${name}, "${identity.label}", to have its content overwritten`,
    );
  }
  if (input.write && unit.users.size > 0) throw new UnitBusyError(unit);
  const user = await unit.open('benchmark');
  try {
    if (input.write && user.readOnly) throw new InputError('write', `${name} is read-only`);
    return jobs.start({
      kind: 'benchmark',
      title: `Benchmark of ${name}`,
      command,
      sizeBytes: 0,
      run: (run) => measure(input, user, run),
      close: () => user.close(),
    });
  } catch (error) {
    await user.close();
    throw error;
  }
}

async function measure(input: BenchmarkInput, user: UnitUser, run: JobRun): Promise<string> {
  const { seconds, write } = input;
  const benchmark = new Benchmark(user, { seconds, write, signal: run.signal });
  const results: BenchmarkResult[] = [];
  run.follow(benchmark);
  if (write) run.leaves(`parts of ${user.unit.name} are overwritten`);
  await benchmark.run((result) => {
    results.push(result);
    run.addResult(result);
  });
  const { caveat } = benchmark;
  return [...results.map(inWords), ...(caveat === null ? [] : [caveat])].join('; ');
}

function inWords({ test, requests_per_second, bytes_per_second }: BenchmarkResult): string {
  return `${test}: ${Math.round(requests_per_second)}/s, ${formatSize(bytes_per_second)}/s`;
}

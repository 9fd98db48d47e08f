import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './children.ts';
import type { LoadResult } from './measure.ts';
import type { Workload } from './workload.ts';

/** What is used of fio's JSON. */
interface FioReport {
  readonly jobs: readonly [FioJob];
}
interface FioJob extends Record<Workload['op'], FioDirection> {
  /** Percent of one CPU. */
  readonly usr_cpu: number;
  readonly sys_cpu: number;
  readonly job_runtime: number;
}
interface FioDirection {
  readonly total_ios: number;
  readonly io_bytes: number;
  readonly runtime: number;
  readonly clat_ns: { readonly percentile: Readonly<Record<string, number>> };
}

/** Runs fio's nbd engine on one NBD server. */
export class Fio {
  readonly #uri: string;
  readonly #sizeBytes: number;
  readonly #reportPath: string;

  /** @param directory for its reports */
  constructor(uri: string, sizeBytes: number, directory: string) {
    this.#uri = uri;
    this.#sizeBytes = sizeBytes;
    this.#reportPath = join(directory, 'fio.json');
  }

  /** Write random data everywhere: zeros are a special case for servers and links. */
  async fill(): Promise<void> {
    await this.#run(['--rw=write', '--bs=1M', '--iodepth=8', '--refill_buffers']);
  }

  async run(workload: Workload, seconds: number): Promise<LoadResult> {
    const job = await this.#run([
      `--rw=${workload.pattern === 'random' ? 'rand' : ''}${workload.op}`,
      `--bs=${workload.blockBytes}`,
      `--iodepth=${workload.depth}`,
      '--time_based',
      `--runtime=${seconds}`,
      '--norandommap',
      '--randrepeat=0',
    ]);
    const direction = job[workload.op];
    return {
      ios: direction.total_ios,
      bytes: direction.io_bytes,
      seconds: direction.runtime / 1e3,
      p50Us: (direction.clat_ns.percentile['50.000000'] ?? 0) / 1e3,
      p99Us: (direction.clat_ns.percentile['99.000000'] ?? 0) / 1e3,
      cpuSeconds: ((job.usr_cpu + job.sys_cpu) / 100) * (job.job_runtime / 1e3),
    };
  }

  async #run(args: readonly string[]): Promise<FioJob> {
    // The report goes to a file: fio 3.33 prints "fio: connected to NBD server" in front of it on stdout.
    const report = [`--output=${this.#reportPath}`, '--output-format=json'];
    const common = ['--name=bench', '--ioengine=nbd', `--uri=${this.#uri}`, `--size=${this.#sizeBytes}`];
    await new Child('fio', [...common, ...report, ...args]).output();
    const { jobs } = JSON.parse(readFileSync(this.#reportPath, 'utf8')) as FioReport;
    return jobs[0];
  }
}

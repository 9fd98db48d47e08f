import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Child } from './child.ts';
import { resultOf, type Sandbox } from './sandbox.ts';

/** What is used of fio's report. */
interface Report {
  readonly jobs: readonly [{ readonly error: number; readonly read: Direction; readonly write: Direction }];
}
interface Direction {
  readonly total_ios: number;
  readonly runtime: number;
  readonly iops: number;
  readonly clat_ns: { readonly max: number };
}

export interface FioResult {
  readonly status: number | null;
  /** The errno of the first failed request, 0 if none failed. */
  readonly error: number;
  readonly writes: number;
  readonly reads: number;
  readonly writesPerSecond: number;
  readonly readsPerSecond: number;
  /** Longest completion latencies. */
  readonly longestWriteMs: number;
  readonly longestReadMs: number;
  /** All it printed, for the message of an assertion. */
  readonly output: string;
}

let reports = 0;

/** A run of fio on an NBD export that goes on beside the test. */
export class Fio {
  readonly #child: Child;
  readonly #report: string;

  constructor(box: Sandbox, uri: string, ...options: string[]) {
    // The report goes to a file: fio 3.33 prints a line about its NBD connection in front of it on stdout.
    this.#report = box.path(`fio${++reports}.json`);
    // And it leaves its state of verification where it runs, unless told not to.
    const report = [`--output=${this.#report}`, '--output-format=json', '--verify_state_save=0'];
    this.#child = box.spawn('fio', '--name=e2e', '--ioengine=nbd', `--uri=${uri}`, ...report, ...options);
  }

  async result(): Promise<FioResult> {
    const { status, stdout, stderr } = await resultOf(this.#child);
    const text = readFileSync(this.#report, 'utf8');
    const output = `${stdout}${stderr}${text}`;
    // Its messages about errors stand in the same file, in front of the report.
    const begin = text.indexOf('\n{') + 1;
    const { jobs } = JSON.parse(text.slice(begin)) as Report;
    const [{ error, read, write }] = jobs;
    return {
      status,
      error,
      writes: write.total_ios,
      reads: read.total_ios,
      writesPerSecond: write.iops,
      readsPerSecond: read.iops,
      longestWriteMs: write.clat_ns.max / 1e6,
      longestReadMs: read.clat_ns.max / 1e6,
      output,
    };
  }

  /** As `result`; no request may have failed and everything written must have been read back. */
  async clean(): Promise<FioResult> {
    const result = await this.result();
    assert.deepEqual({ status: result.status, error: result.error }, { status: 0, error: 0 }, result.output);
    assert.ok(result.writes > 0 && result.reads === result.writes, result.output);
    return result;
  }
}

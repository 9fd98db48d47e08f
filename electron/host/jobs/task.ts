import { randomUUID } from 'node:crypto';
import type { BenchmarkResult, Job } from '../../../shared/model/job.ts';
import { toCallError } from '../api/call-error.ts';
import type { Log } from '../log.ts';
import { Pace } from './pace.ts';

/** Counters of a job's work, which changes them as it goes; they are looked at once a second. */
export interface JobProgress {
  readonly phase: string;
  readonly doneBytes: number;
  /** Seconds left, where the work itself knows; otherwise they are estimated. */
  readonly secondsLeft?: number;
}

/** What the work of a job has to do with. */
export interface JobRun {
  /** Aborted when the job is to be cancelled. */
  readonly signal: AbortSignal;
  /** Look at these counters from now on. */
  follow(progress: JobProgress): void;
  addResult(result: BenchmarkResult): void;
  /** What an early end leaves behind, in a sentence: the summary of a job cancelled or failed. */
  leaves(text: string): void;
}

export interface JobSpec {
  readonly kind: Job['kind'];
  readonly title: string;
  /** The command that does the same. */
  readonly command: string;
  /** 0 where it is not known beforehand. */
  readonly sizeBytes: number;
  /** The work. @returns what came of it, in a sentence */
  readonly run: (run: JobRun) => Promise<string>;
  /** Release what the job holds. Called once at its end, also where it never ran. */
  readonly close: () => Promise<void>;
}

/** One job: its row, kept true, and its work. */
export class Task implements JobRun {
  readonly #spec: JobSpec;
  readonly #log: Log;
  readonly #changed: (job: Job) => void;
  readonly #abort = new AbortController();
  #job: Job;
  #progress: JobProgress = { phase: '', doneBytes: 0 };
  #pace: Pace | undefined;
  #leaves: string | null = null;

  constructor(spec: JobSpec, log: Log, changed: (job: Job) => void) {
    const { kind, title, command, sizeBytes } = spec;
    this.#spec = spec;
    this.#log = log;
    this.#changed = changed;
    this.#job = {
      id: randomUUID(),
      kind,
      title,
      state: 'queued',
      phase: '',
      done_bytes: 0,
      size_bytes: sizeBytes,
      rate_bytes: 0,
      eta_seconds: null,
      error: null,
      summary: null,
      benchmark: [],
      created_at: Date.now(),
      ended_at: null,
      command,
    };
  }

  get job(): Job {
    return this.#job;
  }
  get isOver(): boolean {
    return this.#job.ended_at !== null;
  }
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  follow(progress: JobProgress): void {
    this.#progress = progress;
    this.#update({ phase: progress.phase });
  }
  addResult(result: BenchmarkResult): void {
    this.#update({ benchmark: [...this.#job.benchmark, result] });
  }
  leaves(text: string): void {
    this.#leaves = text;
  }

  /** Do the work, then release what it holds: only then it is over. */
  async run(nowMs: number): Promise<void> {
    this.#pace = new Pace(nowMs);
    this.#update({ state: 'running' });
    try {
      const summary = await this.#work();
      this.#end({ state: 'done', summary });
    } catch (error) {
      const explained = toCallError(error);
      const summary = this.#leaves;
      if (this.signal.aborted) this.#end({ state: 'cancelled', summary });
      else {
        if (explained.code === 'internal') this.#log.error(error, `${this.#spec.title} failed`);
        this.#end({ state: 'failed', summary, error: explained });
      }
    }
  }

  /** Cancel it: at once where it never ran, else when its work has come to rest. */
  async cancel(): Promise<void> {
    if (this.isOver || this.signal.aborted) return;
    this.#abort.abort(new Error('cancelled'));
    if (this.#job.state !== 'queued') {
      this.#update({ state: 'cancelling', eta_seconds: null });
      return;
    }
    this.#end({ state: 'cancelled' });
    await this.#spec.close().catch((error: Error) => this.#log.warn(`${this.#spec.title}: ${error.message}`));
  }

  /** Look at how far the work is. */
  look(nowMs: number): void {
    if (this.#pace === undefined || this.isOver) return;
    const { phase, doneBytes, secondsLeft } = this.#progress;
    this.#pace.look(nowMs, phase, doneBytes);
    const isStalled = this.#pace.isStalled;
    const left = isStalled ? null : (secondsLeft ?? this.#pace.secondsLeft(this.#job.size_bytes));
    const isCancelling = this.#job.state === 'cancelling';
    this.#update({
      state: isCancelling ? 'cancelling' : isStalled ? 'stalled' : 'running',
      phase,
      done_bytes: doneBytes,
      rate_bytes: this.#pace.rateBytes,
      eta_seconds: isCancelling ? null : left,
    });
  }

  async #work(): Promise<string> {
    try {
      return await this.#spec.run(this);
    } finally {
      // A file may tell only now that its last writes failed.
      await this.#spec.close();
    }
  }

  #end(change: Partial<Job>): void {
    this.#log.info(`${this.#spec.title}: ${change.state}${change.error ? `: ${change.error.message}` : ''}`);
    const { phase, doneBytes } = this.#progress;
    this.#update({ eta_seconds: null, ended_at: Date.now(), phase, done_bytes: doneBytes, ...change });
  }

  #update(change: Partial<Job>): void {
    const before = this.#job;
    this.#job = { ...before, ...change };
    const keys = Object.keys(change) as (keyof Job)[];
    if (keys.some((key) => before[key] !== this.#job[key])) this.#changed(this.#job);
  }
}

import type { Job } from '../../../shared/model/job.ts';
import { NotFoundError } from '../api/call-error.ts';
import { HostError } from '../host-error.ts';
import type { Log } from '../log.ts';
import { type JobSpec, Task } from './task.ts';

export type { JobProgress, JobRun, JobSpec } from './task.ts';

const MAX_RUNNING = 4;
const MAX_ENDED = 200;

/** For tests: when jobs are looked at, and what time it is, in ms of any clock. */
export interface JobsClock {
  readonly lookEveryMs: number;
  /** How long `close` waits for work that does not come to rest. */
  readonly closeMs: number;
  now(): number;
}

const CLOCK: JobsClock = { lookEveryMs: 1000, closeMs: 5000, now: () => performance.now() };

/**
 * The long work of this host. At most four jobs run at a time, others wait for their turn; of those that are
 * over the last 200 are kept.
 */
export class Jobs {
  readonly #log: Log;
  readonly #changed: (job: Job) => void;
  readonly #gone: (id: string) => void;
  readonly #clock: JobsClock;
  /** In the order they were started. */
  readonly #tasks = new Map<string, Task>();
  readonly #running = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isClosing = false;

  /** @param changed hears of each new state of a job @param gone of each that is forgotten */
  constructor(log: Log, changed: (job: Job) => void, gone: (id: string) => void, clock: JobsClock = CLOCK) {
    this.#log = log;
    this.#changed = changed;
    this.#gone = gone;
    this.#clock = clock;
  }

  get list(): readonly Job[] {
    return [...this.#tasks.values()].map((task) => task.job);
  }
  /** Titles of those that are not over. */
  get running(): readonly string[] {
    return this.list.filter((job) => job.ended_at === null).map((job) => job.title);
  }

  /**
   * Start work, now or when others are done.
   * @returns the job's id
   * @throws HostError while the host closes; what the job holds is for the caller to release then
   */
  start(spec: JobSpec): string {
    if (this.#isClosing) throw new HostError('cancelled', `${spec.title}: this host is closing`);
    const task = new Task(spec, this.#log, this.#changed);
    this.#tasks.set(task.job.id, task);
    this.#changed(task.job);
    this.#fill();
    return task.job.id;
  }

  /** Cancel a job; one that is over stays as it is. @throws NotFoundError */
  cancel(id: string): void {
    void this.#find(id).cancel();
    this.#forgetOldest();
  }

  /** Forget a job that is over. @throws NotFoundError; HostError `busy` */
  dismiss(id: string): void {
    const task = this.#find(id);
    if (!task.isOver) throw new HostError('busy', `${task.job.title} is not over; cancel it first`);
    this.#forget(task);
  }

  /** Cancel everything and wait until it has come to rest, though not for ever: a disk may hold requests. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#tasks.values()].map((task) => task.cancel()));
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#clock.closeMs);
    });
    await Promise.race([Promise.all(this.#running), patience]);
    clearTimeout(timer);
    clearInterval(this.#timer);
    for (const title of this.running) this.#log.warn(`${title}: given up, its requests have no end`);
  }

  #find(id: string): Task {
    const task = this.#tasks.get(id);
    if (task === undefined) throw new NotFoundError('the job');
    return task;
  }

  #fill(): void {
    for (const task of this.#tasks.values()) {
      if (this.#running.size >= MAX_RUNNING) return;
      if (task.job.state === 'queued') this.#run(task);
    }
  }

  #run(task: Task): void {
    const end = task.run(this.#clock.now()).then(() => {
      this.#running.delete(end);
      if (this.#running.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
      this.#forgetOldest();
      this.#fill();
    });
    this.#running.add(end);
    this.#timer ??= setInterval(() => this.#look(), this.#clock.lookEveryMs);
  }

  #look(): void {
    const now = this.#clock.now();
    for (const task of this.#tasks.values()) task.look(now);
  }

  #forgetOldest(): void {
    const over = [...this.#tasks.values()]
      .filter((task) => task.isOver)
      .sort((a, b) => Number(a.job.ended_at) - Number(b.job.ended_at));
    for (const task of over.slice(0, -MAX_ENDED)) this.#forget(task);
  }

  #forget(task: Task): void {
    this.#tasks.delete(task.job.id);
    this.#gone(task.job.id);
  }
}

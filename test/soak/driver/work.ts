import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../../dmsg/support/random.ts';

/** Something done once, some seconds long; shorter where rest is asked for. */
export type Job = (rest: AbortSignal) => Promise<void>;

/** Longest time a job may take to end when it is to rest, ms. */
const PATIENCE_MS = 45_000;

/** Jobs done again and again side by side, with pauses, until they are told to rest. */
export class Work {
  readonly #jobs: Readonly<Record<string, Job>>;
  readonly #random: Random;
  readonly #busy = new Set<string>();

  constructor(jobs: Readonly<Record<string, Job>>, random: Random) {
    this.#jobs = jobs;
    this.#random = random;
  }

  /** Work for some ms, and end what was begun. @throws what a job throws, or which one does not end */
  async during(ms: number): Promise<void> {
    const rest = new AbortController();
    const over = new AbortController();
    const done = Promise.all(
      Object.entries(this.#jobs).map(([name, job]) => this.#repeat(name, job, rest.signal)),
    );
    const late = async (): Promise<void> => {
      await delay(PATIENCE_MS, undefined, { signal: over.signal }).catch(() => {});
      if (!over.signal.aborted) throw new Error(`still at work: ${[...this.#busy].join(', ')}`);
    };
    try {
      await Promise.race([done, delay(ms, undefined, { signal: over.signal })]);
      rest.abort();
      await Promise.race([done, late()]);
    } finally {
      rest.abort();
      over.abort();
    }
  }

  async #repeat(name: string, job: Job, rest: AbortSignal): Promise<void> {
    while (!rest.aborted) {
      this.#busy.add(name);
      try {
        await job(rest);
      } catch (error) {
        throw new Error(`${name}: ${(error as Error).message}`, { cause: error });
      }
      this.#busy.delete(name);
      await delay(this.#random.integer(100, 1000), undefined, { signal: rest }).catch(() => {});
    }
  }
}

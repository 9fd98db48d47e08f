import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { Random } from '../../dmsg/support/random.ts';
import { type Outcome, type Plan, SHARED } from './campaign.ts';
import { plantCanaries } from './canary.ts';
import { countTimers, Leftovers, traceBlocks } from './leftovers.ts';
import { caseSeed, Finding, type Target, type TargetName, turn } from './target.ts';

/** Runs the cases of one target, in a thread of its own, and posts the outcome. */

const { plan, shared } = workerData as { plan: Plan; shared: BigInt64Array };

const HANG_MS = 100;
/** A case that seemed to hang is run again so often: the machine may have been busy with something else. */
const HANG_TRIES = 3;
const GROWTH_LIMIT_BYTES = 64 << 20;
const LATE_GROWTH_LIMIT_BYTES = 32 << 20;
/** Share of the messages after which the process is warm. */
const WARM_UP = 0.2;
const SAMPLE_CASES = 64;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const open: Readonly<Record<TargetName, () => Promise<Target>>> = {
  dmsg: async () => new (await import('../dmsg/target.ts')).DmsgTarget(),
  nbd: async () => new (await import('../nbd/target.ts')).NbdTarget(),
  libdmsg: async () => new (await import('../dmsg/libdmsg-target.ts')).LibdmsgTarget(),
  page: async () => new (await import('../host/page-target.ts')).PageTarget(),
  config: async () => new (await import('../host/config-target.ts')).ConfigTarget(),
};

/** The process's memory with nothing to collect, for V8 gives back pages in more than one go. */
async function settledRss(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await turn();
  }
  return process.memoryUsage.rss();
}

/** The clock the program sees: the same in each run of a case, a little later each time it is looked at. */
const CASE_START_MS = 1e6;
const TICK_MS = 0.01;
let clockMs = CASE_START_MS;
const realNow = performance.now.bind(performance);
performance.now = () => {
  clockMs += TICK_MS;
  return clockMs;
};

const escaped: unknown[] = [];
process.on('unhandledRejection', (reason) => escaped.push(reason));
process.on('uncaughtException', (error) => escaped.push(error));

class Run {
  #messages = 0;
  #cases = 0;
  readonly #sessions = new Map<string, number>();
  #peakRssBytes = 0;
  readonly #leftovers = new Leftovers();
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  async whole(): Promise<Outcome> {
    const startedMs = realNow();
    let firstRss = await settledRss();
    let warmRss = firstRss;
    let finding: Outcome['finding'];
    let number = plan.only ?? 0;
    this.#leftovers.accept();
    for (; plan.only === undefined ? this.#messages < plan.messages : number === plan.only; number++) {
      const warmBefore = this.#messages >= WARM_UP * plan.messages;
      finding = await this.#case(number);
      if (finding !== undefined) break;
      if (number % SAMPLE_CASES === 0) this.#sample();
      // What is loaded and compiled on first use is there after the first cases.
      if (number === SAMPLE_CASES) firstRss = await settledRss();
      if (!warmBefore && this.#messages >= WARM_UP * plan.messages) warmRss = await settledRss();
    }
    const seconds = (realNow() - startedMs) / 1000;
    this.#sample();
    const lastRss = await settledRss();
    await this.#target.close?.();
    const growthBytes = lastRss - firstRss;
    const lateGrowthBytes = lastRss - warmRss;
    const grown =
      growthBytes > GROWTH_LIMIT_BYTES || lateGrowthBytes > LATE_GROWTH_LIMIT_BYTES
        ? { case: number, text: `memory grew by ${growthBytes} bytes, ${lateGrowthBytes} of them when warm` }
        : undefined;
    return {
      target: plan.target,
      messages: this.#messages,
      cases: this.#cases,
      sessions: this.#sessions,
      seconds,
      peakRssBytes: this.#peakRssBytes,
      growthBytes,
      lateGrowthBytes,
      finding: finding ?? (plan.only === undefined ? grown : undefined),
    };
  }

  #sample(): void {
    this.#peakRssBytes = Math.max(this.#peakRssBytes, process.memoryUsage.rss());
  }

  async #case(number: number): Promise<Outcome['finding']> {
    this.#cases++;
    Atomics.store(shared, SHARED.case, BigInt(number));
    const first = await this.#once(number, true);
    Atomics.store(shared, SHARED.messages, BigInt(this.#messages));
    let least = first;
    for (let again = 0; again < HANG_TRIES && typeof least === 'number' && least > 1; again++) {
      const next = await this.#once(number, false);
      least = typeof next === 'string' ? next : Math.min(least, next);
    }
    if (typeof least === 'string') return { case: number, text: least };
    return least > 1
      ? { case: number, text: `it takes ${least.toFixed(1)} times as long as it may` }
      : undefined;
  }

  /** @returns how much it took of the time it may take, or what was found */
  async #once(number: number, counts: boolean): Promise<number | string> {
    const random = new Random(caseSeed(plan.seed, number), false);
    const before = process.cpuUsage();
    clockMs = CASE_START_MS;
    let allowedMs = HANG_MS;
    try {
      await this.#target.run({
        number,
        random,
        plays: (hostile) => {
          if (counts) this.#sessions.set(hostile, (this.#sessions.get(hostile) ?? 0) + 1);
        },
        fed: (messages = 1) => {
          if (counts) this.#messages += messages;
        },
        limit: (ms) => {
          allowedMs = ms;
        },
      });
      // Of this process's own time: on a busy machine a case may wait long for its turn.
      const { user, system } = process.cpuUsage(before);
      await this.#leftovers.check();
      if (escaped.length > 0) return `nobody caught: ${describe(escaped.splice(0)[0])}`;
      return (user + system) / 1000 / allowedMs;
    } catch (error) {
      return error instanceof Finding ? describe(error) : `not a declared error: ${describe(error)}`;
    }
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// Most errors of a run are those of peers, and where they were made costs more than making them.
if (plan.only === undefined) Error.stackTraceLimit = 3;
plantCanaries();
countTimers(plan.only !== undefined);
if (plan.only !== undefined) traceBlocks();
const target = await open[plan.target]();
const outcome = await new Run(target).whole();
parentPort?.postMessage(outcome);

import { Worker } from 'node:worker_threads';
import type { TargetName } from './target.ts';

/** What to run of a target. */
export interface Plan {
  readonly target: TargetName;
  readonly seed: number;
  /** Messages to feed, about: the last case is run to its end. */
  readonly messages: number;
  /** Only this case. */
  readonly only?: number | undefined;
}

/** What came of it. */
export interface Outcome {
  readonly target: TargetName;
  readonly messages: number;
  readonly cases: number;
  /** Cases by who was hostile, where there is more than one. */
  readonly sessions: ReadonlyMap<string, number>;
  readonly seconds: number;
  readonly peakRssBytes: number;
  /** Growth of the process from the first cases to the end, and from the end of the warm-up, both after GC. */
  readonly growthBytes: number;
  readonly lateGrowthBytes: number;
  /** What must never happen, happened. */
  readonly finding: { readonly case: number; readonly text: string } | undefined;
}

/** Words shared with the worker, which may be stuck in a case and unable to tell where it is. */
export const SHARED = { case: 0, messages: 1, words: 2 } as const;

/** A thread does not inherit tsx, so it loads that first. */
const WORKER = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
});`;

/** A case that takes so long does not end; one that takes over 100 ms is found by the worker itself. */
const STUCK_MS = 20_000;
const LOOK_MS = 1_000;
const YOUNG_MIB = 4;

/**
 * Run a target in a thread of its own.
 * @param progress told each second how many messages and cases have been
 */
export async function fuzz(
  plan: Plan,
  progress: (messages: number, cases: number) => void = () => {},
): Promise<Outcome> {
  const shared = new BigInt64Array(new SharedArrayBuffer(8 * SHARED.words));
  const startedMs = performance.now();
  const worker = new Worker(WORKER, {
    eval: true,
    workerData: { plan, shared },
    // What V8 leaves to itself it takes, which would hide what the program takes.
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
  });
  const messages = (): number => Number(Atomics.load(shared, SHARED.messages));
  const at = (): number => Number(Atomics.load(shared, SHARED.case));
  const failed = (text: string): Outcome => ({
    target: plan.target,
    messages: messages(),
    cases: at(),
    sessions: new Map(),
    seconds: (performance.now() - startedMs) / 1000,
    peakRssBytes: process.memoryUsage.rss(),
    growthBytes: 0,
    lateGrowthBytes: 0,
    finding: { case: at(), text },
  });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Outcome>((resolve) => {
      let stuckAt = -1;
      let sinceMs = performance.now();
      watch = setInterval(() => {
        const nowMs = performance.now();
        progress(messages(), at());
        if (at() !== stuckAt) {
          stuckAt = at();
          sinceMs = nowMs;
        } else if (nowMs - sinceMs > STUCK_MS) resolve(failed(`the case did not end in ${STUCK_MS} ms`));
      }, LOOK_MS);
      worker.once('message', resolve);
      worker.once('error', (error) => resolve(failed(String(error.stack ?? error))));
      worker.once('exit', (code) => resolve(failed(`the worker ended with ${code}`)));
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}

/** How many sessions there were with whom, for people; '' where there is one kind. */
export function sessionsText({ sessions }: Outcome): string {
  return [...sessions].map(([hostile, count]) => `${count} sessions with ${hostile}`).join(', ');
}

/** How to see a finding again. */
export function replayOf(plan: Plan, finding: { readonly case: number }): string {
  return `npm run fuzz -- --only ${plan.target} --seed ${plan.seed} --case ${finding.case}`;
}

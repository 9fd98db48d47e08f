/**
 * Many seeded fault runs: `npm run faults -- [--runs N] [--seed S] [--jobs J]`. Run i has the seed S + i, so each
 * can be run again alone: `--runs 1 --seed SEED`. Ends with 1 if anything was not as promised. The last lines count
 * the faults that were carried out, by kind.
 */
import { parseArgs } from 'node:util';
import { faultRun } from './fault-run.ts';
import { describePlan, strikesOf } from './plan.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: '4' },
  },
});
const runs = Number(values.runs);
const first = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const startMs = performance.now();
let next = 0;
let done = 0;
let failed = 0;
let requests = 0;
let lateBytes = 0;
let longestMs = 0;
/** How often each kind of fault struck. */
const struck = new Map<string, number>();

console.log(`${runs} runs, seeds ${first} to ${first + runs - 1}`);
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
const minutes = (performance.now() - startMs) / 60_000;
console.log(
  `${done} runs in ${minutes.toFixed(1)} min: ${requests} requests answered, ${lateBytes} bytes delivered late, ` +
    `longest request ${(longestMs / 1000).toFixed(1)} s; ${failed} runs with violations`,
);
for (const [kind, times] of [...struck].sort()) console.log(`${String(times).padStart(7)}  ${kind}`);
process.exit(failed === 0 ? 0 : 1);

async function work(): Promise<void> {
  while (next < runs) {
    const report = await faultRun(first + next++);
    done++;
    requests += report.requests;
    lateBytes += report.lateBytes;
    longestMs = Math.max(longestMs, report.longestMs);
    for (const kind of report.struck.flatMap(strikesOf)) struck.set(kind, (struck.get(kind) ?? 0) + 1);
    if (runs < 20) {
      console.log(
        `${describePlan(report.plan)}\n  ${(report.ms / 1000).toFixed(1)} s, ${report.requests} requests`,
      );
    }
    if (report.problems.length > 0) {
      failed++;
      console.log(`VIOLATED ${describePlan(report.plan)}\n  ${report.problems.join('\n  ')}`);
    } else if (done % 50 === 0) console.log(`${done} runs, ${failed} violated, ${requests} requests`);
  }
}

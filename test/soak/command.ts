/**
 * Load, faults and pages for a long time: `npm run soak -- [--minutes N] [--seed S]`. Ends with 1 if a process held
 * more in the end than at the first rest, or if any data was wrong.
 */
import { parseArgs } from 'node:util';
import { soak } from './driver/soak.ts';
import { tableOf } from './driver/verdict.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
console.log(`soaking for ${values.minutes} minutes, seed ${seed}`);
const { rows, problems, requests } = await soak(Number(values.minutes) * 60_000, seed, console.log);
console.log(`\n${tableOf(rows)}\n\n${requests} requests checked`);
for (const problem of problems) console.log(`PROBLEM: ${problem}`);
console.log(problems.length === 0 ? 'nothing leaks, and all data was right' : `${problems.length} problems`);
process.exit(problems.length === 0 ? 0 : 1);

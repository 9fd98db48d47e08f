/**
 * Many units, connections and a hostile client: `npm run load -- [--seconds N] [--seed S] [--pause MS]`. Ends with 1 if
 * a goal of docs/reliability.md is missed.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { load } from './driver/load.ts';
import { OFFENCES } from './driver/offences.ts';
import { rowsOf, tableOf } from './driver/verdict.ts';

const ROUNDS = 3;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    pause: { type: 'string', default: '0' },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const parts = ROUNDS * OFFENCES.length * 2;
const pauseMs = Number(values.pause);
const plan = {
  units: 64,
  busy: 256,
  pauseMs,
  idle: 1000,
  offences: OFFENCES.map((offence) => [offence]),
  rounds: ROUNDS,
  partMs: (seconds * 1000) / parts,
  seed,
};
const before = loadavg()[0] ?? 0;
console.log(
  `${plan.units} units, ${plan.busy} busy connections (each one request at a time, then ${pauseMs} ms of pause) and ${plan.idle} idle ones, ${seconds} s, seed ${seed}`,
);
const report = await load(plan, console.log);
console.log(`the gateway was started with --limit nbd_clients=${report.clients} (usual: 256)`);
console.log(`load of the machine before ${before.toFixed(1)}, in the end ${(loadavg()[0] ?? 0).toFixed(1)}`);
console.log(`${report.busyRate.toFixed(0)} requests of busy connections a second`);
const rows = rowsOf(report);
console.log(`\n${tableOf(rows)}\n`);
for (const problem of report.problems.slice(0, 20)) console.log(`PROBLEM: ${problem}`);
const missed = rows.filter(({ ok }) => !ok).length;
console.log(missed === 0 ? 'all goals are met' : `${missed} goals are missed`);
process.exit(missed === 0 ? 0 : 1);

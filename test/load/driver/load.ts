import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Ends } from '../../e2e/support/ends.ts';
import { LoadBox } from './load-box.ts';
import { DISK_BYTES, type HeldByAll, LoadWorld, servedOf } from './load-world.ts';
import type { Offence } from './offences.ts';
import { Worker } from './worker.ts';

export interface LoadPlan {
  readonly units: number;
  /** Connections with I/O: each asks for 4 KiB, and after the answer pauses so many ms on average. */
  readonly busy: number;
  readonly pauseMs: number;
  /** Connections that have negotiated and say nothing. */
  readonly idle: number;
  /** What the hostile client does, one after another; those of a group at once. */
  readonly offences: readonly (readonly Offence[])[];
  /** How often everything is done, and ms of each part. */
  readonly rounds: number;
  readonly partMs: number;
  readonly seed: number;
}

/** Latencies of the good client, µs, and of those that came beside it, from the connection to the answer. */
export interface Latencies {
  readonly own: number[];
  readonly newcomers: number[];
  /** How often one of these was not let in. */
  turnedAway: number;
}

export interface LoadReport {
  readonly plan: LoadPlan;
  readonly clients: number;
  /** What the gateway had without the idle connections and with them, while nothing else went on. */
  readonly withoutIdle: HeldByAll;
  readonly withIdle: HeldByAll;
  /** With all connections, after each round, its hostile clients gone. */
  readonly afterRounds: readonly HeldByAll[];
  /** When all clients were gone. */
  readonly after: HeldByAll;
  /** Most the gateway ever had. */
  readonly peakRssMib: number;
  /** By what the hostile client did; NOBODY without it. */
  readonly latencies: ReadonlyMap<string, Latencies>;
  /** Idle connections that were served at the end. */
  readonly idleServed: number;
  readonly requests: number;
  /** Requests of the busy connections in a second. */
  readonly busyRate: number;
  readonly problems: readonly string[];
}

const BusyReport = z.object({ requests: z.number(), problems: z.array(z.string()) });
const GoodReport = z.object({
  latenciesUs: z.array(z.number()),
  newcomersUs: z.array(z.number()),
  turnedAway: z.number(),
  problems: z.array(z.string()),
});
const Nothing = z.object({});

/** Room for the good client, those that come beside it, and some of the hostile one's. */
const ROOM = 100;
/** The good client's block, behind those of the busy ones. */
const GOOD_OFFSET = DISK_BYTES / 2;
export const NOBODY = 'nobody hostile';
const WARM_UP_MS = 1000;
const PATIENCE_MS = 10_000;
/** So long what went before has an effect: processes start, and hostile clients' memory is given back. */
const SETTLE_MS = 200;

/**
 * Many units, busy connections and idle ones; and a good client, whose latency is taken without and with a hostile one,
 * in turns, since a machine has its moods.
 * @param told hears what goes on
 */
export async function load(plan: LoadPlan, told: (line: string) => void): Promise<LoadReport> {
  const ends = new Ends();
  const box = new LoadBox(ends);
  try {
    const clients = plan.busy + plan.idle + ROOM;
    const world = await LoadWorld.start(box, plan.units, clients);
    const report = { plan, clients, ...(await run(box, world, plan, told)) };
    await world.stop();
    return report;
  } finally {
    await ends.run();
  }
}

async function run(
  box: LoadBox,
  world: LoadWorld,
  plan: LoadPlan,
  told: (line: string) => void,
): Promise<Omit<LoadReport, 'plan' | 'clients'>> {
  const { socket, units } = world;
  const [unit = ''] = units;
  const atFirst = (await world.held()).gateway.descriptors;
  // What is made once is made.
  const first = await world.connect(units.length);
  await servedOf(first);
  for (const disk of first) disk.destroy();
  await world.settled(atFirst);
  const withoutIdle = await world.held();
  const idle = await world.connect(plan.idle);
  const withIdle = await world.held();
  told(`${plan.idle} idle connections`);

  const busy = await Worker.start(
    box,
    BusyReport,
    'busy',
    socket,
    plan.busy,
    plan.pauseMs,
    plan.seed,
    ...units,
  );
  const good = await Worker.start(box, GoodReport, 'good', socket, GOOD_OFFSET, plan.seed + 1, unit);
  await delay(WARM_UP_MS);
  await Promise.all([busy.report(), good.report()]);
  const problems: string[] = [];
  const latencies = new Map<string, Latencies>();
  const afterRounds: HeldByAll[] = [];
  let requests = 0;
  let workedMs = 0;
  /** The good client at work for a while, and until somebody new was served. */
  const part = async (name: string): Promise<void> => {
    await delay(SETTLE_MS);
    await Promise.all([busy.report(), good.report()]);
    const all = latencies.get(name) ?? { own: [], newcomers: [], turnedAway: 0 };
    latencies.set(name, all);
    const startMs = performance.now();
    const before = all.newcomers.length;
    do {
      await delay(plan.partMs);
      const [others, own] = await Promise.all([busy.report(), good.report()]);
      requests += others.requests;
      problems.push(...[...others.problems, ...own.problems].map((text) => `${name}: ${text}`));
      all.own.push(...own.latenciesUs);
      all.newcomers.push(...own.newcomersUs);
      all.turnedAway += own.turnedAway;
    } while (all.newcomers.length === before && performance.now() - startMs < PATIENCE_MS);
    workedMs += performance.now() - startMs;
  };
  const connected = world.descriptors('gateway');
  for (let round = 0; round < plan.rounds; round++) {
    for (const group of plan.offences) {
      await part(NOBODY);
      const hostile = await Worker.start(box, Nothing, 'hostile', socket, unit, DISK_BYTES, ...group);
      await part(group.join(', '));
      await hostile.report(); // it is at it still
      await hostile.stop();
      await world.settled(connected);
    }
    afterRounds.push(await world.held());
    told(`round ${round + 1} of ${plan.rounds}: ${requests} requests of the busy connections`);
  }
  const idleServed = await servedOf(idle);
  await Promise.all([busy.stop(), good.stop()]);
  for (const disk of idle) disk.destroy();
  await world.settled(atFirst);
  const after = await world.held();
  const peakRssMib = world.peakRssMib('gateway');
  const busyRate = (requests / workedMs) * 1000;
  return {
    withoutIdle,
    withIdle,
    afterRounds,
    after,
    peakRssMib,
    latencies,
    idleServed,
    requests,
    busyRate,
    problems,
  };
}

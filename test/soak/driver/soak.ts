import { Random } from '../../dmsg/support/random.ts';
import { Ends } from '../../e2e/support/ends.ts';
import { Sandbox } from '../../e2e/support/sandbox.ts';
import type { Snapshot } from '../process/snapshot.ts';
import { churn, killSecond, scrape, strike, visit } from './jobs.ts';
import { LoadedDisk } from './loaded-disk.ts';
import { LOADED, SoakWorld } from './soak-world.ts';
import { countsGrew, newTimers, type Rests, type Row, rowsOf } from './verdict.ts';
import { Work } from './work.ts';

export interface SoakReport {
  readonly rows: readonly Row[];
  /** What was wrong: data, calls, leaks. */
  readonly problems: readonly string[];
  readonly requests: number;
}

/** The first rest comes when all that is made once is made. */
const WARM_UP = 0.2;
const RESTS = 5;
const PAGES = ['first page', 'second page', 'third page'];
/** What goes on by itself after a rest has begun may take this long to end, ms: the longest pause of a dialer, twice. */
const CALM_MS = 12_000;
/** Snapshots in a row that are alike make the first rest. */
const ALIKE = 3;

/**
 * Mixed load, faults and pages for a while, with rests at which everything must be as it was at the first.
 * @param ms of work, without the rests
 * @param told hears what goes on
 */
export async function soak(ms: number, seed: number, told: (line: string) => void): Promise<SoakReport> {
  const ends = new Ends();
  const box = new Sandbox(ends);
  const random = new Random(seed, false);
  let world: SoakWorld | undefined;
  try {
    world = await SoakWorld.start(box, () => random.next());
    return await run(world, ms, random, told);
  } finally {
    await world?.close();
    await ends.run();
  }
}

async function run(
  world: SoakWorld,
  ms: number,
  random: Random,
  told: (line: string) => void,
): Promise<SoakReport> {
  const disks = LOADED.map((serial) => new LoadedDisk(world, serial, random));
  const work = new Work(
    {
      ...Object.fromEntries(disks.map((disk) => [`client of ${disk.serial}`, disk.comeAgain])),
      ...Object.fromEntries(PAGES.map((name) => [name, (rest: AbortSignal) => visit(world, random, rest)])),
      metrics: () => scrape(world),
      'attaching and detaching': () => churn(world),
      'faults of links': () => strike(world, random),
      kills: () => killSecond(world, random),
    },
    random,
  );
  const rests: Rests[] = Object.keys(world.soaked).map((name) => ({ name, snapshots: [] }));
  for (let rest = 0; rest < RESTS; rest++) {
    await work.during(rest === 0 ? ms * WARM_UP : (ms * (1 - WARM_UP)) / (RESTS - 1));
    await world.heal();
    for (const disk of disks) await disk.rest();
    const taken = await atRest(world, rests);
    for (const [i, { snapshots }] of rests.entries()) snapshots.push(taken[i] as Snapshot);
    told(`rest ${rest + 1} of ${RESTS}: ${disks.reduce((sum, disk) => sum + requestsOf(disk), 0)} requests`);
  }
  const rows = rests.flatMap(rowsOf);
  const problems = (await Promise.all(disks.map((disk) => disk.verdict()))).flat();
  for (const { process, quantity, values, leaks } of rows) {
    if (leaks) problems.push(`${process} leaks ${quantity}: ${values.join(', ')}`);
  }
  for (const process of rests) {
    if (rows.some((row) => row.process === process.name && row.quantity === 'timers' && row.leaks)) {
      problems.push(...newTimers(process).map((text) => `${process.name}, timers: ${text}`));
    }
  }
  return { rows, problems, requests: disks.reduce((sum, disk) => sum + requestsOf(disk), 0) };
}

function requestsOf({ checked: { done } }: LoadedDisk): number {
  return done.reads + done.writes + done.flushes;
}

/** Look once a second, when figures are told, until nothing is more than before, or has not become less for long. */
async function atRest(world: SoakWorld, before: readonly Rests[]): Promise<Snapshot[]> {
  const deadline = performance.now() + CALM_MS;
  let alike = 0;
  let last = '';
  for (;;) {
    const { heard } = world.page;
    const figures = heard.filter((name) => name === 'figures').length;
    await world.page.until(() => heard.filter((name) => name === 'figures').length > figures, 'figures');
    const taken = await Promise.all(Object.values(world.soaked).map((soaked) => soaked.snapshot()));
    const counts = JSON.stringify(taken.map((snapshot) => snapshot.counts));
    alike = counts === last ? alike + 1 : 1;
    last = counts;
    const isFirst = before.every(({ snapshots }) => snapshots.length === 0);
    const isCalm = isFirst
      ? alike === ALIKE
      : taken.every((snapshot, i) => !countsGrew(before[i] as Rests, snapshot));
    if (isCalm || performance.now() > deadline) return taken;
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { Ends } from '../../e2e/support/ends.ts';
import { Sandbox } from '../../e2e/support/sandbox.ts';
import { CheckedDisk } from '../model/checked-disk.ts';
import type { BadLink } from '../net/bad-link.ts';
import type { Node } from '../world/node.ts';
import { World } from '../world/world.ts';
import type { Fault, Plan } from './plan.ts';
import { planOf } from './plan.ts';
import { strikeLink } from './strike-link.ts';

/** What came of a run. */
export interface RunReport {
  readonly plan: Plan;
  readonly ms: number;
  readonly requests: number;
  /** Longest time a request took, ms. */
  readonly longestMs: number;
  /** Bytes that arrived late, their client having gone on elsewhere. */
  readonly lateBytes: number;
  /** What was carried out; less than planned where the run failed. */
  readonly struck: readonly Fault[];
  readonly problems: readonly string[];
}

/** Load goes on for so long when all is well again. */
const CALM_MS = 200;
/** Nothing a run does takes longer. */
const RUN_MS = 120_000;

/** Carry out what a seed decides, and hold everything that was answered against what is promised. */
export async function faultRun(seed: number): Promise<RunReport> {
  const { plan, random } = planOf(seed);
  const ends = new Ends();
  const box = new Sandbox(ends);
  const startMs = performance.now();
  const run = new FaultRun(plan, random, box);
  const problems: string[] = [];
  try {
    problems.push(...(await within(run.carryOut())));
  } catch (error) {
    problems.push(`the run failed: ${(error as Error).message}`);
  }
  await run.close();
  await ends.run().catch((error: Error) => problems.push(error.message));
  const { reads, writes, flushes } = run.disk.done;
  return {
    plan,
    ms: performance.now() - startMs,
    requests: reads + writes + flushes,
    longestMs: run.disk.longestMs,
    lateBytes: run.lateBytes,
    struck: run.struck,
    problems,
  };
}

async function within<T>(work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = delay(RUN_MS, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`not over after ${RUN_MS / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => {});
  }
}

class FaultRun {
  readonly disk: CheckedDisk;
  readonly struck: Fault[] = [];
  readonly #plan: Plan;
  readonly #box: Sandbox;
  readonly #random: { next(): number };
  #world: World | undefined;

  constructor(plan: Plan, random: ConstructorParameters<typeof CheckedDisk>[2], box: Sandbox) {
    this.#plan = plan;
    this.#box = box;
    this.#random = random;
    this.disk = new CheckedDisk(plan.seed, plan.blocks, random, plan.load);
  }

  get lateBytes(): number {
    return this.#world?.links.reduce((sum, { lateBytes }) => sum + lateBytes, 0) ?? 0;
  }

  async close(): Promise<void> {
    await this.#world?.close();
  }

  /** @returns what was not as promised */
  async carryOut(): Promise<string[]> {
    const { shape, blocks, steps, killsGateway } = this.#plan;
    const world = await World.start(this.#box, shape, blocks, () => this.#random.next());
    this.#world = world;
    this.disk.run(await world.openDisk());
    for (const { afterMs, faults } of steps) {
      await delay(afterMs);
      await Promise.all(
        faults.map(async (fault) => {
          await this.#strike(world, fault);
          this.struck.push(fault);
        }),
      );
    }
    await world.heal();
    await delay(CALM_MS);
    await this.disk.stop();
    let last = await world.openDisk();
    let errno = await this.disk.flush(last);
    if (errno !== 0 && shape === 'a medium that loses its cache') {
      // So it was told what was lost; whoever comes anew starts from there.
      last.destroy();
      last = await world.openDisk();
      errno = await this.disk.flush(last);
    }
    await this.disk.readAll(last);
    last.destroy();
    if (killsGateway) await world.gateway.kill();
    else await world.gateway.stop();
    await Promise.all(world.nodes.map((node) => node.kill()));
    this.disk.checkContent(world.content());
    const problems = [...this.disk.problems, ...this.#unexpectedErrors()];
    if (errno !== 0) problems.push(`the last flush: errno ${errno}`);
    return problems;
  }

  /** Errors are answers of the medium: where it does not fail there are none. */
  #unexpectedErrors(): string[] {
    const { shape } = this.#plan;
    const allowed =
      shape === 'a medium that fails'
        ? /^(read|write|flush) (5|28)$/
        : shape === 'a medium that loses its cache'
          ? /^(flush|write) 5$/ // what it had promised to flush is gone, and that is told
          : /^$/;
    return [...this.disk.errors]
      .filter(([error]) => !allowed.test(error))
      .map(([error, count]) => `${count} times an error: ${error}`);
  }

  async #strike(world: World, fault: Fault): Promise<void> {
    if ('link' in fault) {
      await strikeLink(world.links[fault.link] as BadLink, fault);
      return;
    }
    switch (fault.kind) {
      case 'medium':
        world.medium(fault.fault);
        await delay(fault.ms);
        world.medium('none');
        return;
      case 'pause': {
        const node = this.#node(world, fault.node);
        node.pause();
        await delay(fault.ms);
        node.resume();
        return;
      }
      case 'kill':
      case 'stop': {
        const node = this.#node(world, fault.node);
        if (fault.kind === 'kill') await node.kill();
        else await node.stop();
        await this.#again(world, [node], fault.ms);
        return;
      }
      case 'kill-all':
        await Promise.all(world.nodes.map((node) => node.kill()));
        await this.#again(world, world.nodes, fault.ms);
    }
  }

  /** Start what was killed, after a while. */
  async #again(world: World, nodes: readonly Node[], afterMs: number): Promise<void> {
    const { history } = this.disk;
    const losesCache = this.#plan.shape === 'a medium that loses its cache';
    const exporterDied = losesCache && nodes.some((node) => node !== world.gateway);
    await delay(afterMs);
    // Its last answers may have arrived since it died, so it is told now.
    if (exporterDied) history.powerLost();
    const gatewayDied = nodes.includes(world.gateway);
    // Nobody flushes for a client that was cut off.
    if (losesCache && gatewayDied) history.unflushed();
    await Promise.all(nodes.map((node) => node.start()));
    if (gatewayDied) this.disk.run(await world.openDisk());
  }

  #node(world: World, name: string): Node {
    return world.nodes.find((node) => node.name === name) as Node;
  }
}

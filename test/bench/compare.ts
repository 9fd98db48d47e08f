import type { Child } from './children.ts';
import { cpuSeconds } from './cpu.ts';
import { type Sample, sampleOf } from './measure.ts';
import { type Side, type System, startSystem } from './systems.ts';
import type { Comparison, Workload } from './workload.ts';

/** The samples of one row, a pair for each round. */
export interface Row {
  readonly comparison: Comparison;
  readonly workload: Workload;
  readonly ours: Sample[];
  readonly peer: Sample[];
}

interface Plan {
  readonly rounds: number;
  readonly seconds: number;
  readonly sizeBytes: number;
  /** For sockets and reports. */
  readonly directory: string;
}

/** Measure both sides of a comparison in turn: who begins changes with each round. */
export async function compare(
  comparison: Comparison,
  workloads: readonly Workload[],
  plan: Plan,
  log: (line: string) => void,
): Promise<Row[]> {
  const servers: Child[] = [];
  const start = (side: Side): Promise<System> =>
    startSystem(comparison, side, plan.sizeBytes, plan.directory, (server) => servers.push(server));
  try {
    const systems = { ours: await start('ours'), peer: await start('peer') };
    for (const side of ['ours', 'peer'] as const) {
      log(`${comparison}: filling ${side} with random data`);
      await systems[side].generator.fill();
    }
    const rows = workloads.map((workload): Row => ({ comparison, workload, ours: [], peer: [] }));
    for (let round = 0; round < plan.rounds; round++) {
      const order: readonly Side[] = round % 2 === 0 ? ['ours', 'peer'] : ['peer', 'ours'];
      for (const row of rows) {
        for (const side of order) {
          const sample = await measure(systems[side], row.workload, plan.seconds);
          row[side].push(sample);
          const mibPerSecond = (sample.bytesPerSecond / 2 ** 20).toFixed(1);
          log(`${comparison}/${row.workload.name} round ${round + 1} ${side}: ${mibPerSecond} MiB/s`);
        }
      }
    }
    return rows;
  } finally {
    // The gateways were started after their servers and stop before them.
    for (const server of servers.reverse()) await server.stop();
  }
}

async function measure(system: System, workload: Workload, seconds: number): Promise<Sample> {
  const pids = system.servers.map((server) => server.pid);
  const before = cpuSeconds(pids);
  const load = await system.generator.run(workload, seconds);
  return sampleOf(load, cpuSeconds(pids) - before);
}

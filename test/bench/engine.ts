import { fileURLToPath } from 'node:url';
import { Child } from './children.ts';
import type { LoadResult } from './measure.ts';
import type { Workload } from './workload.ts';

const PROGRAM = fileURLToPath(new URL('engine-load.ts', import.meta.url));

/** Runs our engine's load generator, a process of its own as fio is, on one exporter. */
export class Engine {
  readonly #address: string;
  readonly #env: readonly string[];

  /** @param env `NAME=VALUE` */
  constructor(address: string, env: readonly string[] = []) {
    this.#address = address;
    this.#env = env;
  }

  async fill(): Promise<void> {
    await this.#run('fill');
  }

  run(workload: Workload, seconds: number): Promise<LoadResult> {
    return this.#run('run', workload.name, String(seconds));
  }

  async #run(...action: readonly string[]): Promise<LoadResult> {
    const node = [process.execPath, '--import', 'tsx', PROGRAM];
    const child = new Child('env', [...this.#env, ...node, this.#address, ...action]);
    return JSON.parse(await child.output()) as LoadResult;
  }
}

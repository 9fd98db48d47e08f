import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, type } from 'node:os';

/** What a figure must be read with. */
export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  readonly nbdkit: string;
  readonly fio: string;
}

/** @throws Error where nbdkit or fio is missing */
export function machineFacts(): Machine {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    kernel: `${type()} ${release()}`,
    node: process.version,
    nbdkit: versionOf('nbdkit'),
    fio: versionOf('fio'),
  };
}

function versionOf(program: string): string {
  try {
    const text = execFileSync(program, ['--version'], { encoding: 'utf8' });
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? text.trim();
  } catch (error) {
    throw new Error(`the benchmark needs ${program}: install it first`, { cause: error });
  }
}

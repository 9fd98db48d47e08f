import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { turn } from '../../block/support/until.ts';
import { Random } from '../../dmsg/support/random.ts';
import { Child } from '../../e2e/support/child.ts';
import { temporaryFolder } from '../../media/folder.ts';

export interface Kills {
  /** A script of the tests that writes without end, and tells on standard output what it has written, by lines. */
  readonly script: URL;
  readonly kills: number;
  /** Lines it says before it is killed, at least and at most. */
  readonly lines: readonly [number, number];
  /** Turns of our event loop more, at most, so that it is not always the same moment of its loop. */
  readonly turns: number;
}

/**
 * Run a process that writes, kill it at a random moment, look at what it left; many times.
 * @param args of the next process
 * @param check looks at what was left, given the lines that were said; returns whether that was in the middle of a write
 */
export async function killWriters(
  t: TestContext,
  { script, kills, lines, turns }: Kills,
  args: () => readonly string[],
  check: (said: readonly string[]) => boolean | Promise<boolean>,
): Promise<void> {
  const random = new Random();
  const bundle = await bundled(t, script);
  let inTheMiddle = 0;
  for (let kill = 0; kill < kills; kill++) {
    const moment = { lines: random.integer(...lines), turns: random.integer(0, turns) };
    if (await check(await killed([bundle, ...args()], moment))) inTheMiddle++;
  }
  t.diagnostic(`${kills} kills, ${inTheMiddle} of them in the middle of a write`);
}

/** Started from one file, a process is at work in a fifth of the time. */
export async function bundled(t: TestContext, script: URL): Promise<string> {
  const outfile = join(temporaryFolder(t), 'writer.cjs');
  const entryPoints = [fileURLToPath(script)];
  await build({ entryPoints, outfile, bundle: true, platform: 'node', format: 'cjs', logLevel: 'warning' });
  return outfile;
}

/** @returns the lines it said */
async function killed(
  args: readonly string[],
  moment: { lines: number; turns: number },
): Promise<readonly string[]> {
  let linesLeft = moment.lines;
  const child = new Child(process.execPath, args, {
    line: () => {
      if (--linesLeft === 0) void killSoon();
    },
  });
  const killSoon = async (): Promise<void> => {
    for (let turns = moment.turns; turns > 0; turns--) await turn();
    child.signal('SIGKILL');
  };
  const { signal } = await child.ended;
  assert.equal(signal, 'SIGKILL', child.stderr);
  return child.stdout.split('\n').slice(0, -1);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Fio } from '../e2e/support/fio.ts';
import { without } from '../e2e/support/needs.ts';
import { Sandbox } from '../e2e/support/sandbox.ts';
import { BOTH } from './net/bad-link.ts';
import { World } from './world/world.ts';

/**
 * What a program notices of a path lost in the middle of its work: fio's longest request, at 4 KiB and depth 16,
 * with another path there and default settings. And nothing else: no error, and every block as it was written.
 */

const BLOCKS = 16_384;
/** So that it runs for some seconds, whatever the machine. */
const WRITES_PER_SECOND = 2_500;

const LOSSES = {
  'SIGKILL of the exporter': {
    limitMs: 300,
    strike: (world: World, at: number) => world.exporters[at]?.kill(),
  },
  'reset of the connection': {
    limitMs: 300,
    strike: (world: World, at: number) => world.links[at]?.cut('reset'),
  },
  'a black hole': {
    limitMs: 3_000,
    strike: (world: World, at: number) => world.links[at]?.blackHole(BOTH, true),
  },
} as const;

for (const [name, { limitMs, strike }] of Object.entries(LOSSES)) {
  test(`${name}: the longest request takes less than ${limitMs} ms`, { skip: without('fio') }, async (t) => {
    const box = new Sandbox(t);
    const world = await World.start(box, 'two exporters of one file', BLOCKS, Math.random);
    t.after(() => world.close());
    const load = ['--rw=randwrite', '--bs=4k', '--iodepth=16', '--size=48M', '--verify=crc32c'];
    const fio = new Fio(box, world.uri, ...load, `--rate_iops=,${WRITES_PER_SECOND}`);
    const before = world.links.map(({ traffic }) => traffic);
    const grown = (): number[] => world.links.map(({ traffic }, i) => traffic - (before[i] as number));
    while (Math.max(...grown()) < 4 << 20) await delay(10);
    const active = grown().indexOf(Math.max(...grown()));
    await strike(world, active);
    const { longestWriteMs, longestReadMs } = await fio.clean();
    const figures = `longest write ${longestWriteMs.toFixed(0)} ms, read ${longestReadMs.toFixed(0)} ms`;
    t.diagnostic(figures);
    assert.ok(Math.max(longestWriteMs, longestReadMs) < limitMs, figures);
  });
}

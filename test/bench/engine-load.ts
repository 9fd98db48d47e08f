/**
 * Load generator for our own engine: a process that opens a unit and prints one LoadResult as JSON.
 *
 *   engine-load.ts ADDRESS fill
 *   engine-load.ts ADDRESS run WORKLOAD SECONDS
 */
import { randomFillSync } from 'node:crypto';
import type { BlockDevice } from '../../electron/block/device.ts';
import { openUnit } from './engine-unit.ts';
import { LoadLoop } from './load-loop.ts';
import type { LoadResult } from './measure.ts';
import { WORKLOADS, type Workload } from './workload.ts';

const FILL: Workload = {
  name: 'fill',
  op: 'write',
  pattern: 'sequential',
  blockBytes: 1 << 20,
  depth: 8,
};

function perform(device: BlockDevice, [action, name, seconds]: readonly string[]): Promise<LoadResult> {
  if (action === 'fill') return new LoadLoop(device, FILL).run({ once: true }, randomFillSync);
  const workload = WORKLOADS.find((candidate) => candidate.name === name);
  if (action !== 'run' || workload === undefined)
    throw new Error('usage: ADDRESS fill | run WORKLOAD SECONDS');
  return new LoadLoop(device, workload).run({ seconds: Number(seconds) }, randomFillSync);
}

const [address = '', ...action] = process.argv.slice(2);
const device = await openUnit(address);
try {
  console.log(JSON.stringify(await perform(device, action)));
} finally {
  await device.close();
}

import assert from 'node:assert/strict';
import { type BlockDevice, BlockOp } from '../../electron/block/device.ts';
import { read, run } from './requests.ts';

/** Repeatable numbers: xorshift32, 0 … limit-1. */
export function randomSource(seed: number): (limit: number) => number {
  let state = seed >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/**
 * Run random requests on a device that reads as zeros, and the same on a buffer; every read and the whole
 * content at the end must be the same. A range that was discarded may hold either until it is written.
 */
export async function compareWithModel(device: BlockDevice, count: number, seed: number): Promise<void> {
  const random = randomSource(seed);
  const blocks = device.sizeBytes / device.blockBytes;
  const model = Buffer.alloc(device.sizeBytes);
  for (let step = 0; step < count; step++) {
    const first = random(blocks);
    const length = (1 + random(Math.min(blocks - first, 1 + random(400)))) * device.blockBytes;
    const offset = first * device.blockBytes;
    const expected = model.subarray(offset, offset + length);
    switch (random(5)) {
      case 0:
        expected.fill(1 + random(255));
        await run(device, BlockOp.write, { offset, buffer: Buffer.from(expected), fua: random(20) === 0 });
        break;
      case 1:
        expected.fill(0);
        await run(device, BlockOp.zero, { offset, length });
        break;
      case 2: {
        await run(device, BlockOp.discard, { offset, length });
        const found = await read(device, offset, length);
        for (let at = 0; at < length; at++) {
          assert.ok(found[at] === 0 || found[at] === expected[at], `step ${step}: discard made up data`);
        }
        found.copy(expected);
        break;
      }
      default:
        assert.ok(expected.equals(await read(device, offset, length)), `step ${step}: read at ${offset}`);
    }
  }
  assert.ok(model.equals(await read(device, 0, device.sizeBytes)), 'the content at the end');
}

/** A seed that is new each time, or the one in SEED to repeat a run. */
export function newSeed(): number {
  const seed = Number(process.env.SEED ?? 1 + Math.floor(Math.random() * 2 ** 31));
  console.log(`SEED=${seed}`);
  return seed;
}

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Sandbox } from '../e2e/support/sandbox.ts';
import { BLOCK_BYTES } from './model/block-content.ts';
import type { NbdDisk } from './world/nbd-disk.ts';
import { World } from './world/world.ts';

/** What a killed engine leaves behind in the network must not reach the disk once another one writes. */

const written = (disk: NbdDisk, byte: number): Promise<number> =>
  new Promise((resolve) => disk.write(0, Buffer.alloc(BLOCK_BYTES, byte), false, resolve));

const readBack = (disk: NbdDisk): Promise<number> =>
  new Promise((resolve, reject) =>
    disk.read(0, BLOCK_BYTES, (errno, data) =>
      errno === 0 ? resolve(data[0] as number) : reject(new Error(`errno ${errno}`)),
    ),
  );

async function world(t: TestContext): Promise<World> {
  const made = await World.start(new Sandbox(t), 'one path', 4, Math.random);
  t.after(() => made.close());
  return made;
}

test('a write of a killed engine that arrives late changes nothing', async (t) => {
  const place = await world(t);
  const { gateway } = place;
  const [link] = place.links;
  assert.ok(link !== undefined);
  const before = await place.openDisk();
  assert.equal(await written(before, 1), 0);
  const stuck = link.stick();
  before.write(0, Buffer.alloc(BLOCK_BYTES, 2), false, () => assert.fail('it is stuck'));
  await stuck;
  await gateway.kill();
  await gateway.start();
  const after = await place.openDisk();
  assert.equal(await written(after, 3), 0);
  assert.ok(link.deliver() > 0);
  await link.lateTaken();
  assert.equal(await readBack(after), 3);
});

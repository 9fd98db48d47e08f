import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Path } from '../../electron/xdisk/path.ts';
import type { UnitOptions } from '../../electron/xdisk/unit-options.ts';
import { failure, read, submit, write } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';

/** A unit whose right to write is taken back and given again, as an allow-list or a medium does. */

const ONES = Buffer.alloc(512, 1);
const TWOS = Buffer.alloc(512, 2);

/** A medium that may be written now, and now not. */
class Lockable extends TestMedium {
  locked = false;

  override get readOnly(): boolean {
    return this.locked;
  }
}

/** A unit in use with a path to each of so many exporters of one content. */
async function setup(t: TestContext, exporters: number, options: Partial<UnitOptions> = {}) {
  const net = new Net(t);
  const content = Buffer.alloc(65_536);
  const media = Array.from({ length: exporters }, () => new Lockable(content));
  const nodes = await Promise.all(media.map((medium) => startExporter(net, [exportOf(medium)])));
  const client = new ClientNode(net);
  const links: Link[] = [];
  for (const { address } of nodes) links.push(await client.link(address));
  const unit = await client.attach('S1', exporters, { sweepMs: 5, askWritingMs: 10, ...options });
  const user = await unit.open('test');
  const mediumOf = (path: Path): Lockable => media[links.indexOf(path.link)] as Lockable;
  const relink = () => client.link(nodes[0]?.address as Parameters<ClientNode['link']>[0]);
  return { content, media: media as [Lockable, ...Lockable[]], unit, user, mediumOf, relink };
}

test('a unit that may not write any more says so and reads on; it writes again when it may', async (t) => {
  const { media, unit, user, content } = await setup(t, 1);
  await write(user, 0, ONES);
  media[0].locked = true;
  assert.equal(unit.readOnly, false, 'nothing has told it yet');
  assert.equal((await failure(submit(user, BlockOp.write, { data: TWOS }))).code, 'readonly');
  assert.deepEqual([unit.readOnly, unit.writeRefusal, unit.state], [true, 'not_granted', 'open']);
  const asked = media[0].counts[BlockOp.write];
  assert.equal((await failure(submit(user, BlockOp.discard, { length: 512 }))).code, 'readonly');
  assert.deepEqual(await read(user, 0, 512), ONES);
  media[0].locked = false;
  await until(() => !unit.readOnly && unit.state === 'open', 'the right again');
  assert.equal(media[0].counts[BlockOp.write], asked, 'what was refused is not run later');
  await write(user, 0, TWOS);
  assert.deepEqual(content.subarray(0, 512), TWOS);
});

test('without the right any more after a loss: reads go on, writes that were held fail, none is carried out', async (t) => {
  const { media, unit, user, content, relink } = await setup(t, 1, { askWritingMs: 3_600_000 });
  media[0].isHolding = true;
  const path = unit.activePath as Path;
  cut(path.link);
  await until(() => unit.state === 'holding', 'the loss');
  const held = submit(user, BlockOp.write, { data: ONES });
  const reading = submit(user, BlockOp.read, { length: 512 });
  media[0].locked = true;
  media[0].letGo();
  await relink();
  assert.equal((await failure(held)).code, 'readonly');
  assert.equal(await reading.ended, null);
  assert.equal(unit.activePath?.stats.counters().errors, 0, 'the write was not sent at all');
  assert.deepEqual(
    [unit.state, unit.readOnly, unit.activePath?.access, unit.guarantee],
    ['open', true, 'read_only', undefined],
  );
  assert.deepEqual(content.subarray(0, 512), Buffer.alloc(512));
});

test('where another path may be written the unit and its writes go there, and back when that is lost', async (t) => {
  const { unit, user, mediumOf, content } = await setup(t, 2, { askWritingMs: 3_600_000 });
  const [first, second] = [unit.activePath as Path, [...unit.paths].find((path) => path !== unit.activePath)];
  const locked = mediumOf(first);
  locked.locked = true;
  const writes = [0, 512, 1024].map((offset) => submit(user, BlockOp.write, { offset, data: ONES }));
  for (const { ended } of writes) assert.equal(await ended, null, 'run again where it may be written');
  assert.deepEqual(content.subarray(0, 1536), Buffer.alloc(1536, 1));
  assert.deepEqual([unit.activePath, unit.readOnly], [second, false]);
  await until(() => first.state === 'standby', 'the other path left');

  // Long refused, and asked again all the same.
  locked.locked = false;
  cut((second as Path).link);
  await until(() => unit.activePath === first && unit.state === 'open', 'the first path again');
  await write(user, 0, TWOS);
  assert.deepEqual([unit.activePath, unit.readOnly, first.access], [first, false, 'granted']);
  assert.deepEqual(content.subarray(0, 512), TWOS);
});

test('all paths refuse: the unit is read-only on the better one, and a new path is asked', async (t) => {
  const { media, unit, user, relink } = await setup(t, 2, { askWritingMs: 3_600_000 });
  for (const medium of media) medium.locked = true;
  assert.equal((await failure(submit(user, BlockOp.write, { data: ONES }))).code, 'readonly');
  await until(() => unit.readOnly && unit.state === 'open' && unit.activePath?.state === 'open', 'read-only');
  assert.deepEqual(await read(user, 0, 512), Buffer.alloc(512));
  media[0].locked = false;
  await relink();
  await until(() => !unit.readOnly, 'the new path');
  await write(user, 0, ONES);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import { failure, run, submit, write } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';

/**
 * Writes an exporter had acknowledged and not flushed are lost when what caches them begins anew. A flush over
 * the next path must not vouch for them.
 */

const BLOCK = Buffer.alloc(4096, 7);
const SIZE = 4 << 20;
const CACHES = ['a1'.repeat(16), 'b2'.repeat(16)];

interface Setup {
  readonly unit: Unit;
  readonly media: readonly TestMedium[];
  /** The way in use is lost, and with it the cache behind it. */
  readonly lose: () => void;
  /** How often the unit told of lost writes. */
  readonly told: () => number;
}

/** A unit with two paths; behind each is a cache of its own, or one for both. */
async function setup(t: TestContext, verifiers: readonly string[] = CACHES): Promise<Setup> {
  const net = new Net(t);
  let losses = 0;
  const client = new ClientNode(net, {}, { writesLost: () => losses++ });
  const content = Buffer.alloc(SIZE);
  const media: TestMedium[] = [];
  for (const verifier of verifiers) {
    const medium = new TestMedium(content);
    media.push(medium);
    const { address } = await startExporter(net, [exportOf(medium, 'S1', 'host/disk', verifier)]);
    await client.link(address);
    await client.disk('S1', media.length);
  }
  const unit = await client.attach('S1', 2);
  const lose = (): void => {
    const path = unit.activePath;
    assert.ok(path !== undefined);
    cut(path.link);
  };
  return { unit, media, lose, told: () => losses };
}

test('a flush after the loss fails, and so does each later one of that user', async (t) => {
  const { unit, lose, told } = await setup(t);
  const user = await unit.open('test');
  await write(user, 0, BLOCK);
  assert.equal(unit.unflushedBytes, BLOCK.length);
  lose();
  const { code, message } = await failure(submit(user, BlockOp.flush));
  assert.equal(code, 'io');
  assert.match(message, /^xa0: writes not flushed were lost/);
  await write(user, 0, BLOCK);
  await failure(submit(user, BlockOp.flush));
  assert.equal(told(), 1);
  const next = await unit.open('next');
  await run(next, BlockOp.flush);
  await Promise.all([user.close(), next.close()]);
});

test('who comes anew hears of it too, unless somebody has', async (t) => {
  const { unit, lose, told } = await setup(t);
  const user = await unit.open('test');
  await write(user, 0, BLOCK);
  lose();
  await until(() => told() === 1, 'the loss');
  const again = await unit.open('the same program, connected anew');
  await failure(submit(again, BlockOp.flush));
  await Promise.all([user.close(), again.close()]);
});

test('a flush under way when the cache was lost fails', async (t) => {
  const { unit, media, lose } = await setup(t);
  const user = await unit.open('test');
  await write(user, 0, BLOCK);
  const [first] = media as [TestMedium];
  first.isHolding = true;
  const flush = submit(user, BlockOp.flush);
  await until(() => first.held.length === 1, 'the flush at the medium');
  lose();
  await failure(flush);
  await user.close();
  first.letGo();
});

test('nothing is lost where all was flushed, or where the cache is the same', async (t) => {
  const { unit, lose, told } = await setup(t);
  const user = await unit.open('test');
  await write(user, 0, BLOCK);
  await run(user, BlockOp.flush);
  lose();
  await run(user, BlockOp.flush);
  await user.close();

  const shared = await setup(t, [CACHES[0] as string, CACHES[0] as string]);
  const other = await shared.unit.open('test');
  await write(other, 0, BLOCK);
  shared.lose();
  await run(other, BlockOp.flush);
  assert.deepEqual([told(), shared.told()], [0, 0]);
  await other.close();
});

test('a write answered in part goes out again as a whole', async (t) => {
  const { unit, media, lose } = await setup(t);
  const [first, second] = media as [TestMedium, TestMedium];
  const user = await unit.open('test');
  let answered = 0;
  const data = Buffer.alloc(3 << 20, 9);
  first.isHolding = true;
  const request = submit(user, BlockOp.write, { data });
  await until(() => first.held.length === 3, 'its three parts at the medium');
  for (const part of first.held.splice(1)) {
    part.done(null);
    answered++;
  }
  await until(() => unit.stats.inFlight === 1 && unit.activePath?.stats.inFlight === 1, 'two answers');
  lose();
  assert.equal(await request.ended, null);
  assert.equal(answered, 2);
  assert.equal(second.counts[BlockOp.write], 3);
  await user.close();
  first.letGo();
});

test('a FUA write whose flush was lost is written again', async (t) => {
  const { unit, media, lose } = await setup(t);
  const [first, second] = media as [TestMedium, TestMedium];
  const user = await unit.open('test');
  const original = first.submit.bind(first);
  first.submit = (request) => {
    if (request.op === BlockOp.flush) first.isHolding = true;
    original(request);
  };
  const request = submit(user, BlockOp.write, { data: BLOCK, fua: true });
  await until(() => first.held.length === 1, 'its flush at the medium');
  lose();
  assert.equal(await request.ended, null);
  assert.deepEqual(second.log, [`1 0 ${BLOCK.length}`, '2 0 0']);
  await user.close();
  first.letGo();
});

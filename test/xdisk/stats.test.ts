import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import type { IoStats } from '../../electron/block/io-stats.ts';
import { failure, run, submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';

/** What was counted, times aside. */
function counted(stats: IoStats) {
  const c = stats.counters();
  return {
    ops: [c.reads, c.writes, c.flushes, c.discards],
    bytes: [c.readBytes, c.writtenBytes, c.discardedBytes],
    rest: [c.errors, c.retries, c.inFlight],
  };
}

test('the counts of unit, paths and export agree with what was done', async (t) => {
  const net = new Net(t);
  const content = Buffer.alloc(1 << 20);
  const media = [new TestMedium(content), new TestMedium(content)] as const;
  const items = media.map((medium) => exportOf(medium));
  const client = new ClientNode(net);
  const links = [];
  for (const [i, item] of items.entries()) {
    links.push(await client.link((await startExporter(net, [item], { dialect: '2014' })).address, '2014'));
    await client.disk('S1', i + 1);
  }
  const unit = await client.attach('S1', 2);
  const [first, second] = [...unit.paths];
  assert.ok(first !== undefined && second !== undefined);
  const user = await unit.open('test');
  for (let i = 0; i < 3; i++) await run(user, BlockOp.read, { length: 4096 });
  await run(user, BlockOp.write, { data: Buffer.alloc(131_072, 1) }); // two commands
  await run(user, BlockOp.write, { data: Buffer.alloc(512, 1), fua: true }); // a write and a flush
  await run(user, BlockOp.flush);
  await run(user, BlockOp.discard, { length: 65_536 * 4 });
  media[0].fail = () => new BlockError('io', 'broken');
  await failure(submit(user, BlockOp.read, { length: 512 }));
  media[0].fail = () => null;
  assert.deepEqual(counted(unit.stats), {
    ops: [4, 2, 1, 1],
    bytes: [3 * 4096, 131_584, 262_144],
    rest: [1, 0, 0],
  });
  const atFirst = { ops: [4, 3, 2, 1], bytes: [3 * 4096, 131_584, 262_144], rest: [1, 0, 0] };
  assert.deepEqual(counted(first.stats), atFirst);
  assert.deepEqual(counted((items[0] as (typeof items)[0]).stats), atFirst);

  media[0].isHolding = true;
  const moved = Array.from({ length: 5 }, () => submit(user, BlockOp.read, { length: 1024 }));
  await until(() => media[0].held.length === 5, 'five commands');
  assert.deepEqual([unit.stats.inFlight, first.stats.inFlight, client.registry.activeRequests], [5, 5, 5]);
  cut(links[0] as (typeof links)[0]);
  for (const request of moved) assert.equal(await request.ended, null);
  media[0].letGo();
  assert.deepEqual(counted(unit.stats), {
    ops: [9, 2, 1, 1],
    bytes: [3 * 4096 + 5 * 1024, 131_584, 262_144],
    rest: [1, 5, 0],
  });
  assert.deepEqual(counted(first.stats), atFirst, 'what was lost did not happen there');
  assert.deepEqual(counted(second.stats), { ops: [5, 0, 0, 0], bytes: [5120, 0, 0], rest: [0, 0, 0] });
  assert.equal(client.registry.activeRequests, 0);
  assert.equal(unit.stats.readLatency.count, 9);
});

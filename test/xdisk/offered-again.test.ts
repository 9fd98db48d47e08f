import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Export } from '../../electron/target/export.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import type { UnitOptions } from '../../electron/xdisk/unit-options.ts';
import type { UnitUser } from '../../electron/xdisk/unit-user.ts';
import { failure } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { type ExporterNode, exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { RandomLoad } from './support/load.ts';
import { allStand, writes } from './support/writes.ts';

/** Disks withdrawn while requests run, and offered again as they were or as something else, over links that stand. */

const SIZE = 1 << 20;
/** Nobody of these tests has a key, so with this list an export is withdrawn at once, whatever runs. */
const SOMEBODY_ELSE = new Map([[`SHA256:${'A'.repeat(43)}`, 'rw' as const]]);
const EVERYBODY = new Map();

interface Setup {
  readonly client: ClientNode;
  readonly node: ExporterNode;
  readonly item: Export;
  readonly medium: TestMedium;
  readonly unit: Unit;
  readonly user: UnitUser;
}

/** A unit in use, with one path. */
async function setup(t: TestContext, options: Partial<UnitOptions> = {}): Promise<Setup> {
  const net = new Net(t);
  const medium = new TestMedium(SIZE);
  const item = exportOf(medium);
  const node = await startExporter(net, [item]);
  const client = new ClientNode(net);
  await client.link(node.address);
  const unit = await client.attach('S1', 1, options);
  return { client, node, item, medium, unit, user: await unit.open('test') };
}

async function offer(node: ExporterNode, item: Export): Promise<void> {
  await item.online();
  node.exporter.add(item);
}

test('a disk withdrawn in order under I/O and offered again: what was not accepted waits, and all is done once', async (t) => {
  const { client, node, item, medium, unit, user } = await setup(t);
  medium.isHolding = true;
  const requests = writes(user, 100);
  await until(() => medium.held.length === 64, '64 commands at the medium');
  const removal = node.exporter.remove(item);
  medium.letGo();
  await removal;
  await until(() => unit.paths.size === 0, 'the span to go');
  assert.deepEqual([unit.state, medium.log.length], ['holding', 64], 'the rest waits');
  const again = new TestMedium(medium.content);
  await offer(node, exportOf(again));
  await allStand(requests, again.content);
  assert.equal(again.log.length, 36, 'what was answered is not run again');
  assert.deepEqual([unit.conflict, unit.paths.size, client.registry.disks.length], [false, 1, 1]);
  assert.equal(unit.stats.counters().errors, 0);
});

test('a disk withdrawn at once under I/O: what had no answer runs again when it is offered again', async (t) => {
  const { node, item, medium, unit, user } = await setup(t);
  medium.isHolding = true;
  const requests = writes(user, 100);
  await until(() => medium.held.length === 64, '64 commands at the medium');
  item.setAllow(SOMEBODY_ELSE);
  node.exporter.reoffer(item);
  await until(() => unit.paths.size === 0, 'the span to go');
  assert.deepEqual([unit.state, unit.waiting, unit.stats.inFlight], ['holding', 100, 100]);
  item.setAllow(EVERYBODY);
  node.exporter.reoffer(item);
  await until(() => unit.paths.size === 1, 'the span to come back');
  assert.equal(medium.held.length, 64, 'none overtakes what is still at the medium');
  medium.letGo();
  await allStand(requests, medium.content);
  assert.equal(medium.log.length, 164);
  assert.equal(unit.stats.counters().retries, 64);
});

for (const [what, other] of [
  ['larger', (): TestMedium => new TestMedium(2 * SIZE)],
  ['smaller', (): TestMedium => new TestMedium(SIZE / 2)],
  ['of other blocks', (): TestMedium => new TestMedium(SIZE, { blockBytes: 4096 })],
] as const) {
  test(`a disk offered again ${what}: no request runs on it; they run when the right one is back`, async (t) => {
    const { client, node, item, medium, unit, user } = await setup(t);
    medium.isHolding = true;
    const requests = writes(user, 100);
    await until(() => medium.held.length === 64, '64 commands at the medium');
    const impostor = other();
    const wrong = exportOf(impostor);
    // It comes before the right one has gone, as well as after.
    await offer(node, wrong);
    await until(() => unit.conflict, 'the conflict');
    item.setAllow(SOMEBODY_ELSE);
    node.exporter.reoffer(item);
    await until(() => unit.paths.size === 0, 'the right one to go');
    await node.exporter.remove(wrong);
    await offer(node, exportOf(impostor));
    await until(
      () => client.registry.disks.some(({ unit: of, paths }) => of === undefined && paths.size > 0),
      'the other disk',
    );
    unit.reconsider();
    for (let i = 0; i < 20; i++) await turn();
    assert.deepEqual([unit.state, unit.waiting, unit.conflict, unit.paths.size], ['holding', 100, true, 0]);
    assert.deepEqual(impostor.log, []);
    item.setAllow(EVERYBODY);
    node.exporter.reoffer(item);
    medium.letGo();
    await allStand(requests, medium.content);
    assert.deepEqual(impostor.log, []);
  });
}

test('where requests may not wait, they fail with the conflict as their reason', async (t) => {
  const { client, node, item, medium, unit, user } = await setup(t, { noPath: { kind: 'fail' } });
  const impostor = new TestMedium(2 * SIZE);
  await offer(node, exportOf(impostor));
  await until(() => client.registry.disks.length === 2, 'the other disk');
  medium.isHolding = true;
  const requests = writes(user, 3);
  await until(() => medium.held.length === 3, 'three commands');
  item.setAllow(SOMEBODY_ELSE);
  node.exporter.reoffer(item);
  for (const request of requests) {
    const { code, message } = await failure(request);
    assert.equal(code, 'path');
    assert.match(message, /^xa0 \(S1\) has no path; a disk of another size or block size has its serial$/);
  }
  assert.deepEqual([unit.state, impostor.log], ['failed', []]);
  medium.letGo();
});

test('spans of two exporters that come and go in any order under load: nothing is lost or done elsewhere', async (t) => {
  const random = new Random();
  const net = new Net(t);
  const client = new ClientNode(net);
  const content = Buffer.alloc(SIZE);
  const impostor = new TestMedium(2 * SIZE);
  const other = new TestMedium(Buffer.alloc(SIZE, 0x5a));
  const ways = await Promise.all(
    [0, 1].map(async () => {
      const item = exportOf(new TestMedium(content));
      const wrong = exportOf(impostor);
      await wrong.online();
      // What else an exporter offers, before, between and behind the spans of the disk.
      const node = await startExporter(net, [exportOf(other, 'S0'), item]);
      await client.link(node.address);
      return { node, item, wrong, isOffered: true, isWrongOffered: false };
    }),
  );
  const unit = await client.attach('S1', 2);
  const user = await unit.open('test');
  const load = new RandomLoad(user, random);
  for (let round = 0; round < 200; round++) {
    const due = load.ended + random.integer(0, 10);
    const way = random.pick(ways);
    if (random.chance(0.3)) {
      way.isWrongOffered = !way.isWrongOffered;
      if (way.isWrongOffered) way.node.exporter.add(way.wrong);
      else {
        way.wrong.setAllow(SOMEBODY_ELSE);
        way.node.exporter.reoffer(way.wrong);
        way.wrong.setAllow(EVERYBODY);
      }
    }
    way.isOffered = !way.isOffered;
    way.item.setAllow(way.isOffered ? EVERYBODY : SOMEBODY_ELSE);
    way.node.exporter.reoffer(way.item);
    const isHeld = ways.every(({ isOffered }) => !isOffered);
    while (isHeld ? unit.state !== 'holding' : load.ended < due) {
      while (load.running < 20 && random.chance(0.8)) load.start();
      await turn();
    }
  }
  for (const way of ways) {
    way.item.setAllow(EVERYBODY);
    way.node.exporter.reoffer(way.item);
  }
  await until(() => load.running === 0, 'the end of all requests');
  load.check(content, 'at the end');
  assert.deepEqual([unit.stats.inFlight, unit.waiting, unit.stats.counters().errors], [0, 0, 0]);
  assert.deepEqual([impostor.log, other.log], [[], []]);
  assert.ok(unit.stats.counters().retries > 0);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import type { Dialect } from '../../electron/dmsg/dialect.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Export } from '../../electron/target/export.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import type { UnitUser } from '../../electron/xdisk/unit-user.ts';
import { failure, read, submit, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';
import { answer, DISK, startFake } from './support/fake-exporter.ts';
import { allStand, writes } from './support/writes.ts';

const SIZE = 1 << 20;

interface Way {
  readonly medium: TestMedium;
  readonly item: Export;
  readonly link: Link;
}

interface Setup {
  readonly client: ClientNode;
  readonly unit: Unit;
  readonly user: UnitUser;
  readonly ways: readonly [Way, Way];
}

/** A unit with two paths to one content, each with an exporter of its own; the first is in use. */
async function twoWays(t: TestContext, dialect: Dialect = 'current'): Promise<Setup> {
  const net = new Net(t);
  const client = new ClientNode(net);
  const content = Buffer.alloc(SIZE);
  const ways: Way[] = [];
  for (const paths of [1, 2]) {
    const medium = new TestMedium(content);
    const item = exportOf(medium);
    const { address } = await startExporter(net, [item], { dialect });
    ways.push({ medium, item, link: await client.link(address, dialect) });
    await client.disk('S1', paths);
  }
  const unit = await client.attach('S1', 2);
  return { client, unit, user: await unit.open('test'), ways: ways as [Way, Way] & Way[] };
}

test('a path lost with commands in flight: each runs again on the other, in order, and ends once', async (t) => {
  const { unit, user, ways } = await twoWays(t);
  const [first, second] = ways;
  first.medium.isHolding = true;
  const requests = writes(user, 100);
  await until(() => first.medium.held.length === 64, '64 commands at the first exporter');
  assert.equal(unit.activePath?.link, first.link);
  cut(first.link);
  await allStand(requests, second.medium.content);
  assert.deepEqual(
    second.medium.log,
    requests.map(({ offset }) => `1 ${offset} 4096`),
  );
  assert.equal(unit.stats.counters().retries, 64);
  assert.deepEqual([unit.stats.inFlight, unit.waiting, unit.state], [0, 0, 'open']);
  first.medium.letGo(); // answers for nobody
  await user.close();
  await settles(second.link, 1);
});

test('a device the exporter ends is opened over the other path', async (t) => {
  const { unit, user, ways } = await twoWays(t);
  const [first, second] = ways;
  first.medium.isHolding = true;
  const requests = writes(user, 10);
  await until(() => first.medium.held.length === 10, 'ten commands');
  first.item.endSessions();
  await allStand(requests, second.medium.content);
  assert.equal(unit.activePath?.link, second.link);
  assert.deepEqual(
    [...unit.paths].map(({ state }) => state),
    ['faulty', 'open'],
  );
  first.medium.letGo();
  await settles(first.link, 1);
});

test('commands refused because the export goes offline run on the other path', async (t) => {
  const { user, ways, unit } = await twoWays(t);
  const [first, second] = ways;
  first.medium.isHolding = true;
  const accepted = writes(user, 3);
  await until(() => first.medium.held.length === 3, 'three commands');
  const offline = first.item.offline();
  const late = submit(user, BlockOp.read, { length: 4096 });
  await until(() => unit.activePath?.link === second.link, 'the second path');
  assert.equal(await late.ended, null);
  await allStand(accepted, second.medium.content);
  first.medium.letGo();
  await offline;
  assert.ok(first.medium.closed);
  assert.equal([...unit.paths].find(({ link }) => link === first.link)?.state, 'faulty');
});

test('the only export going offline: requests wait and run when it is back', async (t) => {
  const { unit, user, ways } = await twoWays(t);
  const [first, second] = ways;
  cut(second.link);
  await first.item.offline();
  first.medium.closed = false; // it will be opened again
  const requests = writes(user, 20);
  await until(() => unit.state === 'holding', 'no path');
  await until(() => [...unit.paths].some(({ failures }) => failures >= 2), 'another attempt');
  assert.ok(requests.every(({ error }) => error === undefined));
  await first.item.online();
  await allStand(requests, first.medium.content);
  assert.equal(unit.state, 'open');
});

test('more data than was asked for ends that link, and the read runs elsewhere', async (t) => {
  const net = new Net(t);
  const liar = await startFake(net, [DISK], {
    command: (link, transaction) => answer(link, transaction, Buffer.alloc(1024, 0x66)),
  });
  const client = new ClientNode(net);
  const lying = await client.link(liar);
  await client.disk('S1', 1);
  const { address } = await startExporter(net, [exportOf(new TestMedium(Buffer.alloc(SIZE, 0x11)))]);
  await client.link(address);
  const unit = await client.attach('S1', 2);
  const user = await unit.open('test');
  assert.deepEqual(await read(user, 0, 512), Buffer.alloc(512, 0x11));
  assert.equal(lying.state, 'down');
  assert.equal(unit.stats.inFlight, 0);
});

test('a request that has failed in part ends when the rest of it is lost, though there is no path', async (t) => {
  const { unit, user, ways } = await twoWays(t, '2014');
  const [first, second] = ways;
  cut(second.link);
  first.medium.isHolding = true;
  const request = submit(user, BlockOp.write, { data: Buffer.alloc(262_144, 1) });
  const other = submit(user, BlockOp.read, { length: 512 });
  await until(() => first.medium.held.length === 5, 'all parts');
  first.medium.fail = () => new BlockError('io', 'broken');
  first.medium.release(1);
  await until(() => unit.activePath?.stats.inFlight === 4, 'the first answer');
  cut(first.link);
  assert.equal((await failure(request)).code, 'io');
  assert.deepEqual([unit.state, unit.waiting, other.error], ['holding', 1, undefined]);
  assert.equal(unit.stats.counters().retries, 1, 'what is over is not run again');
  first.medium.letGo();
});

test('a request that failed while most of it still waits is over at once', async (t) => {
  const { unit, user, ways } = await twoWays(t, '2014');
  const [first] = ways;
  first.medium.isHolding = true;
  first.medium.fail = ({ offset }) => (offset === 0 ? new BlockError('io', 'broken') : null);
  const small = Array.from({ length: 60 }, () => submit(user, BlockOp.read, { offset: 4096, length: 512 }));
  const large = submit(user, BlockOp.write, { data: Buffer.alloc(SIZE, 1) });
  const after = submit(user, BlockOp.read, { offset: 4096, length: 512 });
  await until(() => first.medium.held.length === 64, '64 commands');
  assert.equal(unit.waiting, 2);
  first.medium.release(1, 60);
  await until(() => unit.waiting === 0, 'the one behind it, in its place');
  first.medium.letGo();
  assert.equal((await failure(large)).code, 'io');
  for (const request of [...small, after]) assert.equal(await request.ended, null);
  assert.equal(first.medium.counts[BlockOp.write], 4, 'the rest was not tried');
  assert.deepEqual([unit.waiting, unit.stats.inFlight], [0, 0]);
});

test('the flush of a FUA write lost with its path runs on the other', async (t) => {
  const { user, ways } = await twoWays(t);
  const [first, second] = ways;
  first.medium.isHolding = true;
  const request = submit(user, BlockOp.write, { data: Buffer.alloc(4096, 9), fua: true });
  await until(() => first.medium.held.length === 1, 'the write');
  first.medium.release(1);
  await until(() => first.medium.held.length === 1, 'the flush');
  cut(first.link);
  assert.equal(await request.ended, null);
  assert.deepEqual(second.medium.log, ['2 0 0']);
  first.medium.letGo();
});

test('losing the path that is not in use disturbs nobody', async (t) => {
  const { unit, user, ways } = await twoWays(t);
  const [first, second] = ways;
  first.medium.isHolding = true;
  const request = submit(user, BlockOp.read, { length: 512 });
  await until(() => first.medium.held.length === 1, 'the command');
  cut(second.link);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(request.error, undefined);
  first.medium.letGo();
  assert.equal(await request.ended, null);
  assert.deepEqual([unit.stats.counters().retries, first.medium.log.length], [0, 1]);
  await write(user, 0, Buffer.alloc(512));
});

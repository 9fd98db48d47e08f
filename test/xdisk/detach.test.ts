import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { UnitBusyError } from '../../electron/xdisk/registry.ts';
import { failure, read, submit } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';

const GRACE_MS = 60_000;

test('a busy unit is not detached, and its holders are named', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(65_536))]);
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach();
  const users = [await unit.open('127.0.0.1:5'), await unit.open('copy')];
  assert.throws(
    () => client.registry.detach(unit),
    (error: Error) =>
      error instanceof UnitBusyError &&
      error.code === 'EBUSY' &&
      error.message === 'xa0 is in use by 127.0.0.1:5, copy; close them first, or force' &&
      error.holders.join() === '127.0.0.1:5,copy',
  );
  assert.equal(unit.state, 'open');
  for (const user of users) await user.close();
  client.registry.detach(unit);
  assert.deepEqual([unit.state, client.registry.units], ['detached', []]);
  await assert.rejects(unit.open('late'), { code: 'path' });
});

test('by force: requests on the wire and waiting end with `path`', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(1 << 20);
  const item = exportOf(medium);
  const { address } = await startExporter(net, [item]);
  const removed: string[] = [];
  const client = new ClientNode(net, {}, { unitRemoved: ({ name }) => removed.push(name) });
  const link = await client.link(address);
  const unit = await client.attach();
  const user = await unit.open('test');
  medium.isHolding = true;
  const requests = Array.from({ length: 100 }, (_, i) =>
    i % 2 === 0
      ? submit(user, BlockOp.read, { length: 65_536 })
      : submit(user, BlockOp.write, { offset: 65_536, data: Buffer.alloc(65_536, 1) }),
  );
  await until(() => medium.held.length === 64, 'the commands');
  client.registry.detach(unit, true);
  for (const request of requests) assert.equal((await failure(request)).code, 'path');
  assert.equal(submit(user, BlockOp.read, { length: 512 }).error?.code, 'path');
  await user.close();
  assert.deepEqual([unit.stats.inFlight, unit.waiting, unit.users.size], [0, 0, 0]);
  assert.deepEqual(removed, ['xa0']);
  await settles(link, 1);
  assert.equal(item.sessions.size, 0);
  medium.letGo();
  for (let i = 0; i < 5; i++) await turn();
  assert.ok(requests.every(({ untouched }) => untouched));
  const again = await client.attach();
  assert.notEqual(again, unit);
  assert.equal(again.name, 'xa0');
  await read(await again.open('after'), 0, 512);
});

test('a unit without paths and users is removed after the grace time, and no other', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(65_536))]);
  const removed: string[] = [];
  const client = new ClientNode(
    net,
    { graceMs: GRACE_MS },
    { unitRemoved: ({ name }) => removed.push(name) },
  );
  t.after(() => mock.timers.reset());
  const first = await client.link(address);
  const unit = await client.attach();

  // Sockets do not need the mocked timers.
  mock.timers.enable({ apis: ['setTimeout'] });
  cut(first);
  assert.deepEqual(client.registry.units, [unit], 'still there');
  mock.timers.tick(GRACE_MS - 1);
  assert.deepEqual(removed, []);

  // A path that comes back in time stops the clock.
  const second = await client.link(address);
  await client.disk();
  mock.timers.tick(2 * GRACE_MS);
  assert.deepEqual(removed, []);
  assert.equal(client.registry.attach(await client.disk()), unit);

  // So does a user.
  const user = await unit.open('test');
  cut(second);
  mock.timers.tick(2 * GRACE_MS);
  assert.deepEqual(removed, []);
  await user.close();
  mock.timers.tick(GRACE_MS - 1);
  assert.deepEqual(removed, []);
  mock.timers.tick(1);
  assert.deepEqual(removed, ['xa0']);
  assert.deepEqual([client.registry.units, client.registry.disks, unit.state], [[], [], 'detached']);
});

test('a unit detached by hand is not removed again by its grace time', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(65_536))]);
  const removed: string[] = [];
  const client = new ClientNode(
    net,
    { graceMs: GRACE_MS },
    { unitRemoved: ({ name }) => removed.push(name) },
  );
  t.after(() => mock.timers.reset());
  const link = await client.link(address);
  const unit = await client.attach();
  mock.timers.enable({ apis: ['setTimeout'] });
  cut(link);
  client.registry.detach(unit);
  await client.link(address);
  const next = await client.attach();
  mock.timers.tick(2 * GRACE_MS);
  assert.deepEqual(removed, ['xa0']);
  assert.deepEqual(client.registry.units, [next]);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Address } from '../../electron/stream/address.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import type { NoPathPolicy } from '../../electron/xdisk/unit-options.ts';
import type { UnitUser } from '../../electron/xdisk/unit-user.ts';
import { failure, read, submit } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { Clock } from './support/clock.ts';

interface Setup {
  readonly clock: Clock;
  readonly client: ClientNode;
  readonly address: Address;
  readonly link: Link;
  readonly medium: TestMedium;
  readonly unit: Unit;
  readonly user: UnitUser;
}

async function withPolicy(t: TestContext, noPath: NoPathPolicy): Promise<Setup> {
  const net = new Net(t);
  const clock = new Clock(t);
  const medium = new TestMedium(65_536);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const client = new ClientNode(net);
  const link = await client.link(address);
  const unit = await client.attach('S1', 1, { noPath, sweepMs: 5 });
  return { clock, client, address, link, medium, unit, user: await unit.open('test') };
}

/** Lose the only path under a request, and make another one without any. */
async function losePath({ medium, user, link }: Setup) {
  medium.isHolding = true;
  const under = submit(user, BlockOp.read, { length: 512 });
  await until(() => medium.held.length === 1, 'the command');
  cut(link);
  const late = submit(user, BlockOp.read, { length: 512 });
  medium.letGo();
  return [under, late] as const;
}

test('hold: requests wait, however long', async (t) => {
  const setup = await withPolicy(t, { kind: 'hold' });
  const { clock, client, address, unit, user } = setup;
  const requests = await losePath(setup);
  clock.pass(24 * 3_600_000);
  let sweeps = 0;
  const sweeping = setInterval(() => sweeps++, 5);
  await until(() => sweeps > 4, 'some sweeps');
  clearInterval(sweeping);
  assert.equal(unit.state, 'holding');
  assert.ok(requests.every(({ error }) => error === undefined));
  const second = await unit.open('second'); // its size is known, so it need not wait
  await client.link(address);
  for (const request of requests) assert.equal(await request.ended, null);
  await read(second, 0, 512);
  await read(user, 0, 512);
  assert.equal(unit.state, 'open');
});

test('seconds: requests wait that long and end with `path`, later ones at once, until a path comes', async (t) => {
  const setup = await withPolicy(t, { kind: 'seconds', seconds: 30 });
  const { clock, client, address, unit, user } = setup;
  const requests = await losePath(setup);
  clock.pass(29_000);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(unit.state, 'holding');
  clock.pass(1500);
  for (const request of requests) {
    const error = await failure(request);
    assert.deepEqual([error.code, error.message], ['path', 'xa0 (S1) has no path']);
  }
  assert.equal(unit.state, 'failed');
  const after = submit(user, BlockOp.read, { length: 512 });
  assert.equal(after.error?.code, 'path', 'within submit');
  await assert.rejects(unit.open('late'), { code: 'path' });
  await client.link(address);
  await until(() => unit.state === 'open', 'the path');
  await read(user, 0, 512);
  assert.equal(unit.stats.inFlight, 0);
});

test('seconds: a path in time, and the time begins anew', async (t) => {
  const setup = await withPolicy(t, { kind: 'seconds', seconds: 30 });
  const { clock, client, address, unit, user } = setup;
  const requests = await losePath(setup);
  clock.pass(29_000);
  const link = await client.link(address);
  for (const request of requests) assert.equal(await request.ended, null);
  cut(link);
  const again = submit(user, BlockOp.read, { length: 512 });
  clock.pass(29_000);
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual([unit.state, again.error], ['holding', undefined]);
  await client.link(address);
  assert.equal(await again.ended, null);
});

test('fail: requests end with the last path', async (t) => {
  const setup = await withPolicy(t, { kind: 'fail' });
  const { client, address, unit, user } = setup;
  const requests = await losePath(setup);
  assert.equal(unit.state, 'failed');
  for (const request of requests) assert.equal(request.error?.code, 'path');
  await client.link(address);
  await until(() => unit.state === 'open', 'the path');
  await read(user, 0, 512);
});

test('fail: the first open without a path', async (t) => {
  const setup = await withPolicy(t, { kind: 'fail' });
  await setup.user.close();
  cut(setup.link);
  await assert.rejects(setup.unit.open('late'), { code: 'path' });
  assert.deepEqual([setup.unit.state, setup.unit.users.size], ['idle', 0]);
});

import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { Wire } from '../../electron/dmsg/constants.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Path } from '../../electron/xdisk/path.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import type { UnitOptions } from '../../electron/xdisk/unit-options.ts';
import { read, submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { accept, DISK, refuse, startFake } from './support/fake-exporter.ts';

/** Moves between paths that work, in order and without a request run twice. */

interface Setup {
  readonly medium: TestMedium;
  readonly unit: Unit;
  readonly links: readonly Link[];
  relink(): Promise<Link>;
}

/** A unit with two paths to one medium, both as near. */
async function twoPaths(t: TestContext, options: Partial<UnitOptions> = {}): Promise<Setup> {
  const net = new Net(t);
  const medium = new TestMedium(65_536);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const client = new ClientNode(net);
  const links = [await client.link(address), await client.link(address)];
  const unit = await client.attach('S1', 2, { sweepMs: 5, ...options });
  return { medium, unit, links, relink: () => client.link(address) };
}

function other(unit: Unit): Path {
  return [...unit.paths].find((path) => path !== unit.activePath) as Path;
}

test('a preferred path is moved to when what is on the wire has been answered', async (t) => {
  const { medium, unit } = await twoPaths(t);
  const user = await unit.open('test');
  const from = unit.activePath as Path;
  medium.isHolding = true;
  const under = submit(user, BlockOp.write, { data: new Uint8Array(512) });
  await until(() => medium.held.length === 1, 'the command at the medium');
  const to = other(unit);
  to.preferred = true;
  unit.reconsider();
  const late = submit(user, BlockOp.read, { length: 512 });
  assert.equal(unit.activePath, from, 'while a command is under way');
  assert.equal(medium.held.length, 1, 'nothing new is sent over it');
  medium.isHolding = false;
  medium.letGo();
  assert.equal(await under.ended, null);
  assert.equal(await late.ended, null);
  assert.equal(unit.activePath, to);
  assert.equal(from.state, 'standby');
  assert.equal(unit.stats.counters().retries, 0, 'nothing was run twice');
});

test('a disabled path is left, and without another one requests wait', async (t) => {
  const { unit } = await twoPaths(t);
  const user = await unit.open('test');
  const [first, second] = [unit.activePath as Path, other(unit)];
  first.disabled = true;
  unit.reconsider();
  await until(() => unit.activePath === second && second.state === 'open', 'the other path');
  second.disabled = true;
  unit.reconsider();
  await until(() => unit.state === 'holding', 'nothing left');
  const waiting = submit(user, BlockOp.read, { length: 512 });
  first.disabled = false;
  unit.reconsider();
  assert.equal(await waiting.ended, null);
  assert.equal(unit.activePath, first);
});

test('a path lost during a move: its commands are run again on the next one', async (t) => {
  const { medium, unit } = await twoPaths(t);
  const user = await unit.open('test');
  const from = unit.activePath as Path;
  medium.isHolding = true;
  const under = submit(user, BlockOp.read, { length: 512 });
  await until(() => medium.held.length === 1, 'the command at the medium');
  other(unit).preferred = true;
  unit.reconsider();
  medium.isHolding = false;
  cut(from.link);
  assert.equal(await under.ended, null);
  assert.equal(unit.stats.counters().retries, 1);
  medium.letGo();
});

test('a policy goes back to the better path when it returns; `stay` does not', async (t) => {
  for (const pathPolicy of ['stay', 'nearest'] as const) {
    const net = new Net(t);
    const near = await startFake(net, [{ ...DISK, distance: 0 }]);
    const far = await startFake(net, [{ ...DISK, distance: 2 }]);
    const client = new ClientNode(net);
    const lost = await client.link(near);
    await client.link(far);
    const unit = await client.attach('S1', 2, { pathPolicy, sweepMs: 5 });
    await unit.open('test');
    assert.equal(unit.activePath?.distance, 0);
    cut(lost);
    await until(() => unit.activePath?.state === 'open' && unit.activePath.distance === 2, 'the far path');
    await client.link(near);
    await until(() => unit.paths.size === 2, 'the near path');
    if (pathPolicy === 'stay') assert.equal(unit.activePath?.distance, 2);
    else await until(() => unit.activePath?.distance === 0, 'the near path in use');
  }
});

test('a refused path is asked again while another one works, until it can be opened', async (t) => {
  const net = new Net(t);
  let refusing = true;
  const opened = (
    link: Link,
    ...rest: Parameters<typeof accept> extends [Link, ...infer R] ? R : never
  ): void => (refusing ? refuse(Wire.LOSTLINK)(link, ...rest) : accept(link, ...rest));
  const client = new ClientNode(net);
  await client.link(await startFake(net, [{ ...DISK, distance: 0 }], { opened }));
  await client.link(await startFake(net, [{ ...DISK, distance: 1 }]));
  const unit = await client.attach('S1', 2, { sweepMs: 5 });
  await unit.open('test');
  await until(() => unit.activePath?.state === 'open', 'the path that works');
  const refused = other(unit);
  assert.deepEqual([refused.state, refused.access], ['faulty', 'refused']);
  refusing = false;
  await until(() => refused.state === 'standby', 'the other one, asked again');
  assert.equal(refused.access, 'granted');
  assert.equal(unit.activePath?.distance, 1, 'the one that works is kept');
});

test('bytes not flushed: writes count when they end, a flush covers those before it', async (t) => {
  const { unit } = await twoPaths(t);
  const user = await unit.open('test');
  const write = async (fua = false): Promise<void> => {
    assert.equal(await submit(user, BlockOp.write, { data: new Uint8Array(512), fua }).ended, null);
  };
  await write();
  await write();
  assert.equal(unit.unflushedBytes, 1024);
  await write(true);
  assert.equal(unit.unflushedBytes, 1024, 'one with FUA is stable');
  assert.equal(await submit(user, BlockOp.flush).ended, null);
  assert.equal(unit.unflushedBytes, 0);
  await read(user, 0, 512);
  assert.equal(unit.unflushedBytes, 0);
});

test('a unit that was known before its paths come', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(65_536))]);
  const client = new ClientNode(net, { graceMs: null });
  const identity = { serial: 'S1', sizeBytes: 65_536, blockBytes: 512, label: 'as it was' };
  const unit = client.registry.attachKnown(identity);
  assert.deepEqual([unit.name, unit.state, unit.paths.size], ['xa0', 'idle', 0]);
  const opening = unit.open('early');
  await client.link(address);
  const user = await opening;
  await read(user, 0, 512);
  assert.equal(client.registry.disks.length, 1);
  await user.close();
});

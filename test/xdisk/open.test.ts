import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { readOpenModes } from '../../electron/dmsg/blk.ts';
import { OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import { failure, read, submit, write } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';
import { Clock } from './support/clock.ts';
import { DISK, refuse, startFake } from './support/fake-exporter.ts';

test('the first user opens at the exporter, the last one closes there', async (t) => {
  const net = new Net(t);
  const item = exportOf(new TestMedium(65_536));
  const { address } = await startExporter(net, [item]);
  const client = new ClientNode(net);
  const link = await client.link(address);
  const unit = await client.attach();
  assert.deepEqual([unit.state, item.sessions.size], ['idle', 0]);
  const opening = ['a', 'b', 'c'].map((name) => unit.open(name));
  assert.equal(unit.state, 'opening');
  const users = await Promise.all(opening);
  assert.equal(unit.state, 'open');
  assert.equal(item.sessions.size, 1, 'they share the answer');
  assert.deepEqual(
    [...unit.users].map(({ name }) => name),
    ['a', 'b', 'c'],
  );
  const late = await unit.open('d');
  assert.equal(item.sessions.size, 1);
  for (const user of users) await user.close();
  await users[0]?.close();
  await write(late, 0, Buffer.alloc(512, 7));
  assert.equal(unit.state, 'open');
  await late.close();
  assert.equal(unit.state, 'idle');
  await settles(link, 1);
  assert.equal(item.sessions.size, 0);
  assert.equal((await failure(submit(late, BlockOp.read, { length: 512 }))).code, 'path');
  const again = await unit.open('e');
  assert.deepEqual(await read(again, 0, 512), Buffer.alloc(512, 7));
});

test('closed before the exporter has answered', async (t) => {
  const net = new Net(t);
  const item = exportOf(new TestMedium(65_536));
  const { address } = await startExporter(net, [item]);
  const client = new ClientNode(net);
  const link = await client.link(address);
  for (let round = 0; round < 20; round++) {
    const unit = await client.attach();
    const opening = unit.open('hasty');
    client.registry.detach(unit, true);
    await assert.rejects(opening, { code: 'path' });
    assert.equal(unit.users.size, 0);
    await settles(link, 1);
    assert.equal(item.sessions.size, 0);
  }
});

test('a read-only disk is opened for reading alone', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(Buffer.alloc(65_536, 5), { readOnly: true });
  const { address } = await startExporter(net, [exportOf(medium)]);
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach();
  const user = await unit.open('reader');
  assert.ok(unit.readOnly && user.readOnly);
  assert.deepEqual(await read(user, 512, 512), Buffer.alloc(512, 5));
  for (const op of [BlockOp.write, BlockOp.discard]) {
    const wanted = op === BlockOp.write ? { data: Buffer.alloc(512) } : { length: 512 };
    assert.equal((await failure(submit(user, op, wanted))).code, 'readonly');
  }
  assert.deepEqual(medium.counts, [1, 0, 0, 0, 0]);
});

test('a unit that may not be written asks for reading alone', async (t) => {
  const net = new Net(t);
  const asked: number[] = [];
  const address = await startFake(net, [DISK], {
    opened: (link, transaction, message) => {
      asked.push(readOpenModes(message.view, message.at, message.le));
      link.mux.result(transaction);
    },
  });
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach('S1', 1, { readOnly: true });
  assert.ok((await unit.open('reader')).readOnly);
  assert.deepEqual(asked, [OpenMode.READ]);
});

test('a path that refuses everything does not make the unit read-only on the next', async (t) => {
  const net = new Net(t);
  const refusing = await startFake(net, [DISK], { opened: refuse(Wire.NOSUPP) });
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const client = new ClientNode(net);
  await client.link(refusing);
  await client.disk('S1', 1);
  await client.link(address);
  const unit = await client.attach('S1', 2);
  const user = await unit.open('writer');
  assert.equal(user.readOnly, false);
  await write(user, 0, Buffer.alloc(512, 1));
  await until(
    () => [...unit.paths].map(({ state }) => state).join() === 'faulty,open',
    'its refusal to be read',
  );
});

test('a path whose open is never answered gives way to another', async (t) => {
  const net = new Net(t);
  const clock = new Clock(t);
  const mute = await startFake(net, [DISK], { opened: () => {} });
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const client = new ClientNode(net);
  const muteLink = await client.link(mute);
  await client.disk('S1', 1);
  await client.link(address);
  const unit = await client.attach('S1', 2, { sweepMs: 5 });
  const opening = unit.open('patient');
  clock.pass(unit.options.openMs - 1000);
  const user = await opening;
  assert.notEqual(unit.activePath?.link, muteLink);
  await write(user, 0, Buffer.alloc(512, 1));
});

test('an open with no path waits for one, and not for ever', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(65_536))]);
  const client = new ClientNode(net);
  cut(await client.link(address));
  const first = await client.link(address);
  const unit = await client.attach('S1', 1, { openMs: 30 });
  cut(first);
  await assert.rejects(unit.open('late'), { name: 'BlockError', code: 'path' });
  assert.deepEqual([unit.users.size, unit.state], [0, 'idle']);

  const second = await client.link(address);
  const patient = await client.attach('S1', 1);
  const others = client.registry.attach(await client.disk());
  assert.equal(patient, others);
  cut(second);
  const opening = unit.open('early');
  assert.equal(unit.state, 'holding');
  await client.link(address);
  await read(await opening, 0, 512);
});

test('an exporter that is away for a while is asked again', async (t) => {
  const net = new Net(t);
  const item = exportOf(new TestMedium(65_536));
  const { address } = await startExporter(net, [item]);
  const client = new ClientNode(net);
  const link = await client.link(address);
  const unit = await client.attach();
  await item.offline();
  const opening = unit.open('patient');
  await until(() => [...unit.paths].some(({ failures }) => failures >= 2), 'two refusals');
  assert.equal(unit.state, 'holding');
  await (await opened(item.online(), opening)).close();
  await settles(link, 1);
});

async function opened<T>(online: Promise<void>, opening: Promise<T>): Promise<T> {
  await online;
  return opening;
}

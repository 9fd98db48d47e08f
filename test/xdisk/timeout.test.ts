import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { failure, read, submit } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { heldBlocks } from '../stream/support/block-count.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';
import { Clock } from './support/clock.ts';
import { RawExporter } from './support/raw-exporter.ts';

const SIZE = 1 << 20;
const LIMITS = { requestTimeoutMs: 30_000, sweepMs: 5 };

test('a medium that never answers: `timeout`, the link ends, the others run again elsewhere', async (t) => {
  const net = new Net(t);
  const clock = new Clock(t);
  const client = new ClientNode(net);
  const stuck = new TestMedium(SIZE);
  stuck.isHolding = true;
  const link = await client.link((await startExporter(net, [exportOf(stuck)])).address);
  await client.disk('S1', 1);
  await client.link((await startExporter(net, [exportOf(new TestMedium(SIZE))])).address);
  const unit = await client.attach('S1', 2, LIMITS);
  const user = await unit.open('test');
  const old = Array.from({ length: 3 }, () => submit(user, BlockOp.read, { length: 4096 }));
  const oldWrite = submit(user, BlockOp.write, { data: Buffer.alloc(65_536, 1) });
  await until(() => stuck.held.length === 4, 'the commands');
  clock.pass(29_000);
  const young = Array.from({ length: 3 }, () => submit(user, BlockOp.read, { length: 4096 }));
  await until(() => stuck.held.length === 7, 'the others');
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(link.state, 'up');
  clock.pass(1000);
  for (const request of [...old, oldWrite]) {
    const error = await failure(request);
    assert.equal(error.code, 'timeout');
    assert.equal(error.message, 'xa0: no answer in 30000 ms');
  }
  for (const request of young) assert.equal(await request.ended, null);
  assert.equal(link.state, 'down');
  stuck.letGo();
  for (let i = 0; i < 5; i++) await turn();
  assert.ok(old.every(({ untouched }) => untouched));
  const { errors, retries, inFlight } = unit.stats.counters();
  assert.deepEqual([errors, retries, inFlight, unit.waiting], [4, 3, 0, 0]);
});

test('the time-out of a part ends the request, also with no other path', async (t) => {
  const net = new Net(t);
  const clock = new Clock(t);
  const client = new ClientNode(net);
  const stuck = new TestMedium(8 << 20);
  stuck.isHolding = true;
  await client.link((await startExporter(net, [exportOf(stuck)], { dialect: '2014' })).address, '2014');
  const unit = await client.attach('S1', 1, LIMITS);
  const user = await unit.open('test');
  // More parts than commands may be on the wire.
  const large = submit(user, BlockOp.read, { length: 8 << 20 });
  await until(() => stuck.held.length === 64, '64 commands');
  clock.pass(29_000);
  stuck.release(1);
  await until(() => stuck.held.length === 64, 'a younger command');
  const behind = submit(user, BlockOp.read, { length: 512 });
  clock.pass(1000);
  assert.equal((await failure(large)).code, 'timeout');
  assert.equal(behind.error, undefined);
  assert.deepEqual([unit.state, unit.waiting, unit.stats.inFlight], ['holding', 1, 1]);
  stuck.letGo();
  for (let i = 0; i < 5; i++) await turn();
  assert.ok(large.untouched);
  client.registry.detach(unit, true);
  assert.equal((await failure(behind)).code, 'path');
});

test('a payload that is arriving when the request ends goes elsewhere', async (t) => {
  const net = new Net(t);
  const client = new ClientNode(net);
  const exporter = await RawExporter.start(t);
  const link = await client.link(exporter.address);
  for (const sent of [64, 20_000, 65_000]) {
    const unit = await client.attach();
    const opening = unit.open('test');
    const session = await exporter.open();
    const user = await opening;
    const request = submit(user, BlockOp.read, { length: 65_536 });
    const answer = await session.readAnswer(Buffer.alloc(65_536, 0x77));
    const heldBefore = heldBlocks();
    session.sendBytes(answer.subarray(0, 64 + sent));
    await until(() => request.buffer[sent - 1] === 0x77, 'the beginning of the data');
    client.registry.detach(unit, true);
    assert.equal((await failure(request)).code, 'path');
    session.sendBytes(answer.subarray(64 + sent));
    await session.closed();
    assert.ok(request.untouched, `${sent} bytes had come`);
    assert.equal(link.state, 'up');
    await settles(link, 1);
    await until(() => heldBlocks() <= heldBefore, 'the memory of the rest');
  }
});

test('an answer that comes in pieces lands where it should', async (t) => {
  const net = new Net(t);
  const client = new ClientNode(net);
  const exporter = await RawExporter.start(t);
  await client.link(exporter.address);
  const unit = await client.attach();
  const opening = unit.open('test');
  const session = await exporter.open();
  const user = await opening;
  for (const length of [512, 20_480, 65_536]) {
    const data = Buffer.alloc(length, (length >> 9) & 0xff);
    const reading = read(user, 0, length);
    const answer = await session.readAnswer(data);
    for (let at = 0; at < answer.length; at += 5000) {
      session.sendBytes(answer.subarray(at, at + 5000));
      await turn();
    }
    assert.ok(data.equals(await reading));
  }
});

test('an answer after the time-out of its request finds nobody', async (t) => {
  const net = new Net(t);
  const clock = new Clock(t);
  const client = new ClientNode(net);
  const exporter = await RawExporter.start(t);
  const link = await client.link(exporter.address);
  const unit = await client.attach('S1', 1, LIMITS);
  const opening = unit.open('test');
  const session = await exporter.open();
  const request = submit(await opening, BlockOp.read, { length: 65_536 });
  const answer = await session.readAnswer(Buffer.alloc(65_536, 0x77));
  session.sendBytes(answer.subarray(0, 30_000));
  await until(() => request.buffer[20_000] === 0x77, 'the beginning of the data');
  clock.pass(30_000);
  assert.equal((await failure(request)).code, 'timeout');
  session.sendBytes(answer.subarray(30_000));
  await until(() => link.state === 'down', 'the end of the link');
  for (let i = 0; i < 5; i++) await turn();
  assert.ok(request.untouched);
  cut(link);
});

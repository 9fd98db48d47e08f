import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { Command, OpenMode } from '../../electron/dmsg/constants.ts';
import { read, run, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { exportOf, startExporter } from './support/exporter-node.ts';
import { cut, IDLE_TRANSACTIONS, Net } from './support/net.ts';
import { answered, RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

const MIB = 1 << 20;
const LIMITS = { commands: 32, bytes: 4 * MIB };

test('at most so many bytes of one peer are at the medium, and others are served meanwhile', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(Buffer.alloc(MIB, 0x5a));
  const { address } = await startExporter(net, [exportOf(medium)], { limits: LIMITS });
  const greedy = await RawClient.connect(t, address);
  const { id } = await greedy.open((await greedy.span()).msgid);
  medium.isHolding = true;
  const asked = Array.from({ length: 40 }, () => greedy.ask(id, Command.BLK_READ, { bytes: MIB }));
  await until(() => medium.held.length === 4, 'four reads of 1 MiB');
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(medium.peakBytes, 4 * MIB);
  const client = new ClientNode(net);
  await client.link(address);
  const user = await (await client.attach()).open('good');
  const reading = read(user, 0, 4096);
  await until(() => medium.held.length === 5, 'the other peer');
  medium.release(1, 4);
  assert.deepEqual(await reading, Buffer.alloc(4096, 0x5a));
  medium.letGo();
  for (const one of asked) assert.equal(answered(await greedy.answer(one)).payload.length, MIB);
  assert.ok(medium.peakBytes <= 4 * MIB + 4096, `${medium.peakBytes} bytes at the medium`);
});

test('at most so many commands of one peer are at the medium', async (t) => {
  const medium = new TestMedium(MIB);
  const { address } = await startExporter(new Net(t), [exportOf(medium)], { limits: LIMITS });
  const client = await RawClient.connect(t, address);
  const { id } = await client.open((await client.span()).msgid);
  medium.isHolding = true;
  const asked = Array.from({ length: 200 }, (_, i) =>
    i % 3 === 0
      ? client.ask(id, Command.BLK_FLUSH)
      : client.ask(id, Command.BLK_WRITE, { offset: 512 * i, bytes: 512, payload: Buffer.alloc(512, i) }),
  );
  await until(() => medium.held.length === 32, '32 commands');
  for (let i = 0; i < 20; i++) await turn();
  assert.equal(medium.held.length, 32);
  medium.letGo();
  for (const one of asked) assert.equal((await client.answer(one)).error, 0);
  assert.equal(medium.peakRequests, 32);
  assert.deepEqual(
    medium.log.map((line) => line.split(' ')[0]),
    asked.map((_, i) => (i % 3 === 0 ? '2' : '1')),
  );
  for (let i = 1; i < 200; i++) if (i % 3 !== 0) assert.equal(medium.content[512 * i], i, `write ${i}`);
});

for (const synchronous of [true, false]) {
  test(`a peer that asks and never reads is bounded (${synchronous ? 'fast' : 'slow'} medium)`, async (t) => {
    const net = new Net(t);
    const medium = new TestMedium(Buffer.alloc(MIB, 1), { synchronous });
    const node = await startExporter(net, [exportOf(medium)], { limits: LIMITS });
    const deaf = await RawClient.connect(t, node.address);
    const { id } = await deaf.open((await deaf.span()).msgid, OpenMode.READ);
    deaf.stream.pause();
    const asked = Array.from({ length: 100 }, () => deaf.ask(id, Command.BLK_READ, { bytes: MIB }));
    const [link] = node.links;
    assert.ok(link !== undefined);
    // What the system's socket buffers take is beyond our limit.
    await until(() => link.unsentBytes >= MIB, 'answers that are not taken');
    for (let i = 0; i < 50; i++) {
      assert.ok(link.unsentBytes <= LIMITS.bytes + MIB + 4096, `${link.unsentBytes} bytes wait`);
      await turn();
    }
    const reads = medium.counts[BlockOp.read] as number;
    assert.ok(reads < 50, `${reads} reads`);
    const client = new ClientNode(net);
    await client.link(node.address);
    const user = await (await client.attach()).open('good');
    await write(user, 0, Buffer.alloc(MIB, 2));
    assert.deepEqual(await read(user, 0, MIB), Buffer.alloc(MIB, 2));
    await run(user, BlockOp.flush);
    // When it reads at last it gets everything.
    deaf.stream.resume();
    for (const one of asked) assert.equal(answered(await deaf.answer(one)).payload.length, MIB);
    assert.equal(medium.counts[BlockOp.read], 101);
  });
}

test('a peer that goes with commands at the medium and waiting', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(MIB);
  const item = exportOf(medium);
  const node = await startExporter(net, [item], { limits: LIMITS });
  const client = await RawClient.connect(t, node.address);
  const { id } = await client.open((await client.span()).msgid);
  medium.isHolding = true;
  for (let i = 0; i < 100; i++) {
    if (i % 2 === 0) client.ask(id, Command.BLK_READ, { bytes: 65_536 });
    else client.ask(id, Command.BLK_WRITE, { bytes: 65_536, payload: Buffer.alloc(65_536, 1) });
  }
  await until(() => medium.held.length === 32, 'the commands');
  assert.equal(item.sessions.size, 1);
  const [link] = node.links;
  assert.ok(link !== undefined);
  cut(link);
  assert.equal(item.sessions.size, 0);
  const offline = item.offline();
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(item.state, 'draining', 'the medium still has requests of the peer');
  medium.letGo();
  await offline;
  assert.equal(medium.log.length, 32, 'those that waited are dropped');
  assert.equal(item.stats.inFlight, 0);
});

test('a device closed with commands in it', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(MIB);
  const item = exportOf(medium);
  const node = await startExporter(net, [item], { limits: LIMITS });
  const client = new ClientNode(net);
  await client.link(node.address);
  const unit = await client.attach();
  const user = await unit.open('test');
  medium.isHolding = true;
  const pending = Array.from({ length: 50 }, () => run(user, BlockOp.read, { length: 4096 }));
  await until(() => medium.held.length === 32, 'the commands');
  client.registry.detach(unit, true);
  for (const one of await Promise.allSettled(pending)) assert.equal(one.status, 'rejected');
  // While commands wait the link is not read, so the close is heard after them.
  medium.letGo();
  await until(() => item.sessions.size === 0, 'the end of the session');
  assert.equal(node.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
  await until(() => item.stats.inFlight === 0, 'the end of the commands');
  const next = await (await client.attach()).open('next');
  await read(next, 0, 512);
  assert.ok(medium.peakRequests <= 32);
});

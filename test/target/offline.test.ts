import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import { Command, Wire } from '../../electron/dmsg/constants.ts';
import { Export } from '../../electron/target/export.ts';
import type { Medium } from '../../electron/target/media/medium.ts';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { RandomLoad } from '../xdisk/support/load.ts';
import { exportOf, startExporter } from './support/exporter-node.ts';
import { IDLE_TRANSACTIONS, Net } from './support/net.ts';
import { RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

const SIZE = 1 << 20;

/** An export whose media are made by the test, newest last. */
function exportOfMany(make: () => Medium, volatile = false): { item: Export; media: Medium[] } {
  const media: Medium[] = [];
  const open = async (): Promise<Medium> => {
    const medium = make();
    media.push(medium);
    return medium;
  };
  return { item: new Export({ serial: 'S1', label: 'host/disk', open, volatile }), media };
}

test('offline refuses what arrives later, finishes what was accepted, then closes the medium', async (t) => {
  const content = Buffer.alloc(SIZE);
  const { item, media } = exportOfMany(() => new TestMedium(content));
  const { address } = await startExporter(new Net(t), [item]);
  const client = await RawClient.connect(t, address);
  const { msgid: span } = await client.span();
  const { id } = await client.open(span);
  const medium = media[0] as TestMedium;
  medium.isHolding = true;
  const payload = Buffer.alloc(65_536, 1);
  const accepted = [
    client.ask(id, Command.BLK_WRITE, { bytes: 65_536, payload }),
    client.ask(id, Command.BLK_READ, { bytes: 512 }),
    client.ask(id, Command.BLK_FLUSH),
  ];
  await until(() => medium.held.length === 3, 'three commands');
  const offline = item.offline();
  assert.equal(item.state, 'draining');
  for (const command of [Command.BLK_READ, Command.BLK_WRITE, Command.BLK_FLUSH, Command.BLK_FREEBLKS]) {
    const data = command === Command.BLK_WRITE ? Buffer.alloc(512) : Buffer.alloc(0);
    assert.equal((await client.run(id, command, { bytes: 512, payload: data })).error, Wire.LOSTLINK);
  }
  assert.equal((await client.open(span)).error, Wire.LOSTLINK);
  medium.release(2);
  for (let i = 0; i < 5; i++) await turn();
  assert.deepEqual([item.state, medium.closed], ['draining', false]);
  medium.release();
  await offline;
  assert.deepEqual([item.state, medium.closed], ['offline', true]);
  for (const one of accepted) assert.equal((await client.answer(one)).error, 0);
  assert.ok(content.subarray(0, 65_536).equals(payload));
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, Wire.LOSTLINK);

  // The same opening goes on with the medium opened again.
  await item.online();
  assert.equal(item.state, 'online');
  const { payload: found } = await client.run(id, Command.BLK_READ, { bytes: 65_536 });
  assert.ok(found.equals(payload));
  assert.equal(media.length, 2);
});

test('off and on 50 times under load: nothing is lost or half done', async (t) => {
  const random = new Random();
  const net = new Net(t);
  const content = Buffer.alloc(SIZE);
  const { item, media } = exportOfMany(() => new TestMedium(content, { synchronous: random.next() < 0.3 }));
  const { address } = await startExporter(net, [item]);
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach();
  const user = await unit.open('test');
  const load = new RandomLoad(user, random);
  for (let round = 0; round < 50; round++) {
    const due = load.ended + random.integer(1, 40);
    while (load.ended < due) {
      for (let i = random.integer(0, 6); i > 0; i--) load.start();
      await turn();
    }
    for (let i = random.integer(1, 30); i > 0; i--) load.start();
    for (let i = random.integer(0, 4); i > 0; i--) await turn();
    const offline = item.offline();
    for (let i = random.integer(0, 2); i > 0; i--) load.start();
    await offline;
    assert.ok((media.at(-1) as TestMedium).closed);
    await item.online();
  }
  await until(() => load.running === 0, 'the end of all requests');
  load.check(content, 'at the end');
  assert.equal(media.length, 51);
  assert.equal(unit.stats.counters().errors, 0);
});

test('a medium that changed its size is refused, and given back', async () => {
  for (const other of [new TestMedium(2 * SIZE), new TestMedium(SIZE, { blockBytes: 4096 })]) {
    let medium = new TestMedium(SIZE);
    const { item } = exportOfMany(() => medium);
    await item.online();
    await item.offline();
    medium = other;
    await assert.rejects(item.online(), /the medium now has .* stop the export and start it anew/);
    assert.deepEqual([item.state, other.closed], ['offline', true]);
    medium = new TestMedium(SIZE);
    await item.online();
    assert.equal(item.state, 'online');
  }
});

test('a medium that cannot be opened leaves the export offline, to be tried again', async () => {
  let broken = true;
  const { item } = exportOfMany(() => {
    if (broken) throw new Error('no such file');
    return new TestMedium(SIZE);
  });
  await assert.rejects(item.online(), /no such file/);
  assert.equal(item.state, 'offline');
  broken = false;
  await item.online();
  assert.equal(item.state, 'online');
});

test('a medium that fails to close is given up, and can be opened again', async () => {
  const { item, media } = exportOfMany(() => new TestMedium(SIZE));
  await item.online();
  (media[0] as TestMedium).close = () => Promise.reject(new Error('I/O error on close'));
  await assert.rejects(item.offline(), /I\/O error on close/);
  assert.equal(item.state, 'offline');
  await item.online();
  assert.deepEqual([item.state, media.length], ['online', 2]);
});

test('a volatile medium is kept through offline', async () => {
  const { item, media } = exportOfMany(() => new TestMedium(SIZE), true);
  await item.online();
  const medium = item.medium;
  await item.offline();
  assert.equal(item.medium, undefined);
  assert.equal((medium as TestMedium).closed, false);
  await item.online();
  assert.equal(item.medium, medium);
  assert.equal(media.length, 1);
});

test('withdrawing an export finishes its commands and leaves the others alone', async (t) => {
  const net = new Net(t);
  const media = [new TestMedium(SIZE), new TestMedium(SIZE)] as const;
  const [leaving, staying] = media.map((medium, i) => exportOf(medium, `S${i}`)) as [Export, Export];
  const node = await startExporter(net, [leaving, staying]);
  const { address, exporter } = node;
  const client = await RawClient.connect(t, address);
  const spans = [(await client.span('S0')).msgid, (await client.span('S1')).msgid];
  const [first, second] = [await client.open(spans[0] as bigint), await client.open(spans[1] as bigint)];
  media[0].isHolding = true;
  media[1].isHolding = true;
  const inLeaving = client.ask(first.id, Command.BLK_READ, { bytes: 512 });
  const inStaying = client.ask(second.id, Command.BLK_READ, { bytes: 512 });
  await until(() => media[0].held.length + media[1].held.length === 2, 'both commands');
  const removed = exporter.remove(leaving);
  const again = exporter.remove(leaving);
  media[0].release();
  await removed;
  await again;
  assert.equal((await client.answer(inLeaving)).error, 0);
  assert.ok(media[0].closed);
  assert.deepEqual([...exporter.exports], [staying]);
  media[1].letGo();
  assert.equal((await client.answer(inStaying)).error, 0);
  assert.equal((await client.run(second.id, Command.BLK_FLUSH)).error, 0);
  assert.equal(leaving.sessions.size, 0);
  assert.equal(node.links[0]?.state, 'up');
  // A link made now hears of one disk alone.
  const late = new ClientNode(net);
  const link = await late.link(address);
  await late.disk('S1');
  assert.equal(late.registry.disks.length, 1);
  assert.equal(link.mux.size, IDLE_TRANSACTIONS + 1);
});

test('an export added later is offered on the links there are', async (t) => {
  const net = new Net(t);
  const { address, exporter } = await startExporter(net, [exportOf(new TestMedium(SIZE))]);
  const client = new ClientNode(net);
  await client.link(address);
  await client.disk('S1');
  const late = exportOf(new TestMedium(SIZE), 'S2');
  await late.online();
  exporter.add(late);
  await client.disk('S2');
});

test('a flush fails as the medium says, and later ones as it says then', async (t) => {
  const medium = new TestMedium(SIZE);
  const { address } = await startExporter(new Net(t), [exportOf(medium)]);
  const client = await RawClient.connect(t, address);
  const { id } = await client.open((await client.span()).msgid);
  medium.fail = ({ op }) => (op === BlockOp.flush ? new BlockError('io', 'not stable') : null);
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, Wire.IO);
  assert.equal((await client.run(id, Command.BLK_FLUSH)).error, Wire.IO);
  assert.equal(medium.counts[BlockOp.flush], 2);
});

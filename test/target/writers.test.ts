import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { Command, Flag, OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import { newClient } from '../../electron/dmsg/open-fence.ts';
import { readOpenRefusal } from '../../electron/dmsg/open-refusal.ts';
import type { Path } from '../../electron/xdisk/path.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import { failure, read, submit, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { RouterNode } from '../router/support/router-node.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { exportOf, sharedExportOf, startExporter } from './support/exporter-node.ts';
import { cut, Net } from './support/net.ts';
import { countQuestions } from './support/questions.ts';
import { RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

/** One client at a time may have a disk open for writing. */

const ONES = Buffer.alloc(512, 1);
const TWOS = Buffer.alloc(512, 2);
const ASKS = { sweepMs: 5, askWritingMs: 10 };

/** A client of its own, with the disk attached. */
async function clientAt(net: Net, address: Parameters<ClientNode['link']>[0], dialect?: '2014') {
  const node = new ClientNode(net);
  const link = await node.link(address, dialect);
  return { node, link, unit: await node.attach('S1', 1, ASKS) };
}

const isWritable = (unit: Unit): boolean => !unit.readOnly && unit.state === 'open';

test('a second client reads, is told why, and writes when the first is done', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const [first, second] = [await clientAt(net, address), await clientAt(net, address)];
  const writer = await first.unit.open('first');
  await write(writer, 0, ONES);
  const reader = await second.unit.open('second');
  assert.deepEqual([second.unit.readOnly, second.unit.writeRefusal], [true, 'other_writer']);
  assert.deepEqual(await read(reader, 0, 512), ONES);
  assert.equal((await failure(submit(reader, BlockOp.write, { data: TWOS }))).code, 'readonly');
  await write(writer, 0, ONES);
  await writer.close();
  await until(() => isWritable(second.unit), 'the right to write');
  await write(reader, 0, TWOS);
  const late = await first.unit.open('first, again');
  assert.deepEqual([first.unit.readOnly, first.unit.writeRefusal], [true, 'other_writer']);
  await Promise.all([reader, late].map((user) => user.close()));
});

test('a unit that waits for the right keeps reading over the same open', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const [first, second] = [await clientAt(net, address), await clientAt(net, address)];
  const writer = await first.unit.open('first');
  const reader = await second.unit.open('second');
  const path = second.unit.activePath as Path;
  const { openedMs } = path;
  const asked = countQuestions(path);
  await until(() => asked() >= 5, 'five questions');
  assert.deepEqual([path.openedMs, path.state], [openedMs, 'open']);
  await Promise.all([writer, reader].map((user) => user.close()));
});

test('a client is not in its own way: it may ask over a second path while it writes over the first', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const me = { ...newClient(), epoch: 1 };
  const node = new ClientNode(net, { clientOf: () => me });
  for (let i = 0; i < 2; i++) await node.link(address);
  const unit = await node.attach('S1', 2);
  const user = await unit.open('writer');
  const spare = [...unit.paths].find((path) => path !== unit.activePath) as Path;
  unit.probe(spare);
  await until(() => spare.state === 'standby' && spare.access !== 'not_asked', 'the answer');
  assert.deepEqual([spare.access, spare.refusesWriting], ['granted', false]);
  spare.refuseWriting('not_granted');
  await new Promise<void>((resolve) => spare.askForWriting(me.client, resolve));
  assert.equal(spare.refusesWriting, false);
  await write(user, 0, ONES);
  await user.close();
});

test('a link lost with a write at the medium: nobody else writes before that is over', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(1 << 20);
  const item = exportOf(medium);
  const node = await startExporter(net, [item]);
  const [first, second] = [await clientAt(net, node.address), await clientAt(net, node.address)];
  const writer = await first.unit.open('first');
  medium.isHolding = true;
  const stuck = submit(writer, BlockOp.write, { data: ONES });
  await until(() => medium.held.length === 1, 'the write at the medium');
  cut(first.link);
  await until(() => item.sessions.size === 0, 'the end of the session');
  await second.unit.open('second');
  assert.equal(second.unit.writeRefusal, 'other_writer');
  medium.letGo();
  await until(() => isWritable(second.unit), 'the right to write');
  first.node.registry.detach(first.unit, true);
  assert.equal((await failure(stuck)).code, 'path');
});

test('the reason comes through a router, and on links of 2014', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const router = await RouterNode.start(net);
  await router.dial(address);
  const [first, behind] = [await clientAt(net, address), await clientAt(net, router.address)];
  const old = await clientAt(net, address, '2014');
  const writer = await first.unit.open('first');
  for (const { unit } of [behind, old]) {
    await unit.open('another');
    assert.equal(unit.writeRefusal, 'other_writer');
  }
  await writer.close();
  await until(() => isWritable(behind.unit) || isWritable(old.unit), 'the right to write for one of them');
});

test('where many may write they do; one from now on leaves those who do', async (t) => {
  const net = new Net(t);
  const item = sharedExportOf(new TestMedium(1 << 20));
  const { address } = await startExporter(net, [item]);
  const clients = [await clientAt(net, address), await clientAt(net, address), await clientAt(net, address)];
  const [first, second, third] = clients as [(typeof clients)[0], (typeof clients)[0], (typeof clients)[0]];
  const users = [await first.unit.open('first'), await second.unit.open('second')];
  for (const user of users) await write(user, 0, ONES);
  item.setWriters('one');
  const late = await third.unit.open('third');
  assert.equal(third.unit.writeRefusal, 'other_writer');
  for (const user of users) await write(user, 0, TWOS);
  item.setWriters('many');
  await until(() => isWritable(third.unit), 'the right to write');
  await write(late, 0, ONES);
});

test('who only asks may not write, and is in nobody’s way', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const asker = await RawClient.connect(t, address);
  const probe = asker.openAs((await asker.span()).msgid, newClient());
  const answer = await asker.answer(probe);
  assert.deepEqual([answer.error, answer.cmd & Flag.DELETE], [0, 0]);
  const refused = await asker.run(probe, Command.BLK_WRITE, { bytes: 512, payload: ONES });
  assert.equal(refused.body.kind === 'error' && refused.body.error.text.split(':')[0], 'readonly');
  const { unit } = await clientAt(net, address);
  await write(await unit.open('writer'), 0, ONES);
});

test('a client without a name is its link: again over the same one, refused over another', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const [first, second] = [await RawClient.connect(t, address), await RawClient.connect(t, address)];
  const { msgid: span } = await first.span();
  const { msgid: otherSpan } = await second.span();
  const one = await first.open(span);
  const two = await first.open(span);
  for (const { id, error } of [one, two]) {
    assert.equal(error, 0);
    assert.equal((await first.run(id, Command.BLK_WRITE, { bytes: 512, payload: ONES })).error, 0);
  }
  // As DragonFly's: a plain refusal, and what it reads it gets.
  const id = second.create(
    Command.BLK_OPEN,
    { kind: 'open', modes: OpenMode.READ | OpenMode.WRITE },
    { circuit: otherSpan, inTheirs: true },
  );
  const plain = await second.answer(id);
  assert.deepEqual([plain.error, plain.payload.length], [Wire.PARAM, 0]);
  assert.equal((await second.open(otherSpan, OpenMode.READ)).error, 0);
  const named = await second.answer(second.openAs(otherSpan, { ...newClient(), epoch: 1 }));
  assert.deepEqual([named.error, readOpenRefusal(named.payload)], [Wire.PARAM, 'other_writer']);
});

test('a client that waits to be let in is before those who come later', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(1 << 20);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const [first, second] = [await RawClient.connect(t, address), await RawClient.connect(t, address)];
  const { client } = newClient();
  const { msgid: span } = await first.span();
  const old = first.openAs(span, { client, epoch: 1 });
  await first.answer(old);
  medium.isHolding = true;
  first.ask(old, Command.BLK_WRITE, { bytes: 512, payload: ONES });
  await until(() => medium.held.length === 1, 'the write at the medium');
  let isIn = false;
  const next = first.answer(first.openAs(span, { client, epoch: 2 })).then((answer) => {
    isIn = true;
    return answer;
  });
  assert.equal((await first.answer(old)).error, Wire.LOSTLINK);
  const late = second.openAs((await second.span()).msgid, { ...newClient(), epoch: 1 });
  assert.equal((await second.answer(late)).error, Wire.PARAM);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(isIn, false);
  medium.letGo();
  assert.equal((await next).error, 0);
});

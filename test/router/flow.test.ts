import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from '../../electron/dmsg/constants.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { RawClient } from '../target/support/raw-client.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { RawExporter } from '../xdisk/support/raw-exporter.ts';
import { RouterNode } from './support/router-node.ts';

const MIB = 1 << 20;
/** Where a client is no longer read, and a message more. */
const BOUND = 10 * MIB;

test('a client of a source that takes nothing is held back, whatever its other disk does', async (t) => {
  const net = new Net(t);
  const deaf = await RawExporter.start(t);
  const other = exportOf(new TestMedium(Buffer.alloc(MIB, 1)), 'S2');
  const { address } = await startExporter(net, [other]);
  const router = await RouterNode.start(net);
  const source = await router.dial(deaf.address);
  const otherSource = await router.dial(address);
  const client = await RawClient.connect(t, router.address);
  const [first, second] = [(await client.span('S1')).msgid, (await client.span('S2')).msgid];
  const opening = client.open(first);
  await deaf.open();
  const { id: slow } = await opening;
  const { id: fast } = await client.open(second);

  (await deaf.stream).pause();
  client.stream.pause();
  const reads = Array.from({ length: 30 }, () => client.ask(fast, Command.BLK_READ, { bytes: MIB }));
  const payload = Buffer.alloc(MIB, 2);
  for (let i = 0; i < 60; i++) client.ask(slow, Command.BLK_WRITE, { bytes: MIB, payload });
  await until(() => source.unsentBytes > 8 * MIB, 'writes the source does not take');
  const towardsClient = router.router.links.find((link) => link !== source && link !== otherSource);
  await until(() => (towardsClient?.unsentBytes ?? 0) > 8 * MIB, 'answers the client does not take');
  // Both disks now have a reason to hold the client back; one of them goes away.
  client.stream.resume();
  for (const one of reads) assert.equal((await client.answer(one)).payload.length, MIB);
  for (let i = 0; i < 200; i++) {
    await turn();
    assert.ok(source.unsentBytes < BOUND, `${source.unsentBytes} bytes wait for the source`);
  }
  assert.equal(source.state, 'up');
});

test('a client whose source goes while it is held back is read again', async (t) => {
  const net = new Net(t);
  const deaf = await RawExporter.start(t);
  const other = exportOf(new TestMedium(Buffer.alloc(MIB, 1)), 'S2');
  const { address } = await startExporter(net, [other]);
  const router = await RouterNode.start(net);
  const source = await router.dial(deaf.address);
  await router.dial(address);
  const client = await RawClient.connect(t, router.address);
  const [first, second] = [(await client.span('S1')).msgid, (await client.span('S2')).msgid];
  const opening = client.open(first);
  await deaf.open();
  const { id: slow } = await opening;
  const { id: fast } = await client.open(second);
  (await deaf.stream).pause();
  const payload = Buffer.alloc(MIB, 2);
  for (let i = 0; i < 40; i++) client.ask(slow, Command.BLK_WRITE, { bytes: MIB, payload });
  await until(() => source.unsentBytes > 8 * MIB, 'writes the source does not take');
  const behind = client.ask(fast, Command.BLK_READ, { bytes: MIB });
  (await deaf.stream).destroy();
  assert.equal((await client.answer(behind)).payload.length, MIB);
});

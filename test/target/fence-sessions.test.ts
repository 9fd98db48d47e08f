import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, startExporter } from './support/exporter-node.ts';
import { Net } from './support/net.ts';
import { RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

const CLIENT = '00112233445566778899aabbccddeeff';
test('a session ended by its client opening anew is gone, though its link is lost before the client agrees', async (t) => {
  const item = exportOf(new TestMedium(1 << 20));
  const node = await startExporter(new Net(t), [item]);
  const client = await RawClient.connect(t, node.address);
  const { msgid: span } = await client.span();
  const old = client.openAs(span, { client: CLIENT, epoch: 1 });
  assert.equal((await client.answer(old)).error, 0);
  const next = client.openAs(span, { client: CLIENT, epoch: 2 });
  assert.equal((await client.answer(old)).error, Wire.LOSTLINK);
  assert.equal((await client.answer(next)).error, 0);
  assert.equal(item.sessions.size, 1);
  client.peer.destroy();
  await until(() => node.links.length === 0, 'the end of the link');
  assert.equal(item.sessions.size, 0);
});

test('a client is let in anew only when the writes of its lost link are done at the medium', async (t) => {
  const medium = new TestMedium(1 << 20);
  const item = exportOf(medium);
  const node = await startExporter(new Net(t), [item]);
  const first = await RawClient.connect(t, node.address);
  const { msgid: firstSpan } = await first.span();
  const old = first.openAs(firstSpan, { client: CLIENT, epoch: 1 });
  await first.answer(old);
  medium.isHolding = true;
  first.ask(old, Command.BLK_WRITE, { bytes: 512, payload: Buffer.alloc(512, 1) });
  await until(() => medium.held.length === 1, 'the write at the medium');
  first.peer.destroy();
  await until(() => node.links.length === 0, 'the end of the link');

  const second = await RawClient.connect(t, node.address);
  const { msgid: secondSpan } = await second.span();
  const next = second.openAs(secondSpan, { client: CLIENT, epoch: 2 });
  let isIn = false;
  const answer = second.answer(next).then((message) => {
    isIn = true;
    return message;
  });
  second.send({ cmd: Command.LNK_PING });
  await second.peer.next(({ cmd }) => cmd === (Command.LNK_PING | Flag.REPLY) >>> 0);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(isIn, false, 'let in while an older write is at the medium');
  medium.letGo();
  assert.equal((await answer).error, 0);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { LinkError } from '../../electron/dmsg/link-error.ts';
import type { OpenFence } from '../../electron/dmsg/open-fence.ts';
import { submit } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { exportOf, startExporter } from './support/exporter-node.ts';
import { Net } from './support/net.ts';
import { TestMedium } from './support/test-medium.ts';

const LOST = new LinkError('closed', 'lost on purpose');

test('a session that was fenced off and then lost with its link is gone', async (t) => {
  const net = new Net(t);
  const item = exportOf(new TestMedium(1 << 20));
  const node = await startExporter(net, [item]);
  const client = new ClientNode(net);
  await client.link(node.address);
  const user = await (await client.attach()).open('test');
  const [session] = item.sessions;
  const fence = session?.fence as OpenFence;
  await item.raiseFence({ ...fence, epoch: fence.epoch + 1 });
  for (const link of node.links) link.fail(LOST);
  await until(() => ![...item.sessions].includes(session as never), 'the end of the session');
  await user.close();
});

test('a lost session stays until its writes are over at the medium, and a fence waits for it', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(1 << 20);
  const item = exportOf(medium);
  const node = await startExporter(net, [item]);
  const client = new ClientNode(net, { clientOf: () => ({ client: 'c'.repeat(32), epoch: 0 }) });
  const link = await client.link(node.address);
  const user = await (await client.attach()).open('test');
  medium.isHolding = true;
  const write = submit(user, BlockOp.write, { offset: 0, data: Buffer.alloc(4096, 1) });
  await until(() => medium.held.length === 1, 'the write at the medium');
  link.fail(LOST);
  await until(() => node.links.length === 0, 'the end of the link');
  let raised = false;
  const raising = item.raiseFence({ client: 'c'.repeat(32), epoch: 1_000 }).then(() => {
    raised = true;
  });
  for (let i = 0; i < 10; i++) await turn();
  assert.deepEqual([raised, item.sessions.size], [false, 1]);
  medium.letGo();
  await raising;
  assert.equal(item.sessions.size, 0);
  client.registry.detach(client.registry.units[0] as never, true);
  assert.notEqual(await write.ended, null);
});

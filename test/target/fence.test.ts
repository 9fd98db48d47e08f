import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { failure, submit, write } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { exportOf, sharedExportOf, startExporter } from './support/exporter-node.ts';
import { Net } from './support/net.ts';
import { TestMedium } from './support/test-medium.ts';

const CLIENT = 'ab'.repeat(16);

/** A client that has opened so many times before. */
const clientOf = (net: Net, epoch: number, client = CLIENT): ClientNode =>
  new ClientNode(net, { clientOf: () => ({ client, epoch }) });

test('an open of an epoch that is over is refused, and ends nobody', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(1 << 20);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const newer = clientOf(net, 10);
  await newer.link(address);
  const user = await (await newer.attach()).open('newer');
  const late = clientOf(net, 5);
  await late.link(address);
  const unit = await late.attach('S1', 1, { openMs: 300, noPath: { kind: 'fail' } });
  await assert.rejects(unit.open('late'), { code: 'path' });
  await write(user, 0, Buffer.alloc(512, 1));
  await user.close();
});

test('an open of a later epoch ends the one before; another client stays', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [sharedExportOf(new TestMedium(1 << 20))]);
  const nodes = [clientOf(net, 1), clientOf(net, 1, 'cd'.repeat(16)), clientOf(net, 50)] as const;
  for (const node of nodes) await node.link(address);
  const [before, other, after] = nodes;
  const unit = await before.attach('S1', 1, { noPath: { kind: 'fail' } });
  const first = await unit.open('before');
  const stranger = await (await other.attach()).open('other');
  const second = await (await after.attach()).open('after');
  await until(() => unit.state === 'failed', 'the end of the older open');
  assert.equal((await failure(submit(first, BlockOp.read, { length: 512 }))).code, 'path');
  for (const user of [stranger, second]) await write(user, 0, Buffer.alloc(512, 2));
  await Promise.all([first, stranger, second].map((user) => user.close()));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Transaction } from '../../electron/dmsg/transaction.ts';
import { submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { answer, DISK, startFake } from './support/fake-exporter.ts';

/** Answers no exporter may give cost it its link, and the request runs again over another path. */

const ASKED = 4096;

type Misdeed = (link: Link, transaction: Transaction) => void;

const MISDEEDS: Readonly<Record<string, Misdeed>> = {
  'more data than was asked': (link, transaction) =>
    answer(link, transaction, Buffer.alloc(ASKED + 512, 0xbb)),
  // It comes in pieces, so that it would be received where the request's data is to stand.
  'far more data than was asked': (link, transaction) =>
    answer(link, transaction, Buffer.alloc(256 << 10, 0xbb)),
};

for (const [name, misdeed] of Object.entries(MISDEEDS)) {
  test(`a read is answered with ${name}`, async (t) => {
    const net = new Net(t);
    const client = new ClientNode(net);
    const link = await client.link(await startFake(net, [DISK], { command: misdeed }));
    await client.disk('S1', 1);
    const unit = await client.attach('S1', 1);
    const user = await unit.open('test');
    await client.link((await startExporter(net, [exportOf(new TestMedium(1 << 20))])).address);
    await client.disk('S1', 2);
    const request = submit(user, BlockOp.read, { length: ASKED });
    await until(() => link.state === 'down', 'the end of the link');
    assert.equal(await request.ended, null);
    assert.ok(request.found.every((byte) => byte === 0));
    assert.ok(request.untouched, 'nothing is written into the buffer later than its end');
    assert.equal(unit.stats.inFlight, 0);
    await user.close();
  });
}

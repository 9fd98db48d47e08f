import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command, Wire } from '../../electron/dmsg/constants.ts';
import { read, write } from '../block/support/requests.ts';
import { Random } from '../dmsg/support/random.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { RawClient } from '../target/support/raw-client.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from '../xdisk/support/client-node.ts';
import { RouterNode } from './support/router-node.ts';

const SIZE = 4 << 20;

for (const [served, asked] of [
  ['2014', 'current'],
  ['current', '2014'],
  ['2014', '2014'],
] as const) {
  test(`exporter ${served}, client ${asked}: requests of any size`, async (t) => {
    const net = new Net(t);
    const medium = new TestMedium(SIZE);
    const { address } = await startExporter(net, [exportOf(medium)], { dialect: served });
    const router = await RouterNode.start(net);
    const source = await router.dial(address, served);
    const client = new ClientNode(net);
    const link = await client.link(router.address, asked);
    const disk = await client.disk();
    assert.deepEqual([disk.identity.sizeBytes, disk.identity.label], [SIZE, 'host/disk']);
    const user = await client.registry.attach(disk).open('test');
    const random = new Random();
    for (const length of [512, 16_384, 65_536, 66_048, 1 << 20, SIZE]) {
      const data = random.bytes(length);
      await write(user, 0, data);
      assert.ok(data.equals(await read(user, 0, length)), `${length} bytes`);
    }
    await user.close();
    await settles(link, 1);
    await settles(source, 1);
    assert.deepEqual([source.dialect, link.dialect, source.state], [served, asked, 'up']);
  });
}

test('a message larger than the other side may take is refused, and hurts nobody else', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(SIZE);
  const { address } = await startExporter(net, [exportOf(medium)], { dialect: '2014' });
  const router = await RouterNode.start(net);
  const source = await router.dial(address, '2014');
  const client = await RawClient.connect(t, router.address);
  const { id } = await client.open((await client.span()).msgid);
  const bytes = 65_536 + 512;
  const refused = await client.run(id, Command.BLK_WRITE, { bytes, payload: Buffer.alloc(bytes, 1) });
  assert.equal(refused.error, Wire.PARAM);
  assert.equal((await client.run(id, Command.BLK_READ, { bytes })).error, Wire.PARAM);
  const payload = Buffer.alloc(65_536, 1);
  assert.equal((await client.run(id, Command.BLK_WRITE, { bytes: 65_536, payload })).error, 0);
  assert.equal(source.state, 'up');
  assert.deepEqual(medium.log, ['1 0 65536']);
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { BlockOp } from '../../electron/block/device.ts';
import { exporterConn, routerConn } from '../../electron/dmsg/link-options.ts';
import { openExport } from '../../electron/host/export-source.ts';
import { Router } from '../../electron/router/router.ts';
import type { Address } from '../../electron/stream/address.ts';
import { Exporter } from '../../electron/target/exporter.ts';
import { Fence } from '../../electron/target/fence.ts';
import { read, submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { Net } from '../target/support/net.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { BadLink } from './net/bad-link.ts';

/**
 * Ghost writes: a write stuck on a path, run again on another one and overwritten by newer data there, must
 * never be carried out when it arrives late. Clients of NBD and iSCSI lose acknowledged data this way.
 */

const BLOCK = 4096;
const OLD = Buffer.alloc(BLOCK, 0x0d);
const STUCK = Buffer.alloc(BLOCK, 0x57);
const NEWER = Buffer.alloc(BLOCK, 0x4e);

type Shape = 'one exporter' | 'two exporters of one file' | 'through a router';

/** An exporter of a file, in a process of its own as far as the file is concerned. */
async function exporterOf(t: TestContext, net: Net, path: string): Promise<Address> {
  const exporter = new Exporter();
  const { item } = await openExport({ source: path, serial: 'S1', readOnly: false });
  exporter.add(item);
  t.after(() => exporter.close());
  return net.listen(exporter, exporterConn());
}

/** The address the client's first, and its second path go to. */
async function ways(t: TestContext, net: Net, path: string, shape: Shape): Promise<[Address, Address]> {
  const first = await exporterOf(t, net, path);
  if (shape === 'one exporter') return [first, first];
  if (shape === 'two exporters of one file') return [first, await exporterOf(t, net, path)];
  const router = new Router();
  await net.dial(first, router, routerConn());
  t.after(() => router.close());
  return [await net.listen(router, routerConn()), first];
}

/** @returns the content of the block when everything stuck has arrived */
async function ghost(t: TestContext, shape: Shape, lateMs: number, offset: number): Promise<Buffer> {
  const net = new Net(t);
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-ghost-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'disk.img');
  writeFileSync(path, Buffer.alloc(1 << 20));
  const [first, second] = await ways(t, net, path, shape);
  const link = await BadLink.start(first);
  t.after(() => link.close());
  const client = new ClientNode(net);
  await client.link(link.address);
  // The real time an exporter without a fence would be given: with one it must not be needed.
  const unit = await client.attach('S1', 1, { deathMs: 60_000, sweepMs: 5 });
  const user = await unit.open('test');
  assert.equal(await submit(user, BlockOp.write, { offset, data: OLD }).ended, null);
  await client.link(second);
  await until(() => unit.paths.size === 2, 'the second path');
  const held = link.stick();
  const stuck = submit(user, BlockOp.write, { offset, data: STUCK });
  await held;
  link.cutStuckClients();
  assert.equal(await stuck.ended, null, 'run again on the other path');
  assert.equal(await submit(user, BlockOp.write, { offset, data: NEWER }).ended, null);
  await delay(lateMs);
  assert.ok(link.deliver() > 0, 'the stuck write arrives');
  await link.lateTaken();
  const found = await read(user, offset, BLOCK);
  await user.close();
  return found;
}

const random = new Random();

for (const shape of ['one exporter', 'two exporters of one file', 'through a router'] as const) {
  test(`a write that arrives late changes nothing: ${shape}`, async (t) => {
    const runs = Array.from({ length: 4 }, () =>
      ghost(t, shape, 100 + random.next() * 1_500, random.integer(0, 200) * BLOCK),
    );
    for (const found of await Promise.all(runs)) assert.ok(found.equals(NEWER), `found ${found[0]}`);
  });
}

test('without the fence the same late write overwrites newer data: the test would see it', async (t) => {
  const { raise, isStale } = Fence.prototype;
  t.after(() => Object.assign(Fence.prototype, { raise, isStale }));
  Object.assign(Fence.prototype, { raise: async () => {}, isStale: () => false });
  const found = await ghost(t, 'one exporter', 100, 0);
  assert.ok(found.equals(STUCK), `found ${found[0]}`);
});

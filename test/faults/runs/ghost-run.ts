import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BlockOp } from '../../../electron/block/device.ts';
import { exporterConn, routerConn } from '../../../electron/dmsg/link-options.ts';
import { openExport } from '../../../electron/host/export-source.ts';
import { Router } from '../../../electron/router/router.ts';
import type { Address } from '../../../electron/stream/address.ts';
import { Exporter } from '../../../electron/target/exporter.ts';
import { Fence } from '../../../electron/target/fence.ts';
import { USUAL_LIMITS } from '../../../shared/limits.ts';
import { submit } from '../../block/support/requests.ts';
import { until } from '../../block/support/until.ts';
import type { After } from '../../e2e/support/ends.ts';
import { Net } from '../../target/support/net.ts';
import { ClientNode } from '../../xdisk/support/client-node.ts';
import { BadLink } from '../net/bad-link.ts';

/**
 * Ghost writes: a write stuck on a path, run again on another one and overwritten by newer data there, must
 * never be carried out when it arrives late. Clients of NBD and iSCSI lose acknowledged data this way.
 */

export const GHOST_SHAPES = [
  'one path made anew',
  'two paths to one exporter',
  'two exporters of one file',
  'through a router',
] as const;
export type GhostShape = (typeof GHOST_SHAPES)[number];

export interface Ghost {
  readonly shape: GhostShape;
  /** How long after all was written the stuck write arrives. */
  readonly lateMs: number;
  /** Bytes, a multiple of BLOCK. */
  readonly offset: number;
}

const BLOCK = 4096;
export const GHOST_BLOCKS = 200;
const OLD = Buffer.alloc(BLOCK, 0x0d);
export const STUCK = Buffer.alloc(BLOCK, 0x57);
export const NEWER = Buffer.alloc(BLOCK, 0x4e);
/** Exporters here do not notice that a client has gone: what comes late must find them listening. */
const PATIENT = { limits: { ...USUAL_LIMITS, silent_seconds: 120 } };

/** @returns the block as it is in the file when everything stuck has arrived and the exporters are done with it */
export async function ghostRun(t: After, { shape, lateMs, offset }: Ghost): Promise<Buffer> {
  const net = new Net(t);
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-ghost-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'disk.img');
  writeFileSync(path, Buffer.alloc(GHOST_BLOCKS * BLOCK));
  const exporters: Exporter[] = [];
  const [first, second] = await ways(t, net, path, shape, exporters);
  const link = await BadLink.start(first);
  t.after(() => link.close());
  const client = new ClientNode(net);
  await client.link(link.address);
  // The real time an exporter without a fence would be given: with one it must not be needed.
  const unit = await client.attach('S1', 1, { deathMs: 60_000, sweepMs: 5 });
  const user = await unit.open('test');
  assert.equal(await submit(user, BlockOp.write, { offset, data: OLD }).ended, null);
  const again = shape === 'one path made anew';
  if (!again) {
    await client.link(second);
    await until(() => unit.paths.size === 2, 'the second path');
  }
  const held = link.stick();
  const stuck = submit(user, BlockOp.write, { offset, data: STUCK });
  await held;
  link.cutStuckClients();
  if (again) await client.link(link.address);
  assert.equal(await stuck.ended, null, 'run again on the other path');
  assert.equal(await submit(user, BlockOp.write, { offset, data: NEWER }).ended, null);
  await delay(lateMs);
  assert.ok(link.deliver() > 0, 'the stuck write arrives');
  await link.lateTaken();
  await user.close();
  // An exporter has hung up with the write still at its file, maybe: closing waits for that, a read would not.
  for (const exporter of exporters) await exporter.close();
  return readFileSync(path).subarray(offset, offset + BLOCK);
}

/** Exporters without a fence, until the returned function is called. */
export function withoutFence(): () => void {
  const { raise } = Fence.prototype;
  Fence.prototype.raise = async () => {};
  return () => {
    Fence.prototype.raise = raise;
  };
}

/** An exporter of a file, in a process of its own as far as the file is concerned. */
async function exporterOf(t: After, net: Net, path: string, exporters: Exporter[]): Promise<Address> {
  const exporter = new Exporter();
  exporters.push(exporter);
  const { item } = await openExport({ source: path, serial: 'S1', readOnly: false });
  exporter.add(item);
  t.after(() => exporter.close());
  return net.listen(exporter, exporterConn(), 'auto', PATIENT);
}

/**
 * @param exporters those made are added here
 * @returns the address the client's first, and its second path go to
 */
async function ways(
  t: After,
  net: Net,
  path: string,
  shape: GhostShape,
  exporters: Exporter[],
): Promise<[Address, Address]> {
  const first = await exporterOf(t, net, path, exporters);
  switch (shape) {
    case 'one path made anew':
    case 'two paths to one exporter':
      return [first, first];
    case 'two exporters of one file':
      return [first, await exporterOf(t, net, path, exporters)];
    case 'through a router': {
      const router = new Router();
      await net.dial(first, router, routerConn());
      t.after(() => router.close());
      return [await net.listen(router, routerConn(), 'auto', PATIENT), first];
    }
  }
}

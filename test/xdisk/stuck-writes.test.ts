import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { UnitUser } from '../../electron/xdisk/unit-user.ts';
import { read, submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { DISK, startFake } from './support/fake-exporter.ts';

/**
 * A write that has no answer when its path is lost may still be carried out there. Where no fence ends it, nothing
 * goes over another path before the other side must have noticed the end.
 */

const DEATH_MS = 300;

interface Ways {
  readonly user: UnitUser;
  /** When each command came to the second exporter, ms of the process's clock. */
  readonly arrivals: readonly number[];
  readonly asked: () => number;
  readonly lose: () => number;
}

/** Two exporters that know no fence; the first, in use, answers nothing but an open. */
async function fenceless(t: TestContext): Promise<Ways> {
  const net = new Net(t);
  const client = new ClientNode(net);
  let asked = 0;
  const arrivals: number[] = [];
  const first = await startFake(net, [DISK], { command: () => asked++ });
  const link = await client.link(first);
  const second = await startFake(net, [DISK], {
    command: (to, transaction) => {
      arrivals.push(performance.now());
      to.mux.end(transaction);
    },
  });
  await client.disk('S1', 1);
  const unit = await client.attach('S1', 1, { deathMs: DEATH_MS });
  const user = await unit.open('test');
  await client.link(second);
  await client.disk('S1', 2);
  const lose = (): number => {
    cut(link);
    return performance.now();
  };
  return { user, arrivals, asked: () => asked, lose };
}

for (const op of [BlockOp.write, BlockOp.discard] as const) {
  const name = op === BlockOp.write ? 'write' : 'discard';
  test(`without a fence a lost ${name} is run again when the old link must be dead`, async (t) => {
    const { user, arrivals, asked, lose } = await fenceless(t);
    const lost = submit(user, op, op === BlockOp.write ? { data: Buffer.alloc(512) } : { length: 512 });
    await until(() => asked() === 1, 'the command at the first exporter');
    const lostMs = lose();
    assert.equal(await lost.ended, null);
    assert.ok((arrivals[0] ?? 0) - lostMs >= DEATH_MS - 1, `after ${(arrivals[0] ?? 0) - lostMs} ms`);
    await user.close();
  });
}

test('a lost read or flush waits for nothing', async (t) => {
  const { user, arrivals, asked, lose } = await fenceless(t);
  const lost = [submit(user, BlockOp.read, { length: 512 }), submit(user, BlockOp.flush)];
  await until(() => asked() === 2, 'the commands at the first exporter');
  const lostMs = lose();
  for (const { ended } of lost) assert.equal(await ended, null);
  assert.ok((arrivals[0] ?? 0) - lostMs < DEATH_MS / 2, `after ${(arrivals[0] ?? 0) - lostMs} ms`);
  await user.close();
});

test("another exporter's fence does not reach what is stuck at the first", async (t) => {
  const net = new Net(t);
  const client = new ClientNode(net);
  const media = [new TestMedium(1 << 20), new TestMedium(1 << 20)] as const;
  const [first, second] = media;
  const { address } = await startExporter(net, [exportOf(first)]);
  const link = await client.link(address);
  await client.disk('S1', 1);
  const unit = await client.attach('S1', 1, { deathMs: DEATH_MS });
  const user = await unit.open('test');
  await client.link((await startExporter(net, [exportOf(second)])).address);
  await client.disk('S1', 2);
  first.isHolding = true;
  const lost = submit(user, BlockOp.write, { data: Buffer.alloc(512) });
  await until(() => first.held.length === 1, 'the write at the first medium');
  cut(link);
  const lostMs = performance.now();
  assert.equal(await lost.ended, null);
  assert.ok(performance.now() - lostMs >= DEATH_MS - 1);
  first.letGo();
  await user.close();
});

test('an exporter opens anew only when what the client left at its medium is over', async (t) => {
  const net = new Net(t);
  const client = new ClientNode(net);
  const medium = new TestMedium(1 << 20);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const link = await client.link(address);
  await client.disk('S1', 1);
  const unit = await client.attach('S1', 1, { deathMs: 60_000 });
  const user = await unit.open('test');
  await client.link(address);
  await client.disk('S1', 2);
  medium.isHolding = true;
  const lost = submit(user, BlockOp.write, { data: Buffer.alloc(512, 1) });
  await until(() => medium.held.length === 1, 'the write at the medium');
  cut(link);
  await until(
    () => unit.paths.size === 1 && unit.activePath?.state === 'opening',
    'the open on the other path',
  );
  medium.isHolding = false;
  // Somebody else opens it and reads meanwhile: by then ours would have been let in.
  const other = new ClientNode(net);
  await other.link(address);
  const stranger = await (await other.attach()).open('stranger');
  await read(stranger, 0, 512);
  await stranger.close();
  assert.equal(medium.counts[BlockOp.write], 1, 'nothing is run again yet');
  const [held] = medium.held.splice(0);
  assert.equal(lost.error, undefined);
  held?.done(null);
  assert.equal(await lost.ended, null);
  assert.equal(medium.counts[BlockOp.write], 2);
  await user.close();
});

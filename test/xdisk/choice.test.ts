import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Transaction } from '../../electron/dmsg/transaction.ts';
import { Path } from '../../electron/xdisk/path.ts';
import { choosePath, isBetter } from '../../electron/xdisk/path-choice.ts';
import { until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { cut, Net } from '../target/support/net.ts';
import { ClientNode } from './support/client-node.ts';
import { DISK, startFake } from './support/fake-exporter.ts';

/** A path that is only looked at. */
function path(distance: number, rnss: number, rttMs: number | undefined): Path {
  return new Path({ rttMs } as Link, { ...DISK, distance, rnss }, {} as Transaction, () => {});
}

test('nearest first, then the lower rnss, then the faster link, then the older path', () => {
  const inOrder = [
    path(0, 9, 100),
    path(1, 0, undefined),
    path(1, 3, 0.5),
    path(1, 3, 2),
    path(1, 3, undefined),
    path(1, 3, undefined),
    path(2, 0, 0.1),
    path(16, 0, 0.1),
  ];
  const random = new Random();
  for (let round = 0; round < 50; round++) {
    const shuffled = inOrder.map((one) => ({ one, key: random.next() })).sort((a, b) => a.key - b.key);
    const left = new Set(shuffled.map(({ one }) => one));
    for (const due of inOrder) {
      const chosen = choosePath(left, 'stay');
      assert.equal(chosen?.id, due.id);
      left.delete(chosen as Path);
    }
  }
});

test('the fastest first, where the policy says so; the preferred before all; never a disabled one', () => {
  const near = path(0, 0, 9);
  const fast = path(5, 0, 1);
  const all = [near, fast];
  assert.equal(choosePath(all, 'nearest'), near);
  assert.equal(choosePath(all, 'fastest'), fast);
  near.preferred = true;
  assert.equal(choosePath(all, 'fastest'), near);
  near.disabled = true;
  assert.equal(choosePath(all, 'nearest'), fast);
  fast.disabled = true;
  assert.equal(choosePath(all, 'nearest'), undefined);
});

test('what is worth a move from a path that works', () => {
  const far = path(3, 0, 9);
  const near = path(1, 0, 8);
  const fast = path(3, 0, 1);
  assert.ok(!isBetter(near, far, 'stay'));
  assert.ok(isBetter(near, far, 'nearest'));
  assert.ok(!isBetter(fast, far, 'nearest'), 'as far as the other');
  assert.ok(isBetter(fast, far, 'fastest'));
  assert.ok(!isBetter(near, far, 'fastest'), 'hardly faster');
  far.preferred = true;
  assert.ok(!isBetter(near, far, 'nearest'));
  far.disabled = true;
  assert.ok(isBetter(fast, far, 'stay'));
});

test('the best path is opened, and after it the next best', async (t) => {
  const net = new Net(t);
  const client = new ClientNode(net);
  const ranks = [
    { distance: 2, rnss: 0 },
    { distance: 1, rnss: 7 },
    { distance: 1, rnss: 5 },
    { distance: 3, rnss: 0 },
  ];
  const links = new Map<(typeof ranks)[0], Link>();
  for (const [i, rank] of ranks.entries()) {
    links.set(rank, await client.link(await startFake(net, [{ ...DISK, ...rank }])));
    await client.disk('S1', i + 1);
  }
  const disk = await client.disk('S1', 4);
  assert.equal(disk.distance, 1);
  const unit = client.registry.attach(disk);
  await unit.open('test');
  for (const rank of [ranks[2], ranks[1], ranks[0], ranks[3]]) {
    const link = links.get(rank as (typeof ranks)[0]) as Link;
    await until(() => unit.activePath?.state === 'open', 'an open path');
    assert.equal(unit.activePath?.link, link);
    cut(link);
  }
  assert.equal(unit.state, 'holding');
});

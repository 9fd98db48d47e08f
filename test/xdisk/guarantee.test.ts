import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UNIT_DEFAULTS } from '../../electron/xdisk/unit-options.ts';
import { guaranteeSentence, WAIT_SECONDS } from '../../shared/guarantee.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';
import { DISK, startFake } from './support/fake-exporter.ts';

/** What a unit tells of its guarantee toward ghost writes; that it holds is tested in test/faults. */

test('the words say the time that is waited', () => {
  assert.equal(UNIT_DEFAULTS.deathMs, WAIT_SECONDS * 1000);
  assert.match(guaranteeSentence('waits'), /^Waits 5 s before using another path: /);
  assert.match(guaranteeSentence('fenced'), /^Fenced: /);
});

test('an exporter of ours has a fence, another none; it is kept while nobody uses the unit, and told of no path unused', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const client = new ClientNode(net);
  await client.link(address);
  await client.disk('S1', 1);
  await client.link(await startFake(net, [{ ...DISK, distance: 3 }]));
  const unit = await client.attach('S1', 2, { sweepMs: 5 });
  assert.equal(unit.guarantee, undefined, 'before it was open');
  const user = await unit.open('test');
  const [ours, theirs] = [...unit.paths];
  assert.deepEqual([unit.guarantee, ours?.guarantee, theirs?.guarantee], ['fenced', 'fenced', undefined]);
  if (theirs !== undefined) theirs.preferred = true;
  unit.reconsider();
  await until(() => unit.activePath === theirs && theirs?.state === 'open', 'the other exporter');
  assert.deepEqual([unit.guarantee, ours?.guarantee, theirs?.guarantee], ['waits', 'fenced', 'waits']);
  await user.close();
  assert.deepEqual([unit.state, unit.guarantee], ['idle', 'waits']);
});

test('a unit that writes nothing tells none', async (t) => {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(new TestMedium(1 << 20))]);
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach('S1', 1, { readOnly: true });
  await unit.open('reader');
  assert.equal(unit.guarantee, undefined);
});

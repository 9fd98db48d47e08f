import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_DISTANCE } from '../../electron/dmsg/constants.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import { read, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { exportOf, sharedExportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, IDLE_TRANSACTIONS, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { DISK, startFake } from '../xdisk/support/fake-exporter.ts';
import { RouterNode } from './support/router-node.ts';

const SIZE = 1 << 20;

/** Wait until the routers have said all they have to say. */
async function quiet(nodes: readonly RouterNode[]): Promise<void> {
  let unchanged = 0;
  for (let last = ''; unchanged < 50; ) {
    await turn();
    const now = nodes.map((node) => `${node.transactions} ${node.router.sources.length}`).join();
    unchanged = now === last ? unchanged + 1 : 0;
    last = now;
  }
}

test('a cycle of three routers: one span each way at most, right distances, and an end', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(SIZE);
  const exporter = await startExporter(net, [sharedExportOf(medium)]);
  const nodes: RouterNode[] = [];
  for (let i = 0; i < 3; i++) nodes.push(await RouterNode.start(net));
  const [a, b, c] = nodes as [RouterNode, RouterNode, RouterNode];
  await a.dial(b.address);
  await b.dial(c.address);
  await c.dial(a.address);
  const clients = [];
  for (const node of nodes) {
    const client = new ClientNode(net);
    await client.link(node.address);
    clients.push(client);
  }
  const source = await a.dial(exporter.address);
  for (const [i, client] of clients.entries()) {
    await client.disk('S1', 1);
    await quiet(nodes);
    const disk = await client.disk('S1', 1);
    assert.equal(disk.distance, i === 0 ? 1 : 2, `at router ${i}`);
    const user = await client.registry.attach(disk).open('test');
    await write(user, 4096 * i, Buffer.alloc(4096, i + 1));
    assert.deepEqual(await read(user, 4096 * i, 4096), Buffer.alloc(4096, i + 1));
  }
  for (const node of nodes) {
    for (const link of node.router.links) {
      // A span there, one back, and the BLK_OPENs in them.
      assert.ok(link.mux.size <= IDLE_TRANSACTIONS + 2 + 3, `${link.mux.size} transactions on a link`);
    }
    assert.ok(node.router.sources.every(({ span }) => span.distance <= 3));
  }
  for (let round = 0; round < 5; round++) {
    cut(a.router.links.find(({ remote }) => remote === source.remote) as Link);
    for (const client of clients) {
      await until(() => client.registry.disks.every((disk) => disk.paths.size === 0), 'the end of the spans');
    }
    await quiet(nodes);
    for (const node of nodes) {
      assert.equal(node.router.sources.length, 0);
      assert.equal(node.transactions, node.router.links.length * IDLE_TRANSACTIONS);
    }
    const again = await a.dial(exporter.address);
    assert.equal(again.remote, source.remote);
    await clients[2]?.disk('S1', 1);
    await quiet(nodes);
  }
});

test('of two ways to a node the nearest is relayed, and the other when it goes', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium(SIZE);
  const exporter = await startExporter(net, [exportOf(medium)]);
  const far = await RouterNode.start(net);
  const near = await RouterNode.start(net);
  await far.dial(exporter.address);
  const detour = await near.dial(far.address);
  const client = new ClientNode(net);
  await client.link(near.address);
  assert.equal((await client.disk()).distance, 2);
  const direct = await near.dial(exporter.address);
  await until(() => client.registry.disks[0]?.distance === 1, 'the nearer way');
  await client.disk('S1', 1);
  const unit = await client.attach();
  const user = await unit.open('test');
  await write(user, 0, Buffer.alloc(512, 1));
  cut(direct);
  assert.deepEqual(await read(user, 0, 512), Buffer.alloc(512, 1));
  assert.equal((await client.disk('S1', 1)).distance, 2);
  const { retries } = unit.stats.counters();
  // A nearer way does not disturb what is in use.
  await near.dial(exporter.address);
  await quiet([far, near]);
  assert.equal((await client.disk('S1', 1)).distance, 2);
  assert.equal(unit.stats.counters().retries, retries);
  cut(detour);
  assert.deepEqual(await read(user, 0, 512), Buffer.alloc(512, 1));
  assert.equal((await client.disk('S1', 1)).distance, 1);
});

test('two nodes that offer one serial are two paths', async (t) => {
  const net = new Net(t);
  const router = await RouterNode.start(net);
  const content = Buffer.alloc(SIZE, 3);
  const links: Link[] = [];
  for (const host of ['h1', 'h2']) {
    const { address } = await startExporter(net, [exportOf(new TestMedium(content), 'S1', `${host}/disk`)]);
    links.push(await router.dial(address));
  }
  const client = new ClientNode(net);
  await client.link(router.address);
  const user = await (await client.attach('S1', 2)).open('test');
  cut(links[0] as Link);
  await client.disk('S1', 1);
  assert.deepEqual(await read(user, 0, 512), Buffer.alloc(512, 3));
});

test('a span from too far away is not relayed', async (t) => {
  const net = new Net(t);
  const router = await RouterNode.start(net);
  const spans = [MAX_DISTANCE - 1, MAX_DISTANCE, MAX_DISTANCE + 1, 0xffff].map((distance) => ({
    ...DISK,
    distance,
    pfsLabel: `at ${distance}`,
  }));
  await router.dial(await startFake(net, spans));
  const client = new ClientNode(net);
  await until(() => router.router.sources.length === 4, 'all spans');
  await client.link(router.address);
  assert.equal((await client.disk(`at ${MAX_DISTANCE - 1}`)).distance, MAX_DISTANCE);
  await quiet([router]);
  assert.equal(client.registry.disks.length, 1);
});

test('a node that offers more spans than it may loses its link', async (t) => {
  const net = new Net(t);
  const router = await RouterNode.start(net);
  const spans = Array.from({ length: 4097 }, (_, i) => ({ ...DISK, pfsLabel: `N${i}` }));
  await router.dial(await startFake(net, spans.slice(1)));
  await until(() => router.router.sources.length === 4096, 'as many as it may');
  const link = await router.dial(await startFake(net, spans));
  await until(() => link.state === 'down', 'the end of the link');
  await quiet([router]);
  assert.equal(router.router.sources.length, 4096);
});

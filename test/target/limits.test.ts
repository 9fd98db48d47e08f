import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Command, Flag, OpenMode } from '../../electron/dmsg/constants.ts';
import { heartbeat } from '../../electron/dmsg/heartbeat.ts';
import type { Link, LinkUser } from '../../electron/dmsg/link.ts';
import { exporterConn, routerConn } from '../../electron/dmsg/link-options.ts';
import { Router } from '../../electron/router/router.ts';
import type { Address } from '../../electron/stream/address.ts';
import { Exporter } from '../../electron/target/exporter.ts';
import { limitsWith } from '../../shared/limits.ts';
import type { SetLimits } from '../../shared/model/limits.ts';
import { read, write } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { RouterNode } from '../router/support/router-node.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { exportOf } from './support/exporter-node.ts';
import { cut, Net } from './support/net.ts';
import { RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

const MIB = 1 << 20;
/** A broken limit is a failure, not a wait for ever. */
const LIMIT_MS = 15_000;

/** An exporter of one disk whose links have limits, and what it told of their ends. */
async function node(net: Net, set: SetLimits) {
  const exporter = new Exporter();
  const item = exportOf(new TestMedium(MIB));
  await item.online();
  exporter.add(item);
  const ends: string[] = [];
  const user: LinkUser = {
    up: (link) => exporter.up(link),
    spanOffered: () => null,
    progress: (link) => exporter.progress(link),
    down: (link, error) => {
      ends.push(`${error.code}: ${error.message}`);
      exporter.down(link, error);
    },
  };
  const limits = limitsWith(set);
  const address = await net.listen(user, exporterConn(), 'auto', { limits });
  return { exporter, address, ends, limits };
}

async function diskAt(net: Net, address: Address) {
  const client = new ClientNode(net);
  await client.link(address);
  return (await client.attach()).open('good');
}

/** A peer that takes nothing, and our link to it. */
async function deaf(t: TestContext, exporter: Exporter, address: Address): Promise<Link> {
  const before = new Set(exporter.links);
  const client = await RawClient.connect(t, address);
  client.stream.pause();
  await until(() => exporter.links.length > before.size, 'the link');
  return exporter.links.find((link) => !before.has(link)) as Link;
}

/** Let bytes wait for a peer, a little at a time, until so many do or the link has ended. */
async function pile(link: Link, bytes: number): Promise<void> {
  while (link.unsentBytes < bytes && link.state === 'up') {
    link.mux.writer.begin((Command.DBG_SHELL | Flag.REPLY) >>> 0, 0, 0, 0, 0, 0);
    link.mux.writer.finishWith(Buffer.alloc(65_536), () => {});
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('when too many bytes wait for all peers together, the one with most of them goes', {
  timeout: LIMIT_MS,
}, async (t) => {
  const net = new Net(t);
  const { exporter, address, ends } = await node(net, { all_waiting_bytes: 12 * MIB });
  const good = await diskAt(net, address);
  const small = await deaf(t, exporter, address);
  const large = await deaf(t, exporter, address);
  await pile(large, 7 * MIB);
  assert.equal(large.state, 'up');
  await pile(small, 6 * MIB);
  assert.deepEqual([small.state, large.state], ['up', 'down']);
  assert.equal(ends.length, 1);
  const [, number] =
    /^flood: (\d+) bytes wait for all peers.*limit all_waiting_bytes=12582912/.exec(ends[0] as string) ?? [];
  assert.ok(Number(number) < 12 * MIB + 256 * 1024, ends[0]);
  // What has gone counts no more: there is room again.
  await pile(small, 11 * MIB);
  assert.equal(small.state, 'up');
  await write(good, 0, Buffer.alloc(4096, 7));
  assert.deepEqual(await read(good, 0, 4096), Buffer.alloc(4096, 7));
});

test('what a link had waiting counts no more when it has ended', { timeout: LIMIT_MS }, async (t) => {
  const net = new Net(t);
  const { exporter, address, ends } = await node(net, { all_waiting_bytes: 8 * MIB });
  for (let i = 0; i < 4; i++) {
    const link = await deaf(t, exporter, address);
    await pile(link, 6 * MIB);
    assert.equal(link.state, 'up', ends.join());
    cut(link);
  }
});

test('commands and their answers are no control messages, however many', { timeout: LIMIT_MS }, async (t) => {
  const net = new Net(t);
  const { address, ends } = await node(net, { control_messages: 10, transactions: 128 });
  const user = await diskAt(net, address);
  for (let round = 0; round < 40; round++) {
    await Promise.all(Array.from({ length: 64 }, (_, i) => write(user, i * 4096, Buffer.alloc(4096, round))));
    const [found] = await Promise.all(Array.from({ length: 64 }, (_, i) => read(user, i * 4096, 4096)));
    assert.equal(found?.[0], round);
  }
  assert.deepEqual(ends, []);
});

test('control messages are free again with time', { timeout: LIMIT_MS }, async (t) => {
  const net = new Net(t);
  const { exporter, address, ends } = await node(net, { control_messages: 1_000, transactions: 128 });
  const client = await RawClient.connect(t, address);
  await until(() => exporter.links.length === 1, 'the link');
  const [link] = exporter.links as [Link];
  const pings = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) client.send({ cmd: Command.LNK_PING });
    for (let i = 0; i < count && link.state === 'up'; i++) {
      await client.peer.next(({ cmd }) => cmd === (Command.LNK_PING | Flag.REPLY) >>> 0);
    }
  };
  heartbeat.remove(link); // its clock is the test's
  let nowMs = performance.now();
  for (let second = 0; second < 5; second++) {
    await pings(900);
    nowMs += 1_000;
    link.beat(nowMs, true);
  }
  assert.deepEqual(ends, []);
  for (let i = 0; i < 1_200; i++) client.send({ cmd: Command.LNK_PING });
  await until(() => link.state === 'down', 'the end of the link');
  assert.match(
    ends[0] as string,
    /^flood: more than 1000 control messages a second \(limit control_messages=1000\)/,
  );
});

test('a limit that is changed holds for links that stand', { timeout: LIMIT_MS }, async (t) => {
  const net = new Net(t);
  const { exporter, address, ends, limits } = await node(net, {});
  const link = await deaf(t, exporter, address);
  await pile(link, 6 * MIB);
  assert.equal(link.state, 'up');
  Object.assign(limits, { waiting_bytes: 4 * MIB });
  await pile(link, 7 * MIB);
  assert.match(ends[0] as string, /bytes wait for the peer \(limit waiting_bytes=4194304\)/);
});

test('a router offers no more on a link than it would take there, and the rest when there is room', {
  timeout: LIMIT_MS,
}, async (t) => {
  const net = new Net(t);
  const router = await RouterNode.start(net, 'auto', { limits: limitsWith({ spans: 3 }) });
  const items = Array.from({ length: 5 }, (_, i) => exportOf(new TestMedium(MIB), `S${i}`, 'host/disk'));
  const exporters = await Promise.all(
    items.map(async (item) => {
      const exporter = new Exporter();
      await item.online();
      exporter.add(item);
      await router.attach(exporter);
      return exporter;
    }),
  );
  const client = new ClientNode(net);
  await client.link(router.address);
  await until(() => client.registry.disks.length === 3, 'three disks');
  const shown = client.registry.disks.map((disk) => disk.identity.serial);
  await exporters[items.findIndex(({ serial }) => serial === shown[0])]?.remove(
    items.find(({ serial }) => serial === shown[0]) as (typeof items)[0],
  );
  await until(
    () =>
      client.registry.disks.length === 3 &&
      !client.registry.disks.some((disk) => disk.identity.serial === shown[0]),
    'another in its place',
  );
});

test('opens that go on to an exporter cost their client more than others, so that the router keeps its link there', {
  timeout: LIMIT_MS,
}, async (t) => {
  const net = new Net(t);
  const lost: string[] = [];
  const router = new Router({ linkDown: (_link, error) => lost.push(error.message) });
  const limits = limitsWith({ control_messages: 1_000, transactions: 128 });
  const address = await net.listen(router, routerConn(), 'auto', { limits });
  const { exporter, ends } = await node(net, {});
  await net.dial(address, exporter, exporterConn());
  const good = await diskAt(net, address);
  const client = await RawClient.connect(t, address);
  const span = (await client.span()).msgid;
  for (let i = 0; i < 100; i++) {
    client.create(
      Command.BLK_OPEN,
      { kind: 'open', modes: OpenMode.READ },
      { circuit: span, inTheirs: true },
    );
  }
  await until(() => lost.length === 1, 'the end of its link');
  assert.match(lost[0] as string, /limit control_messages=1000/);
  await write(good, 0, Buffer.alloc(4096, 7));
  assert.deepEqual(ends, []);
});

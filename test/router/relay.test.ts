import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import { Command, Flag, OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import { clientConn } from '../../electron/dmsg/link-options.ts';
import type { Export } from '../../electron/target/export.ts';
import { failure, read, run, submit, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { type ExporterNode, exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, IDLE_TRANSACTIONS, Net } from '../target/support/net.ts';
import { RawClient } from '../target/support/raw-client.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from '../xdisk/support/client-node.ts';
import { RandomLoad } from '../xdisk/support/load.ts';
import { RouterNode } from './support/router-node.ts';

const SIZE = 4 << 20;
/** A router with one exporter and one client has two links, with a span on each. */
const AT_REST = 2 * (IDLE_TRANSACTIONS + 1);

interface Setup {
  readonly net: Net;
  readonly medium: TestMedium;
  readonly item: Export;
  readonly exporter: ExporterNode;
  readonly source: Link;
  readonly routers: readonly RouterNode[];
  readonly client: ClientNode;
  readonly link: Link;
}

/** Client, so many routers in a row, exporter. */
async function chain(t: TestContext, count: number): Promise<Setup> {
  const net = new Net(t);
  const medium = new TestMedium(SIZE);
  const item = exportOf(medium);
  const exporter = await startExporter(net, [item]);
  const routers: RouterNode[] = [];
  let towards = exporter.address;
  let source: Link | undefined;
  for (let i = 0; i < count; i++) {
    const node = await RouterNode.start(net);
    const link = await node.dial(towards);
    source ??= link;
    routers.push(node);
    towards = node.address;
  }
  const client = new ClientNode(net);
  const link = await client.link(towards);
  await client.disk();
  return { net, medium, item, exporter, source: source as Link, routers, client, link };
}

for (const count of [1, 2, 5]) {
  test(`${count} in a row: what is read is what was written, and the distance is right`, async (t) => {
    const { routers, client, link, medium } = await chain(t, count);
    const disk = await client.disk();
    assert.equal(disk.distance, count);
    assert.deepEqual([disk.identity.label, disk.identity.sizeBytes], ['host/disk', SIZE]);
    const user = await client.registry.attach(disk).open('test');
    const load = new RandomLoad(user, new Random());
    while (load.ended < 300) {
      while (load.running < 40) load.start();
      await turn();
    }
    await until(() => load.running === 0, 'the end of all requests');
    load.check(medium.content, 'at the end');
    const data = new Random().bytes(SIZE);
    await write(user, 0, data);
    assert.ok(data.equals(medium.content));
    assert.ok(data.equals(await read(user, 0, SIZE)));
    await user.close();
    await settles(link, 1);
    for (const node of routers)
      await until(() => node.transactions === AT_REST, 'no transaction but the spans');
  });
}

test('errors of the medium come through with their words', async (t) => {
  const { client, medium } = await chain(t, 2);
  const user = await (await client.attach()).open('test');
  medium.fail = () => new BlockError('nospace', 'the disk is full', { residual: 512 });
  const error = await failure(submit(user, BlockOp.write, { data: Buffer.alloc(1024) }));
  assert.deepEqual(
    [error.code, error.message, error.residual],
    ['nospace', 'nospace: the disk is full', 512],
  );
});

test('a client that goes: what it had open ends at the exporter, and nothing is left between', async (t) => {
  const { routers, client, link, item, medium, exporter } = await chain(t, 2);
  const user = await (await client.attach()).open('test');
  medium.isHolding = true;
  for (let i = 0; i < 20; i++) submit(user, BlockOp.read, { length: 65_536 });
  await until(() => medium.held.length === 20, 'the commands');
  cut(link);
  await until(() => item.sessions.size === 0, 'the end of the session');
  // Their answers meet nobody.
  medium.letGo();
  await until(() => item.stats.inFlight === 0, 'the answers');
  await until(() => routers[0]?.transactions === AT_REST, 'rest at the first router');
  await until(() => routers[1]?.transactions === AT_REST - IDLE_TRANSACTIONS - 1, 'rest at the second');
  assert.equal(exporter.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
  const again = await client.link((routers[1] as RouterNode).address);
  await client.disk('S1', 1);
  assert.equal(again.state, 'up');
});

test('an exporter that goes: the client is told, and nothing is left between', async (t) => {
  const { routers, client, link, medium, source, exporter } = await chain(t, 2);
  const unit = await client.attach();
  const user = await unit.open('test');
  medium.isHolding = true;
  const requests = Array.from({ length: 20 }, (_, i) =>
    submit(user, BlockOp.write, { offset: 4096 * i, data: Buffer.alloc(4096, i) }),
  );
  await until(() => medium.held.length === 20, 'the commands');
  cut(source);
  await until(() => unit.paths.size === 0, 'the end of the path');
  assert.equal(unit.state, 'holding');
  await settles(link, 0);
  await until(() => routers[0]?.transactions === IDLE_TRANSACTIONS, 'rest at the first router');
  medium.letGo();
  assert.ok(requests.every(({ error }) => error === undefined));
  // It comes back, and the requests run.
  await routers[0]?.dial(exporter.address);
  for (const request of requests) assert.equal(await request.ended, null);
  for (let i = 0; i < 20; i++) assert.equal(medium.content[4096 * i], i);
});

test('a device closed by the client, and by the exporter', async (t) => {
  const { routers, client, link, item, medium } = await chain(t, 1);
  const [node] = routers as [RouterNode];
  const unit = await client.attach();
  for (const force of [true, false]) {
    const user = await unit.open('test');
    medium.isHolding = true;
    const request = submit(user, BlockOp.read, { length: 512 });
    await until(() => medium.held.length === 1, 'the command');
    item.endSessions();
    medium.letGo();
    assert.equal(await request.ended, null, 'run again in a new session');
    if (force) {
      await user.close();
    } else {
      medium.isHolding = true;
      const late = submit(user, BlockOp.read, { length: 512 });
      await until(() => medium.held.length === 1, 'the command');
      client.registry.detach(unit, true);
      assert.equal((await failure(late)).code, 'path');
      medium.letGo();
    }
    await until(() => item.sessions.size === 0, 'the end of the session');
    await settles(link, 1);
    await until(() => node.transactions === AT_REST, 'rest at the router');
  }
});

test('ABORT, from a client that then waits', async (t) => {
  const { routers, item, medium } = await chain(t, 1);
  const [node] = routers as [RouterNode];
  const raw = await RawClient.connect(t, node.address);
  const { msgid: span } = await raw.span();
  const { id } = await raw.open(span);
  medium.isHolding = true;
  raw.ask(id, Command.BLK_READ, { bytes: 512 });
  await until(() => medium.held.length === 1, 'the command');
  raw.send({
    cmd: Command.LNK_ERROR | Flag.DELETE | Flag.ABORT | Flag.REVCIRC,
    msgid: id,
    circuit: span,
    error: Wire.LOSTLINK,
  });
  await until(() => item.sessions.size === 0, 'the end of the session');
  medium.letGo();
  await until(() => node.transactions === AT_REST + IDLE_TRANSACTIONS + 1, 'rest at the router');
});

test('a device ended by the exporter whose client goes without agreeing', async (t) => {
  const { routers, item, exporter } = await chain(t, 1);
  const [node] = routers as [RouterNode];
  const raw = await RawClient.connect(t, node.address);
  const { id } = await raw.open((await raw.span()).msgid);
  item.endSessions();
  await raw.answer(id);
  raw.peer.destroy();
  await until(() => node.transactions === AT_REST, 'rest at the router');
  assert.equal(exporter.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
});

test('a withdrawn export is withdrawn all along, and one added is offered', async (t) => {
  const { client, exporter, item, routers } = await chain(t, 2);
  const other = exportOf(new TestMedium(SIZE), 'S2', 'host/other');
  await other.online();
  exporter.exporter.add(other);
  await client.disk('S2');
  await exporter.exporter.remove(item);
  await until(() => client.registry.disks.length === 1, 'one disk alone');
  assert.equal(client.registry.disks[0]?.identity.serial, 'S2');
  for (const node of routers) await until(() => node.transactions === AT_REST, 'one span on each link');
});

test('spans go to whom they are wanted by, and to no exporter', async (t) => {
  const { net, exporter, routers } = await chain(t, 1);
  const [node] = routers as [RouterNode];
  const offered: string[] = [];
  const user = {
    up: () => {},
    down: () => {},
    spanOffered: (_: Link, span: { pfsLabel: string }) => {
      offered.push(span.pfsLabel);
      return null;
    },
  };
  const nothing = await net.dial(node.address, user, { ...clientConn(), peerMask: 0n });
  const other = await net.dial(node.address, user, { ...clientConn(), peerMask: 1n << 3n });
  const old = await net.dial(node.address, user, { ...clientConn(), pfsMask: 1n << 2n }, '2014');
  const wanting = await net.dial(node.address, user, clientConn(), '2014');
  await until(() => offered.length === 1, 'the span');
  await settles(wanting, 0);
  for (const link of [nothing, other, old]) assert.equal(link.mux.size, IDLE_TRANSACTIONS);
  assert.equal(exporter.links[0]?.mux.size, IDLE_TRANSACTIONS + 1);
});

test('a slow client does not stop the others', async (t) => {
  const { client, routers } = await chain(t, 1);
  const [node] = routers as [RouterNode];
  const user = await (await client.attach()).open('good');
  await write(user, 0, Buffer.alloc(SIZE, 1));
  const slow = await RawClient.connect(t, node.address);
  const { id } = await slow.open((await slow.span()).msgid, OpenMode.READ);
  slow.stream.pause();
  const asked = Array.from({ length: 60 }, () => slow.ask(id, Command.BLK_READ, { bytes: 1 << 20 }));
  const waiting = (): number => Math.max(...node.router.links.map(({ unsentBytes }) => unsentBytes));
  await until(() => waiting() > 8 << 20, 'answers the client does not take');
  for (let i = 0; i < 20; i++) {
    assert.deepEqual(await read(user, 4096 * i, 4096), Buffer.alloc(4096, 1));
  }
  await run(user, BlockOp.flush);
  slow.stream.resume();
  for (const one of asked) assert.equal((await slow.answer(one)).payload.length, 1 << 20);
  await until(() => waiting() === 0, 'all being sent');
});

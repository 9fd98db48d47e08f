import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PeerType } from '../../electron/dmsg/constants.ts';
import type { Link, LinkUser } from '../../electron/dmsg/link.ts';
import { exporterConn } from '../../electron/dmsg/link-options.ts';
import { EMPTY_SPAN, type Span } from '../../electron/dmsg/span.ts';
import type { Transaction } from '../../electron/dmsg/transaction.ts';
import { until } from '../block/support/until.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';

const DISK: Span = {
  ...EMPTY_SPAN,
  peerType: PeerType.BLOCK,
  sizeBytes: 1n << 20n,
  blockBytes: 512,
  pfsLabel: 'X',
};

/** Offers spans as they are, whatever they say. */
async function offer(net: Net, spans: readonly Span[]): ReturnType<Net['listen']> {
  const user: LinkUser = {
    up: (link) => {
      for (const span of spans) {
        const end = (transaction: Transaction): void => {
          if (transaction.rxClosed) link.mux.end(transaction);
        };
        link.offer(span, { message: end, lost: end });
      }
    },
    spanOffered: () => null,
    down: () => {},
  };
  return net.listen(user, exporterConn());
}

test('one unit per serial over two links', async (t) => {
  const net = new Net(t);
  const item = exportOf(new TestMedium(65_536));
  const { address } = await startExporter(net, [item]);
  const client = new ClientNode(net);
  const links = [await client.link(address), await client.link(address)];
  const unit = await client.attach('S1', 2);
  assert.equal(client.registry.disks.length, 1);
  assert.equal(unit.paths.size, 2);
  assert.equal(unit.name, 'xa0');
  assert.deepEqual(
    [...unit.paths].map(({ link }) => link),
    links,
  );
  assert.equal(client.registry.attach(await client.disk('S1', 2)), unit);
  cut(links[0] as Link);
  await client.disk('S1', 1);
  await settles(links[1] as Link, 1);
});

test('a serial keeps its number: in this run, from earlier runs, and while it is away', async (t) => {
  const net = new Net(t);
  const names = ['A', 'B', 'C'];
  const { address } = await startExporter(
    net,
    names.map((serial) => exportOf(new TestMedium(65_536), serial)),
  );
  let kept: ReadonlyMap<string, number> = new Map();
  const client = new ClientNode(net, {
    knownNumbers: [
      ['B', 0],
      ['away', 1],
    ],
    numbersChanged: (numbers) => {
      kept = numbers;
    },
  });
  await client.link(address);
  const units = [];
  for (const name of names) units.push(await client.attach(name));
  assert.deepEqual(
    units.map(({ name }) => name),
    ['xa2', 'xa0', 'xa3'],
  );
  assert.deepEqual([...kept].sort(), [
    ['A', 2],
    ['B', 0],
    ['C', 3],
    ['away', 1],
  ]);
  for (const unit of units) client.registry.detach(unit);
  assert.equal((await client.attach('C')).name, 'xa3');
  assert.equal((await client.attach('A')).name, 'xa2');
});

test('one serial with two sizes: two disks, both marked, each with a number of its own', async (t) => {
  const net = new Net(t);
  const first = await startExporter(net, [exportOf(new TestMedium(65_536), 'S1', 'h1/d')]);
  const second = await startExporter(net, [exportOf(new TestMedium(131_072), 'S1', 'h2/d')]);
  const client = new ClientNode(net);
  await client.link(first.address);
  const small = await client.disk();
  const unit = client.registry.attach(small);
  assert.deepEqual([small.conflict, unit.conflict], [false, false]);
  const other = await client.link(second.address);
  await until(() => client.registry.disks.length === 2, 'the second disk');
  const large = client.registry.disks.find((disk) => disk !== small);
  assert.ok(large !== undefined);
  assert.deepEqual([small.conflict, large.conflict, unit.conflict], [true, true, true]);
  const largeUnit = client.registry.attach(large);
  assert.ok(largeUnit.conflict);
  assert.deepEqual([unit.name, largeUnit.name], ['xa0', 'xa1']);
  assert.deepEqual([unit.paths.size, largeUnit.paths.size], [1, 1]);
  client.registry.detach(largeUnit);
  cut(other);
  await until(() => client.registry.disks.length === 1, 'the second disk going');
  assert.deepEqual([small.conflict, unit.conflict], [false, false]);
});

test('no serial can take the number of a disk that shares another', async (t) => {
  const net = new Net(t);
  const address = await offer(net, [
    DISK,
    { ...DISK, sizeBytes: 2n << 20n },
    { ...DISK, pfsLabel: 'X/2097152/512' },
    { ...DISK, pfsLabel: 'X\t2097152/512' },
  ]);
  const client = new ClientNode(net);
  await client.link(address);
  await until(() => client.registry.disks.length === 4, 'four disks');
  const names = client.registry.disks.map((disk) => client.registry.attach(disk).name);
  assert.deepEqual(names.sort(), ['xa0', 'xa1', 'xa2', 'xa3']);
});

test('an absurd span is refused with a reason, and the others are not', async (t) => {
  const net = new Net(t);
  const absurd: [Span, RegExp][] = [
    [{ ...DISK, sizeBytes: 0n }, /size is zero/],
    [{ ...DISK, sizeBytes: 511n }, /size is zero/],
    [{ ...DISK, sizeBytes: 1n << 63n }, /more than 2\^53/],
    [{ ...DISK, sizeBytes: 1n << 53n }, /more than 2\^53/],
    [{ ...DISK, blockBytes: 3 }, /block size 3 is no power of two/],
    [{ ...DISK, blockBytes: 0x8000_0000 }, /block size 2147483648/],
    [{ ...DISK, blockBytes: 0xffff_ffff }, /block size 4294967295/],
    [{ ...DISK, pfsLabel: '' }, /no serial number/],
  ];
  const address = await offer(net, [
    ...absurd.map(([span]) => span),
    DISK,
    { ...DISK, pfsLabel: 'Y', blockBytes: 0 },
  ]);
  const client = new ClientNode(net);
  const link = await client.link(address);
  assert.equal((await client.disk('X')).identity.sizeBytes, 1 << 20);
  assert.equal((await client.disk('Y')).identity.blockBytes, 512);
  assert.equal(client.rejected.length, absurd.length);
  for (const [i, [, reason]] of absurd.entries()) assert.match(client.rejected[i] as string, reason);
  await settles(link, 2);
});

test('odd characters of a peer are made harmless', async (t) => {
  const net = new Net(t);
  const address = await offer(net, [{ ...DISK, pfsLabel: 'evil\u001b[2J', peerLabel: 'a\nb' }]);
  const client = new ClientNode(net);
  await client.link(address);
  const disk = await client.disk('evil\\u{1b}[2J');
  assert.equal(disk.identity.label, 'a\\u{a}b');
});

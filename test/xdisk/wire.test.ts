import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import type { Dialect } from '../../electron/dmsg/dialect.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import type { UnitUser } from '../../electron/xdisk/unit-user.ts';
import { failure, read, run, submit, write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';

const MIB = 1 << 20;

interface Setup {
  readonly unit: Unit;
  readonly user: UnitUser;
  readonly link: Link;
}

async function open(t: TestContext, medium: TestMedium, dialect: Dialect = 'current'): Promise<Setup> {
  const net = new Net(t);
  const { address } = await startExporter(net, [exportOf(medium)], { dialect });
  const client = new ClientNode(net);
  const link = await client.link(address, dialect);
  const unit = await client.attach();
  return { unit, link, user: await unit.open('test') };
}

test('64 commands are on the wire at most; the rest waits, first in first out', async (t) => {
  const medium = new TestMedium(MIB);
  medium.isHolding = true;
  const { unit, user, link } = await open(t, medium);
  const requests = Array.from({ length: 100 }, (_, i) =>
    submit(user, BlockOp.read, { offset: i * 4096, length: 4096 }),
  );
  await until(() => medium.held.length === 64, '64 commands');
  for (let i = 0; i < 10; i++) await turn();
  assert.deepEqual([medium.held.length, unit.waiting, unit.stats.inFlight], [64, 36, 100]);
  medium.release(1);
  await until(() => medium.log.length === 65, 'the next one');
  for (let i = 0; i < 10; i++) await turn();
  assert.deepEqual([medium.held.length, unit.waiting], [64, 35]);
  medium.letGo();
  for (const request of requests) assert.equal(await request.ended, null);
  assert.deepEqual(
    medium.log,
    requests.map(({ offset }) => `0 ${offset} 4096`),
  );
  assert.equal(medium.peakRequests, 64);
  assert.deepEqual([unit.waiting, unit.stats.inFlight, unit.lastOffset], [0, 0, 99 * 4096]);
  await user.close();
  await settles(link, 1);
});

test('requests made from within `done` go out, however many', async (t) => {
  const medium = new TestMedium(MIB, { synchronous: true });
  const { user } = await open(t, medium);
  let count = 0;
  await new Promise<void>((resolve) => {
    const next = (): void => {
      if (++count === 500) resolve();
      else void submit(user, BlockOp.read, { length: 512 }).ended.then(next);
    };
    for (let i = 0; i < 8; i++) void submit(user, BlockOp.flush).ended.then(next);
  });
  assert.ok((medium.counts[BlockOp.read] as number) >= 490);
});

for (const [dialect, pieceBytes] of [
  ['2014', 65_536],
  ['current', MIB],
] as const) {
  test(`${dialect}: a request larger than a message goes out in parts`, async (t) => {
    const random = new Random();
    const medium = new TestMedium(8 * MIB);
    const { user, link } = await open(t, medium, dialect);
    for (const [offset, length] of [
      [0, MIB],
      [512, MIB],
      [MIB + 512, 2 * MIB - 512],
      [3 * MIB, 5 * MIB],
    ] as const) {
      medium.log.length = 0;
      const data = random.bytes(length);
      await write(user, offset, data);
      const parts = Math.ceil(length / pieceBytes);
      assert.equal(medium.log.length, parts);
      assert.ok(medium.content.subarray(offset, offset + length).equals(data));
      assert.ok(data.equals(await read(user, offset, length)), `${length} bytes at ${offset}`);
      assert.equal(medium.log.length, 2 * parts);
    }
    await user.close();
    await settles(link, 1);
  });

  test(`${dialect}: parts answered short are zeros, at any place`, async (t) => {
    const medium = new TestMedium(4 * MIB);
    const { user } = await open(t, medium, dialect);
    const random = new Random();
    for (let round = 0; round < 20; round++) {
      medium.content.fill(0);
      for (let block = 0; block < 64; block++) {
        if (random.next() < 0.4) random.bytes(65_536).copy(medium.content, block * 65_536);
      }
      const offset = 512 * random.integer(0, 2048);
      const length = 512 * random.integer(1, 4096);
      const found = await read(user, offset, length);
      assert.ok(found.equals(medium.content.subarray(offset, offset + length)), `round ${round}`);
    }
    medium.content.fill(0);
    const hole = await run(user, BlockOp.read, { length: 4096 });
    assert.equal(hole.filled, 0, 'a hole costs no byte of data');
  });

  test(`${dialect}: an error of one part ends the request once, with it`, async (t) => {
    const medium = new TestMedium(8 * MIB);
    const { user, unit } = await open(t, medium, dialect);
    medium.fail = ({ offset }) => (offset === 2 * MIB ? new BlockError('nospace', 'full') : null);
    const error = await failure(submit(user, BlockOp.write, { data: Buffer.alloc(8 * MIB, 3), fua: true }));
    assert.equal(error.code, 'nospace');
    await read(user, 0, 512);
    assert.equal(medium.counts[BlockOp.flush], 0, 'nothing to make stable');
    assert.deepEqual([unit.stats.counters().errors, unit.stats.inFlight, unit.waiting], [1, 0, 0]);
  });
}

test('a request of no bytes is answered', async (t) => {
  const { user } = await open(t, new TestMedium(MIB));
  await run(user, BlockOp.read, { offset: 512 });
  await run(user, BlockOp.write, { offset: 512, data: Buffer.alloc(0) });
});

test('a request with FUA ends after a flush of its own', async (t) => {
  const medium = new TestMedium(4 * MIB);
  medium.isHolding = true;
  const { user } = await open(t, medium, '2014');
  const request = submit(user, BlockOp.write, { data: Buffer.alloc(131_072, 1), fua: true });
  await until(() => medium.held.length === 2, 'both parts');
  medium.release(1);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(medium.counts[BlockOp.flush], 0, 'not before all parts are written');
  medium.release(1);
  await until(() => medium.held.length === 1, 'the flush');
  assert.equal(request.error, undefined);
  assert.deepEqual(medium.log, ['1 0 65536', '1 65536 65536', '2 0 0']);
  medium.release();
  assert.equal(await request.ended, null);
  medium.letGo();
  await run(user, BlockOp.discard, { length: 4096, fua: true });
  await run(user, BlockOp.read, { length: 4096, fua: true });
  await run(user, BlockOp.flush, { fua: true });
  assert.deepEqual(medium.log.slice(3), ['3 0 4096', '2 0 0', '0 0 4096', '2 0 0']);
});

test('a failed flush of its own fails the request', async (t) => {
  const medium = new TestMedium(MIB);
  const { user } = await open(t, medium);
  medium.fail = ({ op }) => (op === BlockOp.flush ? new BlockError('io', 'dying') : null);
  assert.equal(
    (await failure(submit(user, BlockOp.write, { data: Buffer.alloc(512), fua: true }))).code,
    'io',
  );
});

test('write-zeroes is not promised', async (t) => {
  const medium = new TestMedium(MIB);
  const { user } = await open(t, medium);
  assert.equal((await failure(submit(user, BlockOp.zero, { length: 512 }))).code, 'unsupported');
  assert.equal(medium.log.length, 0);
});

test('errors of the medium reach the caller with their code, and are not tried again', async (t) => {
  const medium = new TestMedium(MIB);
  const { user, unit } = await open(t, medium);
  for (const code of ['io', 'nospace', 'range', 'unsupported'] as const) {
    medium.log.length = 0;
    medium.fail = () => new BlockError(code, 'as it happens', { residual: 512 });
    for (const op of [BlockOp.read, BlockOp.write, BlockOp.flush, BlockOp.discard]) {
      const error = await failure(
        submit(user, op, op === BlockOp.write ? { data: Buffer.alloc(1024) } : { length: 1024 }),
      );
      assert.equal(error.code, code, `${op}`);
      assert.match(error.message, /as it happens/);
      assert.equal(error.residual, 512);
    }
    assert.equal(medium.log.length, 4);
  }
  assert.equal(unit.stats.counters().retries, 0);
});

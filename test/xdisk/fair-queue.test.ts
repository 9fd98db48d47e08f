import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { FairQueue } from '../../electron/xdisk/fair-queue.ts';
import { Io } from '../../electron/xdisk/io.ts';
import { IoQueue } from '../../electron/xdisk/io-queue.ts';
import { TAGS } from '../../electron/xdisk/request-queue.ts';
import { Request, submit } from '../block/support/requests.ts';
import { until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { exportOf, startExporter } from '../target/support/exporter-node.ts';
import { Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode } from './support/client-node.ts';

const BYTES = 512;
const MANY = 1000;
const FEW = 3;

test('a user who asks for much does not keep another one waiting, and has its own order', async (t) => {
  const net = new Net(t);
  const medium = new TestMedium((MANY + FEW) * BYTES);
  const { address } = await startExporter(net, [exportOf(medium)]);
  const client = new ClientNode(net);
  await client.link(address);
  const unit = await client.attach('S1', 1);
  const [greedy, modest] = [await unit.open('greedy'), await unit.open('modest')];
  medium.isHolding = true;
  const block = (i: number) => ({ offset: i * BYTES, length: BYTES });
  const much = Array.from({ length: MANY }, (_, i) => submit(greedy, BlockOp.read, block(i)));
  await until(() => medium.held.length === TAGS, 'all tags in use');
  const little = Array.from({ length: FEW }, (_, i) => submit(modest, BlockOp.read, block(MANY + i)));
  medium.log.length = 0;
  medium.isHolding = false;
  medium.letGo();
  for (const request of [...much, ...little]) assert.equal(await request.ended, null);
  const asked = medium.log.map((line) => Number(line.split(' ')[1]) / BYTES);
  assert.equal(asked.length, MANY - TAGS + FEW);
  const last = asked.indexOf(MANY + FEW - 1);
  assert.ok(last < 2 * FEW, `its last request was served after ${last} others`);
  const order = (of: number[]): void =>
    assert.deepEqual(
      of,
      [...of].sort((a, b) => a - b),
    );
  order(asked.filter((i) => i < MANY));
  order(asked.filter((i) => i >= MANY));
});

test('whatever is put in and taken out, nothing is lost and turns go round', () => {
  const random = new Random();
  const users = Array.from({ length: 5 }, () => new IoQueue());
  const queue = new FairQueue();
  /** What must wait of each user. */
  const due = new Map<IoQueue, Io[]>(users.map((user) => [user, []]));
  const all = (): Io[] => [...due.values()].flat();
  const of = (io: Io): Io[] => due.get(io.queue) as Io[];
  const made = (): Io => new Io(new Request(BlockOp.read, { length: BYTES }), random.pick(users), 0);
  const steps: (() => void)[] = [
    () => {
      const io = made();
      queue.push(io);
      of(io).push(io);
    },
    () => {
      const io = made();
      queue.unshift(io);
      of(io).unshift(io);
    },
    () => {
      if (all().length === 0) return;
      const io = random.pick(all());
      queue.remove(io);
      of(io).splice(of(io).indexOf(io), 1);
    },
    () => {
      const io = queue.first;
      if (io === null) return;
      assert.equal(io, of(io)[0], 'the oldest of its user');
      const isLast = random.chance(0.7);
      queue.taken(isLast);
      if (isLast) of(io).shift();
      if (all().some((other) => other.queue !== io.queue)) assert.notEqual(queue.first?.queue, io.queue);
    },
    () => {
      if (!random.chance(0.02)) return;
      assert.deepEqual(new Set(queue.takeAll()), new Set(all()));
      for (const list of due.values()) list.length = 0;
    },
  ];
  for (let i = 0; i < 20_000; i++) {
    random.pick(steps)();
    assert.equal(queue.length, all().length);
    assert.equal(queue.first === null, all().length === 0);
    assert.equal([...queue].length, all().length);
  }
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import { exporterConn } from '../../electron/dmsg/link-options.ts';
import { readOpenRefusal } from '../../electron/dmsg/open-refusal.ts';
import { openExport } from '../../electron/host/export-source.ts';
import type { Address } from '../../electron/stream/address.ts';
import { Export } from '../../electron/target/export.ts';
import { Exporter } from '../../electron/target/exporter.ts';
import type { WriterLimit } from '../../electron/target/siblings.ts';
import type { Path } from '../../electron/xdisk/path.ts';
import type { Unit } from '../../electron/xdisk/unit.ts';
import { write } from '../block/support/requests.ts';
import { turn, until } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { ClientNode } from '../xdisk/support/client-node.ts';
import { startExporter } from './support/exporter-node.ts';
import { cut, Net } from './support/net.ts';
import { countQuestions } from './support/questions.ts';
import { RawClient } from './support/raw-client.ts';
import { TestMedium } from './support/test-medium.ts';

/** One writer of a file that several exporters offer, each with its own socket to the others as in processes of their own. */

const ONES = Buffer.alloc(512, 1);
const ROUNDS = 200;

interface Offer {
  readonly item: Export;
  readonly address: Address;
}

/** An exporter for each limit, all of one file. */
async function offers(t: TestContext, net: Net, limits: readonly WriterLimit[]): Promise<Offer[]> {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-writers-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, 'disk.img');
  writeFileSync(source, Buffer.alloc(1 << 20));
  return Promise.all(
    limits.map(async (writers) => {
      const { item } = await openExport({ source, serial: 'S1', readOnly: false, writers });
      const exporter = new Exporter();
      exporter.add(item);
      t.after(() => exporter.close());
      return { item, address: await net.listen(exporter, exporterConn()) };
    }),
  );
}

/** Clients, one at each of the exporters, until their links are cut. */
async function clientsAt(net: Net, places: readonly Offer[]): Promise<{ units: Unit[]; leave(): void }> {
  const links: Link[] = [];
  const units = places.map(async ({ address }) => {
    const node = new ClientNode(net);
    links.push(await node.link(address));
    return node.attach('S1', 1, { sweepMs: 5, askWritingMs: 10 });
  });
  return { units: await Promise.all(units), leave: () => links.forEach(cut) };
}

const isWritable = (unit: Unit): boolean => !unit.readOnly && unit.state === 'open';

test('a writer at another exporter of the same file is in the way, until it is done', async (t) => {
  const net = new Net(t);
  const { units } = await clientsAt(net, await offers(t, net, ['one', 'one']));
  const [first, second] = units as [Unit, Unit];
  const writer = await first.open('first');
  await write(writer, 0, ONES);
  const other = await second.open('second');
  assert.deepEqual([second.readOnly, second.writeRefusal], [true, 'other_writer']);
  const path = second.activePath as Path;
  const { openedMs } = path;
  const asked = countQuestions(path);
  await until(() => asked() >= 5, 'five questions');
  assert.equal(path.openedMs, openedMs, 'the sibling answers, and the open stays');
  await writer.close();
  await until(() => isWritable(second), 'the right to write');
  await write(other, 0, ONES);
  await other.close();
});

test('many write where both exporters say so; one of them that does not is heard', async (t) => {
  const net = new Net(t);
  const places = await offers(t, net, ['many', 'many', 'one']);
  const { units } = await clientsAt(net, places);
  const [first, second, third] = units as [Unit, Unit, Unit];
  const users = [await first.open('first'), await second.open('second')];
  for (const user of users) await write(user, 0, ONES);
  const strict = await third.open('third');
  assert.equal(third.writeRefusal, 'other_writer', 'it is promised to be alone');
  for (const user of users) await user.close();
  await until(() => isWritable(third), 'the right to write');
  const again = await first.open('first, again');
  assert.equal(first.writeRefusal, 'other_writer', 'and that is kept by the others');
  for (const user of [strict, again]) await user.close();
});

test('a client let pass by a sibling, and then overtaken by a lower one there, is not let in', async (t) => {
  const net = new Net(t);
  const items: Export[] = [];
  let arrive: () => void = () => {};
  const underway = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  /** What the other answers is `late`, or comes at once. */
  const itemBeside = (other: 0 | 1, late?: Promise<void>): Export =>
    new Export({
      serial: 'S1',
      label: 'host/disk',
      open: async () => new TestMedium(1 << 20),
      siblings: {
        domain: '00'.repeat(16),
        opens: async (opening) => {
          const mayOpen = await items[other]?.opensAtSibling(opening);
          await late;
          return mayOpen === true;
        },
        close: async () => {},
      },
    });
  items.push(itemBeside(1), itemBeside(0, underway));
  const spans = await Promise.all(
    items.map(async (item) => {
      const client = await RawClient.connect(t, (await startExporter(net, [item])).address);
      return { client, span: (await client.span()).msgid };
    }),
  );
  const [lower, higher] = spans as [(typeof spans)[0], (typeof spans)[0]];
  const early = higher.client.openAs(higher.span, { client: 'ff'.repeat(16), epoch: 1 });
  higher.client.send({ cmd: Command.LNK_PING });
  await higher.client.peer.next(({ cmd }) => cmd === (Command.LNK_PING | Flag.REPLY) >>> 0);
  const late = lower.client.openAs(lower.span, { client: '00'.repeat(16), epoch: 1 });
  assert.equal((await lower.client.answer(late)).error, 0);
  arrive();
  const { error, payload } = await higher.client.answer(early);
  assert.deepEqual([error, readOpenRefusal(payload)], [Wire.PARAM, 'other_writer']);
});

test(`${ROUNDS} times two clients at two exporters at once: never two writers, and one in the end`, async (t) => {
  const random = new Random();
  const net = new Net(t);
  const places = await offers(t, net, ['one', 'one']);
  const writers = (): number =>
    places.flatMap(({ item }) => [...item.sessions]).filter((one) => one.writable).length;
  let most = 0;
  for (const { item } of places) item.onSessions = () => (most = Math.max(most, writers()));
  const won = [0, 0];
  let shifts = 0;
  for (let round = 0; round < ROUNDS; round++) {
    // New clients each time, so that each may be the lower one.
    const { units, leave } = await clientsAt(net, places);
    const delays = units.map(() => random.integer(0, 12));
    const users = await Promise.all(
      units.map(async (unit, i) => {
        for (let turns = 0; turns < (delays[i] as number); turns++) await turn();
        return unit.open('racer');
      }),
    );
    if (!units.some(isWritable)) shifts++;
    await until(() => units.some(isWritable), `a writer, round ${round}`);
    assert.equal(units.filter(isWritable).length, 1, `round ${round}`);
    assert.equal(writers(), 1, `round ${round}`);
    const winner = units.findIndex(isWritable);
    won[winner] = (won[winner] as number) + 1;
    for (const user of users) await user.close();
    await until(() => places.every(({ item }) => item.sessions.size === 0), 'the end of the round');
    assert.equal(most, 1, `two writers at once, round ${round}`);
    leave();
  }
  t.diagnostic(`won by ${won.join(' and ')}; in ${shifts} rounds both had to ask again`);
});

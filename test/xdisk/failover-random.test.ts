import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dialect } from '../../electron/dmsg/dialect.ts';
import type { Link } from '../../electron/dmsg/link.ts';
import { Export } from '../../electron/target/export.ts';
import { turn } from '../block/support/until.ts';
import { Random } from '../dmsg/support/random.ts';
import { type ExporterNode, SHARED_CACHE, startExporter } from '../target/support/exporter-node.ts';
import { cut, Net } from '../target/support/net.ts';
import { TestMedium } from '../target/support/test-medium.ts';
import { ClientNode, settles } from './support/client-node.ts';
import { RandomLoad } from './support/load.ts';

const SIZE = 2 << 20;
const ROUNDS = 100;

/** One of the ways to the disk, with what can happen to it. */
class Way {
  readonly dialect: Dialect;
  readonly client: ClientNode;
  readonly item: Export;
  readonly node: ExporterNode;
  link: Link | undefined;

  constructor(client: ClientNode, item: Export, node: ExporterNode, dialect: Dialect) {
    this.client = client;
    this.item = item;
    this.node = node;
    this.dialect = dialect;
  }

  async up(): Promise<void> {
    if (this.link?.state !== 'up') this.link = await this.client.link(this.node.address, this.dialect);
    await this.item.online();
  }

  /** Something goes wrong. */
  async trouble(kind: number): Promise<void> {
    const theirs = this.node.links[0];
    if (kind === 0 && this.link !== undefined) cut(this.link);
    else if (kind === 1 && theirs !== undefined) cut(theirs);
    else if (kind === 2) this.item.endSessions();
    else if (kind === 3) await this.item.offline();
  }
}

/** Bring back what is down; the end of a link may still be on its way. */
async function mend(ways: readonly Way[]): Promise<void> {
  await Promise.all(ways.map((way) => way.up()));
  await turn();
}

for (const dialect of ['2014', 'current'] as const) {
  test(`${dialect}: paths lost at random moments, ${ROUNDS} times: every request ends once, and well`, async (t) => {
    const random = new Random();
    const net = new Net(t);
    const client = new ClientNode(net);
    const content = Buffer.alloc(SIZE);
    const ways: Way[] = [];
    for (let i = 0; i < 2; i++) {
      const item = new Export({
        serial: 'S1',
        label: `host${i}/disk`,
        verifier: SHARED_CACHE,
        open: async () => new TestMedium(content, { synchronous: random.next() < 0.3 }),
      });
      const way = new Way(client, item, await startExporter(net, [item], { dialect }), dialect);
      await way.up();
      ways.push(way);
    }
    const unit = await client.attach('S1', 2);
    const user = await unit.open('test');
    const load = new RandomLoad(user, random);
    for (let round = 0; round < ROUNDS; round++) {
      const due = load.ended + random.integer(20, 80);
      const troubles: Promise<void>[] = [];
      while (load.ended < due) {
        while (load.running < 40 && random.next() < 0.9) load.start();
        if (troubles.length < 2 && random.next() < 0.2) {
          troubles.push(random.pick(ways).trouble(random.integer(0, 3)));
        }
        // Whoever is down comes back, so that there is an end.
        if (random.next() < 0.3) await Promise.all([...troubles, mend(ways)]);
        await turn();
      }
      await Promise.all(troubles);
      while (load.running > 0) await mend(ways);
      load.check(content, `round ${round}`);
      assert.deepEqual([unit.stats.inFlight, unit.waiting], [0, 0]);
    }
    const { retries, errors } = unit.stats.counters();
    assert.ok(retries > ROUNDS, `only ${retries} commands were lost`);
    assert.equal(errors, 0);
    await user.close();
    while (unit.paths.size !== 2) await mend(ways);
    for (const way of ways) {
      await settles(way.link as Link, 1);
      assert.equal(way.item.sessions.size, 0);
    }
  });
}

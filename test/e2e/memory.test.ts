import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Command, OpenMode } from '../../electron/dmsg/constants.ts';
import { Link, type LinkUser } from '../../electron/dmsg/link.ts';
import { clientConn, LINK_DEFAULTS } from '../../electron/dmsg/link-options.ts';
import { parseAddress } from '../../electron/stream/address.ts';
import { connect } from '../../electron/stream/connect.ts';
import { USUAL_LIMITS } from '../../shared/limits.ts';
import { randomFile } from './support/data.ts';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { GreedyNbdPeer } from './support/nbd-peer.ts';
import { withoutProc } from './support/needs.ts';
import { introduced, message, Peer, WANTS_NOTHING } from './support/peer.ts';
import { peakRssMib, rssMib } from './support/rss.ts';
import { Sandbox } from './support/sandbox.ts';

const MIB = 1 << 20;
const LINKS = 1000;
const IDLE_LIMIT_MIB = 300;
const GREEDY_LIMIT_MIB = 250;
/** 128 MiB may wait for a peer. */
const FLOOD_LIMIT_MIB = 320;
const SIZE_BYTES = 64 * MIB;
const GREEDY_READS = 4000;
const HANDSHAKE_MS = 10_000;
const TIMEOUT_MS = 120_000;

test('silent, idle and greedy peers', { skip: withoutProc, timeout: TIMEOUT_MS }, async (t) => {
  const dropped = silentPeersDropped(t);
  dropped.catch(() => {}); // looked at below, after the other tests
  await t.test(`${LINKS} idle links`, idleLinks);
  await t.test('a peer that sends and never reads', sendsAndNeverReads);
  await t.test('a peer that asks for much and takes nothing', asksAndNeverTakes);
  await t.test('an NBD client that asks for much and takes nothing', nbdAsksAndNeverTakes);
  await t.test('connections that say nothing are dropped', async (sub) => {
    for (const [name, ms] of await dropped) {
      sub.diagnostic(`${name}: dropped after ${(ms / 1000).toFixed(1)} s`);
      assert.ok(ms >= HANDSHAKE_MS - 100 && ms < HANDSHAKE_MS + 3000, name);
    }
  });
});

/** Connections to everything that listens, on which nothing is said. @returns ms until each is dropped */
async function silentPeersDropped(t: TestContext): Promise<[string, number][]> {
  const box = new Sandbox(t);
  const exporter = await exported(box, 'memory:16M');
  const router = await box.start('route', '--listen', ANY_PORT);
  const gateway = `unix:${box.path('silent')}`;
  await box.start('attach', addressOf(exporter), '--nbd', gateway);
  const targets = { export: addressOf(exporter), route: addressOf(router), gateway };
  return Promise.all(
    Object.entries(targets).map(async ([name, address]): Promise<[string, number]> => {
      const peer = await Peer.silent(address);
      box.after(() => peer.destroy());
      const startMs = performance.now();
      await peer.closed;
      return [name, performance.now() - startMs];
    }),
  );
}

async function idleLinks(t: TestContext): Promise<void> {
  const box = new Sandbox(t);
  const exporter = await exported(
    box,
    'memory:16M',
    '--serial',
    'BUSY',
    '--limit',
    `links_per_address=${LINKS + 1}`,
  );
  const before = rssMib(exporter.pid);
  const links: Link[] = [];
  box.after(() => {
    for (const link of links) link.close();
  });
  const address = addressOf(exporter);
  for (let i = 0; i < LINKS; i++) links.push(await idleLink(address));
  const after = rssMib(exporter.pid);
  t.diagnostic(`RSS ${before.toFixed(0)} MiB alone, ${after.toFixed(0)} MiB with ${LINKS} links`);
  assert.ok(after < IDLE_LIMIT_MIB);
  await serves(box, address, 'BUSY');
  assert.equal(links.filter(({ state }) => state === 'up').length, LINKS);
}

async function idleLink(address: string): Promise<Link> {
  const stream = await connect(parseAddress(address));
  return new Promise((resolve, reject) => {
    const user: LinkUser = {
      up: resolve,
      spanOffered: () => ({ message: () => {}, lost: () => {} }),
      down: (_link, error) => reject(error),
    };
    new Link(stream, { ...LINK_DEFAULTS, limits: USUAL_LIMITS, side: 'dialer', conn: clientConn() }, user);
  });
}

/** Another client is served: it copies the whole disk. */
async function serves(box: Sandbox, address: string, serial: string): Promise<void> {
  await box.events('copy', `dmsg://${address}/${serial}`, box.path('copy'), '--verify');
}

async function sendsAndNeverReads(t: TestContext): Promise<void> {
  const box = new Sandbox(t);
  const exporter = await exported(
    box,
    'memory:16M',
    '--serial',
    'PINGED',
    '--limit',
    'control_messages=1000000000',
  );
  const address = addressOf(exporter);
  const peer = await introduced(box, address, WANTS_NOTHING);
  peer.stopReading();
  const flooding = floodWithPings(peer);
  await serves(box, address, 'PINGED');
  const line = await exporter.waitForLog(['link ended', 'wait']);
  t.diagnostic(`peak RSS ${peakRssMib(exporter.pid).toFixed(0)} MiB; ${line}`);
  assert.ok(peakRssMib(exporter.pid) < FLOOD_LIMIT_MIB);
  await flooding;
}

/** Send pings, each of which is to be answered, until the other side has enough. */
async function floodWithPings(peer: Peer): Promise<void> {
  while (peer.sequence !== 0) peer.send({ cmd: Command.LNK_PING });
  const round = Buffer.concat(
    Array.from({ length: 256 }, (_, sequence) => message(sequence, { cmd: Command.LNK_PING })),
  );
  const rounds = Buffer.concat(Array.from({ length: 16 }, () => round));
  while (await peer.sendBytes(rounds));
}

async function asksAndNeverTakes(t: TestContext): Promise<void> {
  const box = new Sandbox(t);
  const file = box.path('disk.img');
  await randomFile(file, SIZE_BYTES);
  const exporter = await exported(box, file, '--serial', 'GREEDY');
  const address = addressOf(exporter);
  const peer = await introduced(box, address);
  const open = await peer.open(OpenMode.READ);
  peer.stopReading();
  for (let i = 0; i < GREEDY_READS; i++) peer.read(open, (i * MIB) % SIZE_BYTES, MIB);
  await serves(box, address, 'GREEDY');
  const peak = peakRssMib(exporter.pid);
  t.diagnostic(`peak RSS ${peak.toFixed(0)} MiB with ${GREEDY_READS} reads of 1 MiB asked`);
  assert.ok(peak < GREEDY_LIMIT_MIB);
}

async function nbdAsksAndNeverTakes(t: TestContext): Promise<void> {
  const box = new Sandbox(t);
  const file = box.path('disk.img');
  await randomFile(file, SIZE_BYTES);
  const { client, uri } = await attached(box, [addressOf(await exported(box, file))]);
  const socket = new URL(uri).searchParams.get('socket') as string;
  const peer = await GreedyNbdPeer.open(socket, client.ready.unit);
  box.after(() => peer.destroy());
  peer.readMany(GREEDY_READS, MIB, SIZE_BYTES);
  await box.events('copy', uri, box.path('copy'), '--verify');
  const peak = peakRssMib(client.pid);
  t.diagnostic(`peak RSS ${peak.toFixed(0)} MiB with ${GREEDY_READS} reads of 1 MiB asked`);
  assert.ok(peak < GREEDY_LIMIT_MIB);
}

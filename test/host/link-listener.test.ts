import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Link, LinkUser } from '../../electron/dmsg/link.ts';
import { exporterConn } from '../../electron/dmsg/link-options.ts';
import { listenForLinks } from '../../electron/host/link-listener.ts';
import type { LinkSetup } from '../../electron/host/link-setup.ts';
import { Trust } from '../../electron/host/trust/trust.ts';
import type { Address } from '../../electron/stream/address.ts';
import type { ByteStream } from '../../electron/stream/byte-stream.ts';
import { connect } from '../../electron/stream/connect.ts';
import { connectTls } from '../../electron/stream/tls.ts';
import { limitsWith } from '../../shared/limits.ts';
import type { SetLimits } from '../../shared/model/limits.ts';
import { until } from '../block/support/until.ts';
import { Peer } from '../e2e/support/peer.ts';
import { makeKey } from '../stream/support/keys.ts';
import { KeepingSink } from '../stream/support/sink.ts';
import { ANY } from '../stream/support/tls-pair.ts';
import { collectedLog } from './support/log.ts';

const TRIES = 10;
/** A place that is not given back is a failure, not a wait for ever. */
const LIMIT_MS = 15_000;
const ROOM: SetLimits = { links_per_listener: 3, links_per_address: 3, unintroduced_links: 2 };

async function listening(t: TestContext, tls: boolean, admitted: string) {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-listener-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const { log, lines } = collectedLog();
  const limited: string[] = [];
  const setup: LinkSetup = {
    dialect: 'auto',
    insecurePlain: false,
    tls,
    trust: new Trust(folder, log),
    log,
    limits: limitsWith(ROOM),
    limited: (_remote, reason) => limited.push(reason),
  };
  const standing = new Set<Link>();
  const user: LinkUser = {
    up: (link) => standing.add(link),
    spanOffered: () => null,
    down: (link) => standing.delete(link),
  };
  /** All links have ended here as well: addresses are counted for the whole process. */
  const allGone = (): Promise<void> => until(() => standing.size === 0, 'the end of all links');
  const admit = (key: string): string | undefined => (key === admitted ? undefined : 'it may not');
  const listener = await listenForLinks(setup, ANY, exporterConn(), user, admit);
  const peers: Peer[] = [];
  t.after(async () => {
    for (const peer of peers) peer.destroy();
    await listener.close();
    await allGone();
  });
  const introduced = async (stream: ByteStream): Promise<Peer> => {
    const peer = await Peer.introducedOn(stream);
    peers.push(peer);
    return peer;
  };
  return { address: listener.address, lines, limited, introduced, allGone };
}

/** Come and go ten times, each time until the other side has ended it. */
async function again(come: () => Promise<ByteStream>, bytes = Buffer.alloc(0)): Promise<void> {
  for (let i = 0; i < TRIES; i++) {
    const stream = await come();
    const sink = new KeepingSink(stream);
    if (bytes.length > 0) stream.write([bytes], () => {});
    else stream.end();
    await sink.closedWith;
    stream.destroy();
  }
}

/** Somebody who has not said who he is, and is the first to go if there is no room. */
async function waiting(t: TestContext, address: Address): Promise<KeepingSink> {
  const stream = await connect(address);
  t.after(() => stream.destroy());
  return new KeepingSink(stream);
}

const HTTP = Buffer.from('GET / HTTP/1.1\r\n\r\n');

test('whoever goes, in whatever way, leaves room for the next (plain)', { timeout: LIMIT_MS }, async (t) => {
  const { address, lines, limited, introduced, allGone } = await listening(t, false, '');
  const plain = (): Promise<ByteStream> => connect(address);
  const early = await waiting(t, address);
  await again(plain);
  await again(plain, HTTP);
  assert.deepEqual([limited, early.closedCount], [[], 0], 'nobody had to make room');
  for (let i = 0; i < TRIES; i++) {
    const peer = await introduced(await plain());
    peer.destroy();
    await allGone();
  }
  // As many as there is room for are there at once.
  await waitForRoom(introduced, plain);
  assert.equal(lines.filter((line) => line.includes('not DMSG')).length, 1);
});

test('whoever goes, in whatever way, leaves room for the next (TLS)', { timeout: LIMIT_MS }, async (t) => {
  const good = makeKey();
  const { address, lines, limited, introduced } = await listening(t, true, good.fingerprint);
  const secure = (): Promise<ByteStream> => connectTls(address, good);
  const early = await waiting(t, address);
  await again(() => connect(address), HTTP); // no TLS
  await again(() => connectTls(address, makeKey()), HTTP); // a key that may not be here
  await again(secure, HTTP); // no DMSG
  await again(secure);
  assert.deepEqual([limited, early.closedCount], [[], 0], 'nobody had to make room');
  await waitForRoom(introduced, secure);
  assert.equal(lines.filter((line) => line.includes('without TLS')).length, 1);
  assert.equal(lines.filter((line) => line.includes('not DMSG')).length, 1);
});

/** Three links stand at once, and a fourth is refused. */
async function waitForRoom(
  introduced: (stream: ByteStream) => Promise<Peer>,
  come: () => Promise<ByteStream>,
): Promise<void> {
  for (let i = 0; i < 3; i++) await introduced(await come());
  await assert.rejects(
    (async () => {
      const sink = new KeepingSink(await come());
      await sink.closedWith;
      throw new Error('closed');
    })(),
  );
}

test('a limit is told to who asked for it, once for an address', { timeout: LIMIT_MS }, async (t) => {
  const { address, limited, introduced } = await listening(t, false, '');
  for (let i = 0; i < 3; i++) await introduced(await connect(address));
  for (let i = 0; i < 5; i++) await new KeepingSink(await connect(address)).closedWith;
  assert.deepEqual(limited, ['3 links from 127.0.0.1 (limit links_per_address=3)']);
});

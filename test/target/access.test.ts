import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Command, OpenMode, Wire } from '../../electron/dmsg/constants.ts';
import { Link } from '../../electron/dmsg/link.ts';
import { exporterConn, LINK_DEFAULTS } from '../../electron/dmsg/link-options.ts';
import { openExport } from '../../electron/host/export-source.ts';
import { connect } from '../../electron/stream/connect.ts';
import { listen } from '../../electron/stream/listen.ts';
import { connectTls, listenTls } from '../../electron/stream/tls.ts';
import type { AllowList } from '../../electron/target/access.ts';
import { Exporter } from '../../electron/target/exporter.ts';
import { USUAL_LIMITS } from '../../shared/limits.ts';
import { Peer } from '../e2e/support/peer.ts';
import { makeKey, type TestKey } from '../stream/support/keys.ts';
import { ANY } from '../stream/support/tls-pair.ts';

const DATA = Buffer.alloc(4096, 0x77);

/** An exporter of one disk in memory with a plain and a TLS listener, which let everybody in. */
async function setup(t: TestContext, allow: AllowList) {
  const exporter = new Exporter();
  const { item } = await openExport({ source: 'memory:1M', readOnly: false, allow });
  exporter.add(item);
  const options = { ...LINK_DEFAULTS, limits: USUAL_LIMITS, side: 'listener', conn: exporterConn() } as const;
  const plain = await listen(ANY, (stream) => new Link(stream, options, exporter));
  const tls = await listenTls(
    ANY,
    makeKey(),
    USUAL_LIMITS,
    (stream) => new Link(stream, options, exporter),
    () => {},
  );
  const peers: Peer[] = [];
  const keep = (peer: Peer): Peer => {
    peers.push(peer);
    return peer;
  };
  t.after(async () => {
    for (const peer of peers) peer.destroy();
    await exporter.close();
    await Promise.all([plain.close(), tls.close()]);
  });
  return {
    exporter,
    item,
    withKey: async (key: TestKey) => keep(await Peer.introducedOn(await connectTls(tls.address, key))),
    withoutKey: async () => keep(await Peer.introducedOn(await connect(plain.address))),
    setAllow: (list: AllowList) => {
      item.setAllow(list);
      exporter.reoffer(item);
    },
  };
}

/** Whether a disk is offered: spans follow the introduction, and an answered ping follows the spans. */
async function sees(peer: Peer): Promise<boolean> {
  await peer.pinged();
  return peer.raw.inbox.some(({ cmd }) => (cmd & 0x00ffffff) === Command.LNK_SPAN);
}

test('who sees an export: keys on its list; without a list, whoever comes without a key', async (t) => {
  const [known, stranger] = [makeKey(), makeKey()];
  const listed = await setup(t, new Map([[known.fingerprint, 'rw']]));
  assert.deepEqual(
    [
      await sees(await listed.withKey(known)),
      await sees(await listed.withKey(stranger)),
      await sees(await listed.withoutKey()),
    ],
    [true, false, false],
  );
  const open = await setup(t, new Map());
  assert.deepEqual(
    [await sees(await open.withKey(known)), await sees(await open.withoutKey())],
    [false, true],
  );
});

test('a session that may only read from now on goes on reading, and its writes are refused', async (t) => {
  const key = makeKey();
  const { setAllow, withKey } = await setup(t, new Map([[key.fingerprint, 'rw']]));
  const peer = await withKey(key);
  const span = await peer.span();
  const { id: open } = await peer.tryOpen(span, OpenMode.READ | OpenMode.WRITE);
  assert.equal((await peer.ranged(open, Command.BLK_WRITE, 0, DATA.length, DATA)).error, 0);
  setAllow(new Map([[key.fingerprint, 'ro']]));
  for (const [command, payload] of [
    [Command.BLK_WRITE, Buffer.alloc(4096)],
    [Command.BLK_FREEBLKS, Buffer.alloc(0)],
  ] as const) {
    assert.equal((await peer.ranged(open, command, 0, 4096, payload)).error, Wire.IO);
  }
  const read = await peer.answer(peer.read(open, 0, DATA.length));
  assert.deepEqual(read.payload, DATA, 'read, and as it was written');
  assert.equal((await peer.tryOpen(span, OpenMode.READ | OpenMode.WRITE)).error, Wire.PARAM);
});

test('a session without any right ends, its span goes, and comes back with the right', async (t) => {
  const key = makeKey();
  const { setAllow, withKey, item } = await setup(t, new Map([[key.fingerprint, 'rw']]));
  const peer = await withKey(key);
  const span = await peer.span();
  const { id: open } = await peer.tryOpen(span, OpenMode.READ);
  setAllow(new Map([[makeKey().fingerprint, 'rw']]));
  const end = await peer.answer(open);
  assert.equal(end.error, Wire.LOSTLINK);
  assert.equal(item.sessions.size, 0);
  await peer.raw.next(({ msgid, cmd }) => msgid === span && (cmd & 0x00ffffff) !== Command.BLK_OPEN);
  setAllow(new Map([[key.fingerprint, 'ro']]));
  assert.notEqual(await peer.span(), span);
});

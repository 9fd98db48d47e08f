import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { DecodedMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag, OpenMode, PeerType, PfsType } from '../../electron/dmsg/constants.ts';
import { exporterConn } from '../../electron/dmsg/link-options.ts';
import { EMPTY_SPAN } from '../../electron/dmsg/span.ts';
import { parseAddress } from '../../electron/stream/address.ts';
import { connect } from '../../electron/stream/connect.ts';
import { connectTls } from '../../electron/stream/tls.ts';
import { LIMITS, type LimitName } from '../../shared/limits.ts';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { withoutProc } from './support/needs.ts';
import { introduced, message, Peer, WANTS_NOTHING } from './support/peer.ts';
import { peakRssMib } from './support/rss.ts';
import { Sandbox } from './support/sandbox.ts';
import { Steady } from './support/steady.ts';
import { contextOf, hostOf } from './support/trusted.ts';

const MIB = 1 << 20;
const UNKNOWN_COMMAND = 0x00001a01;
const TIMEOUT_MS = 60_000;
/** A peer that went over a limit is dialled again after 4 s at the earliest. */
const SELDOM_SECONDS = 4;
/** A good client has to wait no longer, on a machine that may be busy. */
const SERVED_MS = 500;
/** An idle exporter has 60 to 90 MiB. */
const MEMORY_LIMIT_MIB = 220;
/** What one turn of the event loop may add to what waits: the answers to what was read at once. */
const TURN_BYTES = MIB;
const FREE = ['--limit', 'control_messages=1000000000'];

interface Offence {
  readonly limit: LimitName;
  readonly value: number;
  readonly more?: readonly string[];
  /** Beside the limit, its value and name. */
  readonly reason: RegExp;
  readonly commit: (box: Sandbox, address: string) => Promise<Peer>;
}

const SPAN = { ...EMPTY_SPAN, peerType: PeerType.BLOCK, pfsType: PfsType.SERVER, sizeBytes: 1n << 20n };

function offer(peer: Peer, count: number): void {
  for (let i = 0; i < count; i++) {
    const span = { ...SPAN, pfsLabel: `N${i}` };
    peer.send({ cmd: Command.LNK_SPAN | Flag.CREATE, msgid: peer.id(), body: { kind: 'span', span } });
  }
}

/** 256 messages at a time, each with an id of its own, until the other side hangs up. */
async function flood(peer: Peer, given: Partial<DecodedMessage> & { cmd: number }): Promise<void> {
  while (peer.sequence !== 0) peer.send({ cmd: Command.LNK_PING | Flag.REPLY });
  const round = Buffer.concat(
    Array.from({ length: 256 }, (_, sequence) =>
      message(
        sequence,
        given.msgid === undefined ? given : { ...given, msgid: given.msgid + BigInt(sequence) },
      ),
    ),
  );
  while (await peer.sendBytes(round));
}

async function pinging(box: Sandbox, address: string): Promise<Peer> {
  const peer = await introduced(box, address, WANTS_NOTHING);
  void flood(peer, { cmd: Command.LNK_PING });
  return peer;
}

const OFFENCES: readonly Offence[] = [
  {
    limit: 'waiting_bytes',
    value: 8 * MIB,
    more: FREE,
    reason: /(\d+) bytes wait for the peer/,
    commit: async (box, address) => {
      const peer = await introduced(box, address, WANTS_NOTHING);
      peer.stopReading();
      void flood(peer, { cmd: Command.LNK_PING });
      return peer;
    },
  },
  {
    limit: 'transactions',
    value: 128,
    reason: /more than 128 open transactions/,
    commit: async (box, address) => {
      const peer = await introduced(box, address);
      for (let i = 0; i <= 128; i++) peer.send({ cmd: UNKNOWN_COMMAND | Flag.CREATE, msgid: peer.id() });
      return peer;
    },
  },
  {
    limit: 'spans',
    value: 3,
    reason: /more than 3 spans/,
    commit: async (box, address) => {
      const peer = await introduced(box, address);
      offer(peer, 4);
      return peer;
    },
  },
  {
    limit: 'control_messages',
    value: 1_000,
    reason: /more than 1000 control messages a second/,
    commit: pinging,
  },
  {
    limit: 'control_messages',
    value: 1_001,
    reason: /more than 1001 control messages a second/,
    // Transactions opened and closed at once.
    commit: async (box, address) => {
      const peer = await introduced(box, address);
      const cmd = UNKNOWN_COMMAND | Flag.CREATE | Flag.DELETE;
      void flood(peer, { cmd, msgid: 0x9000n });
      return peer;
    },
  },
  {
    limit: 'control_messages',
    value: 1_002,
    reason: /more than 1002 control messages a second/,
    // A disk opened and closed, again and again.
    commit: async (box, address) => {
      const peer = await introduced(box, address);
      const circuit = await peer.span();
      const cmd = Command.BLK_OPEN | Flag.CREATE | Flag.DELETE | Flag.REVCIRC;
      void flood(peer, { cmd, msgid: 0x9000n, circuit, body: { kind: 'open', modes: OpenMode.READ } });
      return peer;
    },
  },
  {
    limit: 'handshake_seconds',
    value: 0.3,
    reason: /no LNK_CONN in 0.3 s/,
    commit: async (box, address) => {
      const peer = await Peer.silent(address);
      box.after(() => peer.destroy());
      return peer;
    },
  },
  {
    limit: 'silent_seconds',
    value: 1,
    reason: /no answer for \d+ ms/,
    commit: async (box, address) => {
      const peer = await introduced(box, address, WANTS_NOTHING);
      peer.stopReading();
      return peer;
    },
  },
  {
    limit: 'stuck_seconds',
    value: 1,
    reason: /took none of \d+ waiting bytes for 1 s/,
    commit: async (box, address) => {
      const peer = await introduced(box, address);
      const open = await peer.open(OpenMode.READ);
      peer.stopReading();
      for (let i = 0; i < 64; i++) peer.read(open, 0, MIB);
      return peer;
    },
  },
];

function flags({ limit, value, more = [] }: Offence): string[] {
  return ['--limit', `${limit}=${value}`, ...more];
}

suite('a peer over a limit loses its link, and nobody else', {
  skip: withoutProc,
  timeout: TIMEOUT_MS,
}, () => {
  for (const offence of OFFENCES) {
    test(`${offence.limit}=${offence.value}`, async (t) => {
      const box = new Sandbox(t);
      const exporter = await exported(box, 'memory:16M', ...flags(offence));
      const address = addressOf(exporter);
      const good = await Steady.start(box, address);
      await good.served();
      const mark = exporter.logMark;
      const bad = await offence.commit(box, address);
      const line = await exporter.waitForLog(['link ended', `limit ${offence.limit}=${offence.value}`], mark);
      bad.destroy();
      const [, number] = offence.reason.exec(line) ?? assert.fail(line);
      if (offence.limit === 'waiting_bytes') {
        assert.ok(Number(number) < offence.value + TURN_BYTES, line);
      }
      const { rounds, longestMs } = await good.stop();
      const peak = peakRssMib(exporter.pid);
      t.diagnostic(
        `${rounds} rounds of another client, the longest ${longestMs.toFixed(0)} ms; peak ${peak.toFixed(0)} MiB`,
      );
      assert.ok(peak < MEMORY_LIMIT_MIB, `${peak} MiB`);
      assert.equal(exporter.logLines.filter((text) => text.includes('link ended')).length, 1);
      await exporter.stop();
    });
  }
});

for (const limit of ['links_per_address', 'links_per_listener', 'links'] as const) {
  test(`${limit}: one link more is closed at once, told of once, and those that stand are left`, async (t) => {
    const box = new Sandbox(t);
    const exporter = await exported(box, 'memory:16M', '--limit', `${limit}=3`);
    const address = addressOf(exporter);
    const good = await Steady.start(box, address);
    const last = await introduced(box, address);
    await introduced(box, address);
    for (let i = 0; i < 5; i++) {
      const refused = await Peer.silent(address);
      await refused.closed;
    }
    await good.served();
    const told = exporter.logLines.filter((line) => line.includes('refused'));
    assert.equal(told.length, 1, told.join('\n'));
    assert.match(told[0] as string, new RegExp(`refused 127.0.0.1:\\d+: 3 links.*limit ${limit}=3`));
    // Who leaves makes room.
    const mark = exporter.logMark;
    last.destroy();
    await exporter.waitForLog(['link ended'], mark);
    await introduced(box, address);
    await good.stop();
    await exporter.stop();
  });
}

for (const tls of [false, true]) {
  test(`300 connections that say nothing do not keep a good client out (${tls ? 'TLS' : 'plain'})`, async (t) => {
    const SILENT = 300;
    const { box, fingerprint } = await hostOf(t);
    const exporter = await exported(box, 'memory:16M', ...(tls ? ['--tls', '--allow', fingerprint] : []));
    const address = addressOf(exporter);
    const silent = await Promise.all(Array.from({ length: SILENT }, () => Peer.silent(address)));
    box.after(() => {
      for (const peer of silent) peer.destroy();
    });
    const closed = (peer: Peer): Promise<unknown> => peer.closed.catch(() => {});
    await Promise.all(silent.slice(0, SILENT - LIMITS.unintroduced_links.usual).map(closed));
    const key = tls ? { context: contextOf(box) } : undefined;
    const startMs = performance.now();
    const to = parseAddress(address);
    const peer = await Peer.introducedOn(await (key === undefined ? connect(to) : connectTls(to, key)));
    await peer.span();
    const ms = performance.now() - startMs;
    peer.destroy();
    t.diagnostic(`connected, introduced and offered a disk in ${ms.toFixed(1)} ms`);
    assert.ok(ms < SERVED_MS, `${ms} ms`);
    const lines = exporter.logLines.filter((line) => line.includes('unintroduced_links'));
    assert.equal(lines.length, 1, lines.join('\n'));
    assert.match(lines[0] as string, /made room for a newer connection: 64 connections here/);
    await exporter.stop();
  });
}

test('a router holds its peers to the limits, and so does who dials', async (t) => {
  const box = new Sandbox(t);
  const limits = ['--limit', 'spans=3', '--limit', 'control_messages=1000', '--limit', 'transactions=128'];
  const router = await box.start('route', '--listen', ANY_PORT, ...limits);
  const hub = addressOf(router);
  await box.start('export', 'memory:16M', '--serial', 'GOOD', '--connect', hub);
  await router.waitForLog(['link up']);
  const good = await Steady.start(box, hub);
  const bad = await introduced(box, hub, exporterConn());
  offer(bad, 4);
  await router.waitForLog(['link ended', 'limit spans=3']);
  // Opens that go on to the exporter end the link of who sends them, not ours to the exporter.
  const opener = await introduced(box, hub);
  const circuit = await opener.span();
  const cmd = Command.BLK_OPEN | Flag.CREATE | Flag.DELETE | Flag.REVCIRC;
  void flood(opener, { cmd, msgid: 0x9000n, circuit, body: { kind: 'open', modes: OpenMode.READ } });
  await router.waitForLog(['link ended', 'limit control_messages=1000']);
  await good.served();

  // A peer that was dialled goes over a limit of the dialler.
  const flooder = await exported(box, 'memory:1M', 'memory:1M');
  const { client, uri } = await attached(
    box,
    [hub, addressOf(flooder)],
    '--limit',
    'spans=1',
    '--serial',
    'GOOD',
  );
  await client.waitForLog(['link ended', 'more than 1 spans offered (limit spans=1)']);
  await good.stop();
  const endedMs = performance.now();
  await box.events('copy', uri, box.path('copy'), '--verify');
  const ends = client.logLines.filter((line) => line.includes('link ended')).length;
  const seconds = (performance.now() - endedMs) / 1000;
  t.diagnostic(`${ends} ends of that link in ${seconds.toFixed(1)} s`);
  assert.ok(ends <= 2 + seconds / SELDOM_SECONDS, 'it is dialled again seldom');
  await client.stop();
});

test('--help lists the limits, with what is usual', async (t) => {
  const box = new Sandbox(t);
  for (const command of ['export', 'route', 'attach', 'spans', 'stat', 'copy', 'benchmark']) {
    const { stdout } = await box.cli(command, '--help');
    assert.match(stdout, /--limit <name=value>/, command);
    assert.match(stdout, /^ {2}waiting_bytes +bytes that wait for a peer \(128 MiB\)$/m, command);
    assert.match(stdout, /^ {2}control_messages .*\(10,000 a second\)$/m, command);
  }
});

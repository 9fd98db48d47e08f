import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Command, PeerType, PfsType } from '../../electron/dmsg/constants.ts';
import type { Dialect, DialectChoice } from '../../electron/dmsg/dialect.ts';
import { clientConn, exporterConn } from '../../electron/dmsg/link-options.ts';
import { connect } from '../../electron/stream/connect.ts';
import { type Listener, listen } from '../../electron/stream/listen.ts';
import { type End, linkedPair, linkOn, NEVER_MS, ping, quiet, within } from './support/test-link.ts';

/** What both sides come to speak; null where neither forced dialect gives way. */
const EXPECTED: Readonly<Record<DialectChoice, Readonly<Record<DialectChoice, Dialect | null>>>> = {
  auto: { auto: 'current', current: 'current', '2014': '2014' },
  current: { auto: 'current', current: 'current', '2014': null },
  '2014': { auto: '2014', current: null, '2014': '2014' },
};
const CHOICES = ['auto', 'current', '2014'] as const;

const servers: Listener[] = [];
after(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

/** Two links over TCP. */
async function socketPair(dialer: DialectChoice, listener: DialectChoice, seconds: number) {
  let accepted: (end: End) => void = () => {};
  const coming = new Promise<End>((resolve) => {
    accepted = resolve;
  });
  const server = await listen({ kind: 'tcp', host: '127.0.0.1', port: 0 }, (stream) => {
    accepted(
      linkOn(
        stream,
        quiet('listener', {
          dialect: listener,
          limits: { handshake_seconds: seconds },
          conn: exporterConn(),
        }),
      ),
    );
  });
  servers.push(server);
  const stream = await connect(server.address);
  const dialled = linkOn(
    stream,
    quiet('dialer', { dialect: dialer, limits: { handshake_seconds: seconds }, conn: clientConn() }),
  );
  return { dialer: dialled, listener: await within(coming, 'the connection') };
}

async function inMemory(dialer: DialectChoice, listener: DialectChoice, seconds: number) {
  return linkedPair(
    { dialect: dialer, limits: { handshake_seconds: seconds }, conn: clientConn() },
    { dialect: listener, limits: { handshake_seconds: seconds }, conn: exporterConn() },
  );
}

for (const [where, pairOf] of [
  ['in memory', inMemory],
  ['over TCP', socketPair],
] as const) {
  describe(`introductions ${where}`, { concurrency: true }, () => {
    for (const dialer of CHOICES) {
      for (const listener of CHOICES) {
        const expected = EXPECTED[dialer][listener];
        test(`dialer ${dialer}, listener ${listener}: ${expected ?? 'neither gives way'}`, async () => {
          const pair = await pairOf(dialer, listener, expected === null ? 0.1 : NEVER_MS);
          if (expected === null) await refused(pair);
          else await agreed(pair, expected);
        });
      }
    }
  });
}

async function agreed(pair: { dialer: End; listener: End }, expected: Dialect): Promise<void> {
  const ends = [pair.dialer, pair.listener];
  await within(Promise.all(ends.map(({ user }) => user.isUp)), 'the introduction');
  for (const { link } of ends) {
    assert.equal(link.dialect, expected);
    assert.equal(link.state, 'up');
    assert.equal(link.maxPayloadBytes, expected === '2014' ? 65_536 : 1_048_576);
  }
  const client = pair.listener.link.peer;
  const exporter = pair.dialer.link.peer;
  assert.equal(client?.peerMask, 1n << BigInt(PeerType.BLOCK));
  assert.equal(client?.peerType, expected === '2014' ? PeerType.BLOCK : PeerType.CLIENT);
  assert.equal(client?.pfsType, expected === '2014' ? PfsType.CLIENT : 0);
  assert.equal(client?.pfsLabel, expected === '2014' ? 'xdisk' : '');
  assert.equal(exporter?.peerType, PeerType.BLOCK);
  assert.match(exporter?.peerLabel ?? '', /\/spandrel$/);
  // Refusals of introductions the other does not know have come by now, and do no harm.
  for (const { link } of ends) await ping(link);
  for (const { link, user } of ends) {
    assert.equal(link.state, 'up');
    assert.equal(user.upCount, 1);
    assert.equal(user.downCount, 0);
    assert.equal(link.mux.size, 2, 'one introduction each way stays open');
  }
  pair.dialer.link.close();
  await within(Promise.all(ends.map(({ user }) => user.isDown)), 'the end');
}

async function refused(pair: { dialer: End; listener: End }): Promise<void> {
  for (const { user, link } of [pair.dialer, pair.listener]) {
    const error = await within(user.isDown, 'the failure');
    // The first to give up closes the connection on the other.
    assert.ok(error.code === 'handshake' || error.code === 'eof', error.code);
    assert.equal(user.upCount, 0);
    assert.equal(link.peer, undefined);
    assert.equal(link.mux.size, 0);
  }
  const errors = await Promise.all([pair.dialer.user.isDown, pair.listener.user.isDown]);
  const told = errors.find(({ code }) => code === 'handshake');
  assert.match(
    told?.message ?? '',
    /no LNK_CONN in 0\.1 s \(dialect (current|2014) is forced; does the peer/,
  );
}

test('the commands of the two introductions are told apart by their size', () => {
  assert.equal((Command.LNK_CONN & 0xff) * 64, 384);
  assert.equal((Command.LNK_CONN_2014 & 0xff) * 64, 512);
});

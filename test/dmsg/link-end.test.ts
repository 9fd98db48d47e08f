import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag, PeerType, PfsType } from '../../electron/dmsg/constants.ts';
import type { LinkError } from '../../electron/dmsg/link-error.ts';
import { clientConn, exporterConn, routerConn } from '../../electron/dmsg/link-options.ts';
import { EMPTY_SPAN } from '../../electron/dmsg/span.ts';
import type { Transaction } from '../../electron/dmsg/transaction.ts';
import { fields } from './support/fields.ts';
import { introduce, rawLink, rawUp } from './support/raw-link.ts';
import { eventually, ping, turns, upPair, within } from './support/test-link.ts';

const { CREATE, DELETE, REPLY, REVTRANS } = Flag;
const disk = { ...EMPTY_SPAN, peerType: PeerType.BLOCK, pfsType: PfsType.SERVER, sizeBytes: 1n << 20n };

async function downWith(end: { user: { isDown: Promise<LinkError> } }): Promise<LinkError> {
  return within(end.user.isDown, 'the end of the link');
}

describe('Link: time limits', { concurrency: true }, () => {
  test('a peer that says nothing at all', async () => {
    const raw = rawLink({ limits: { handshake_seconds: 0.001 } });
    const error = await downWith(raw);
    assert.equal(error.code, 'handshake');
    assert.equal(raw.user.upCount, 0);
    assert.equal(raw.stream.destroyed, true);
  });

  test('a peer that talks but does not introduce itself', async () => {
    const raw = rawLink({ limits: { handshake_seconds: 0.001 } });
    raw.peer.send({ cmd: Command.LNK_PING });
    assert.equal((await downWith(raw)).code, 'handshake');
  });

  test('a peer that falls silent', async () => {
    const raw = await rawUp({ pingMs: 1, limits: { silent_seconds: 0.001 } });
    const error = await downWith(raw);
    assert.equal(error.code, 'silent');
    const last = await within(raw.peer.next(), 'the ping it did not answer');
    assert.equal(last.cmd, Command.LNK_PING);
  });

  test('a peer that answers stays; without a ping out nothing is concluded', async () => {
    const { dialer } = await upPair({}, { limits: { silent_seconds: 1 } });
    const startMs = performance.now();
    dialer.link.beat(startMs + 500_000, false);
    assert.equal(dialer.link.state, 'up');
    await ping(dialer.link);
    dialer.link.beat(startMs + 900_000, false);
    assert.equal(dialer.link.state, 'up');
  });

  test('silence counts from the last beat at which something was heard', async () => {
    const raw = await rawUp({ pingMs: 0, limits: { silent_seconds: 1 } });
    const startMs = performance.now() + 1e6;
    raw.link.beat(startMs, false); // hears, pings
    await eventually(() => raw.link.unsentBytes === 0, 'the ping going out');
    raw.link.beat(startMs + 990, false);
    assert.equal(raw.link.state, 'up');
    raw.peer.send({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.from('busy') });
    await raw.user.until(() => raw.user.texts.length > 0, 'a sign of life');
    raw.link.beat(startMs + 1_500, false);
    raw.link.beat(startMs + 2_400, false);
    assert.equal(raw.link.state, 'up');
    raw.link.beat(startMs + 2_600, false);
    assert.equal(raw.link.state, 'down');
    assert.equal((await downWith(raw)).code, 'silent');
  });

  test('a process that slept itself concludes nothing', async () => {
    const raw = await rawUp({ pingMs: 0, limits: { silent_seconds: 1 } });
    const startMs = performance.now() + 1e6;
    raw.link.beat(startMs, false);
    await eventually(() => raw.link.unsentBytes === 0, 'the ping going out');
    raw.link.beat(startMs + 250, false);
    raw.link.beat(startMs + 500_000, true);
    raw.link.beat(startMs + 500_900, false);
    assert.equal(raw.link.state, 'up');
    raw.link.beat(startMs + 501_100, false);
    assert.equal(raw.link.state, 'down');
  });

  test('a link we do not read ourselves is not silent', async () => {
    const raw = await rawUp({ pingMs: 0, limits: { silent_seconds: 1 } });
    const startMs = performance.now() + 1e6;
    raw.link.beat(startMs, false);
    await eventually(() => raw.link.unsentBytes === 0, 'the ping going out');
    raw.link.pause();
    for (let ms = 0; ms <= 60_000; ms += 250) raw.link.beat(startMs + ms, false);
    assert.equal(raw.link.state, 'up');
    raw.link.resume();
    raw.link.beat(startMs + 60_900, false);
    assert.equal(raw.link.state, 'up');
    raw.link.beat(startMs + 61_100, false);
    assert.equal(raw.link.state, 'down');
  });

  test('a peer that takes nothing for too long, and one that lets too much wait', async () => {
    for (const [options, bytes] of [
      [{ limits: { stuck_seconds: 1 } }, 1_000],
      [{ limits: { waiting_bytes: 100_000 } }, 200_000],
    ] as const) {
      const raw = await rawUp(options);
      raw.stream.blocked = true;
      raw.link.mux.writer.begin(Command.DBG_SHELL | Flag.REPLY, 0, 0, 0, 0, 0);
      let released = 0;
      raw.link.mux.writer.finishWith(Buffer.alloc(bytes), () => released++);
      await turns();
      const startMs = performance.now() + 1;
      raw.link.beat(startMs, false);
      if (bytes === 1_000) assert.equal(raw.link.state, 'up');
      raw.link.beat(startMs + 2_000, false);
      assert.equal((await downWith(raw)).code, 'flood');
      await turns();
      assert.equal(released, 1, 'memory comes back');
      assert.equal(raw.link.unsentBytes >= 0, true);
    }
  });
});

describe('Link: bad peers', () => {
  test('HTTP', async () => {
    for (const request of [
      'GET / HTTP/1.1\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: nas.example\r\n'.padEnd(100, '.'),
    ]) {
      const raw = rawLink();
      raw.peer.sendBytes(Buffer.from(request));
      const error = await downWith(raw);
      assert.equal(error.code, 'sync');
      assert.match(error.message, /not DMSG/);
    }
  });

  test('one that closes between messages, in a header, in a payload', async () => {
    const message = encodeMessage(
      fields({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.alloc(5_000) }),
    );
    for (const [bytes, where] of [
      [0, ''],
      [1, ' in the middle of a message'],
      [63, ' in the middle of a message'],
      [64, ' in the middle of a message'],
      [3_000, ' in the middle of a message'],
      [message.length, ''],
    ] as const) {
      const raw = rawLink();
      if (bytes > 0) raw.peer.sendBytes(message.subarray(0, bytes));
      raw.peer.end();
      const error = await downWith(raw);
      assert.equal(error.code, 'eof');
      assert.equal(error.message, `the peer closed the connection${where}`);
      assert.equal(raw.link.mux.size, 0);
    }
  });

  test('each protocol violation ends its own link, and no other of the process', async () => {
    const good = await upPair({ dialer: clientConn(), listener: exporterConn() });
    const span = good.listener.link.offer(disk, { message: () => {}, lost: () => {} });
    await good.dialer.user.until(() => good.dialer.user.spans.length === 1, 'the span');
    const bad: [string, (raw: Awaited<ReturnType<typeof rawUp>>) => void][] = [
      ['sync', ({ peer }) => peer.sendBytes(Buffer.alloc(64))],
      [
        'header-crc',
        ({ peer }) =>
          peer.sendBytes(Buffer.from([0x32, 0x48, 0, 0, ...Buffer.alloc(28), 1, ...Buffer.alloc(31)])),
      ],
      ['sequence', ({ peer }) => peer.sendBytes(encodeMessage(fields({ cmd: Command.LNK_PING, salt: 77 })))],
      ['transaction', ({ peer }) => peer.send({ cmd: Command.LNK_ERROR, msgid: 0x99n })],
      ['field', ({ peer }) => peer.send({ cmd: Command.DBG_SHELL, payload: Buffer.alloc((1 << 20) + 1) })],
      [
        'flood',
        ({ peer }) => {
          for (let id = 1n; id <= 20n; id++) {
            peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: id, body: { kind: 'span', span: disk } });
          }
        },
      ],
    ];
    for (const [code, act] of bad) {
      const raw = await rawUp({ limits: { transactions: 10 } });
      act(raw);
      assert.equal((await downWith(raw)).code, code);
      await turns();
      assert.equal(raw.stream.destroyed, true);
      assert.equal(raw.user.downCount, 1);
      assert.equal(raw.link.mux.size, 0);
    }
    await ping(good.dialer.link);
    assert.equal(good.listener.link.state, 'up');
    good.listener.link.mux.end(span);
    await good.dialer.user.until(() => good.dialer.user.withdrawn === 1, 'the withdrawal');
    assert.equal(good.dialer.user.downCount + good.listener.user.downCount, 0);
  });

  test('the larger payload of the current generation is allowed only after its introduction', async () => {
    const raw = rawLink();
    raw.peer.send({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.alloc(65_536) });
    raw.peer.send({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.alloc(65_537) });
    assert.equal((await downWith(raw)).code, 'field');
    assert.equal(raw.user.texts.length, 1);
    for (const [dialect, largest] of [
      ['current', 1 << 20],
      ['2014', 65_536],
    ] as const) {
      const up = await rawUp({}, dialect);
      up.peer.send({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.alloc(largest) });
      await up.user.until(() => up.user.texts.length === 1, 'the largest payload');
      up.peer.send({ cmd: Command.DBG_SHELL | Flag.REPLY, payload: Buffer.alloc(largest + 1) });
      assert.equal((await downWith(up)).code, 'field');
    }
  });
});

describe('Link: close', () => {
  test('in order: spans withdrawn, introductions ended, then the connection', async () => {
    const { dialer, listener } = await upPair();
    dialer.link.offer(disk, { message: () => {}, lost: () => {} });
    await listener.user.until(() => listener.user.spans.length === 1, 'the span');
    dialer.link.close();
    assert.equal(dialer.link.state, 'closing');
    dialer.link.close();
    const theirs = await downWith(listener);
    assert.equal(theirs.code, 'eof');
    assert.match(theirs.message, /ended the link/);
    assert.equal(listener.user.withdrawn, 1);
    const ours = await downWith(dialer);
    assert.equal(ours.code, 'closed');
    assert.equal(dialer.user.downCount, 1);
    assert.equal(dialer.link.mux.size, 0);
    assert.equal(listener.link.mux.size, 0);
  });

  test('of a link whose peer goes on talking', async () => {
    const raw = await rawUp();
    raw.link.close();
    raw.peer.send({ cmd: Command.LNK_PING });
    raw.peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 7n, body: { kind: 'span', span: disk } });
    const error = await downWith(raw);
    assert.equal(error.code, 'closed');
    const ends = raw.peer.inbox.filter(({ cmd }) => (cmd & Flag.DELETE) !== 0);
    assert.ok(ends.length >= 2, 'both introductions were ended');
  });

  test('of a link whose peer does not answer: cut after a while', async () => {
    const raw = await rawUp();
    raw.peerStream.pause();
    raw.link.close();
    assert.equal((await downWith(raw)).code, 'closed');
  });

  test('before the introductions', async () => {
    const raw = rawLink();
    raw.link.close();
    assert.equal((await downWith(raw)).code, 'closed');
    assert.equal(raw.user.upCount, 0);
  });

  test('before the introduction of the peer arrives: it is not up any more', async () => {
    const raw = rawLink();
    raw.link.close();
    introduce(raw.peer);
    raw.peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 7n, body: { kind: 'span', span: disk } });
    assert.equal((await downWith(raw)).code, 'closed');
    assert.equal(raw.user.upCount, 0);
    assert.deepEqual(raw.user.spans, []);
  });

  test('by both sides at once', async () => {
    const { dialer, listener } = await upPair();
    dialer.link.close();
    listener.link.close();
    assert.equal((await downWith(dialer)).code, 'closed');
    assert.equal((await downWith(listener)).code, 'closed');
  });

  test('what is written on a link that is gone goes nowhere', async () => {
    const raw = await rawUp();
    let kept: Transaction | undefined;
    raw.user.take = (_link, _span, transaction) => {
      kept = transaction;
      return { message: () => {}, lost: () => {} };
    };
    raw.peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 7n, body: { kind: 'span', span: disk } });
    await raw.user.until(() => kept !== undefined, 'the span');
    raw.peer.destroy();
    await downWith(raw);
    raw.link.mux.end(kept as Transaction);
    const late = raw.link.mux.open(null, { message: () => {}, lost: () => {} });
    raw.link.mux.begin(late, Command.BLK_READ, true);
    raw.link.mux.writer.finish();
    await turns();
    assert.equal(raw.link.unsentBytes, 0);
    assert.equal(raw.user.downCount, 1);
  });

  test('twice at once is once', async () => {
    const raw = await rawUp();
    introduce(raw.peer, 'current', 0xc1n);
    introduce(raw.peer, 'current', 0xc2n);
    raw.peer.end();
    await downWith(raw);
    await turns();
    assert.equal(raw.user.downCount, 1);
  });
});

describe('Link: which spans a peer wants', () => {
  const spans = {
    disk,
    hammer2: { ...disk, peerType: PeerType.HAMMER2 },
    odd: { ...disk, peerType: 64 },
    admin: { ...disk, pfsType: PfsType.ADMIN },
  };

  for (const [name, conn, dialect, wanted] of [
    ['a client', clientConn(), 'current', ['disk', 'admin']],
    ['a client of 2014 filters by PFS type too', clientConn(), '2014', ['disk']],
    ['an exporter wants none', exporterConn(), 'current', []],
    ['an exporter of 2014 wants none', exporterConn(), '2014', []],
    ['a router', routerConn(), 'current', ['disk', 'hammer2', 'admin']],
    ['a router of 2014', routerConn(), '2014', ['disk', 'hammer2', 'admin']],
  ] as const) {
    test(`${name} (${dialect})`, async () => {
      const { listener } = await upPair({ dialer: conn }, { dialect });
      const admitted = Object.entries(spans).filter(([, span]) => listener.link.wants(span));
      assert.deepEqual(
        admitted.map(([key]) => key),
        wanted,
      );
    });
  }

  test('nothing before it introduced itself', () => {
    const raw = rawLink();
    assert.equal(raw.link.wants(disk), false);
  });
});

test('a peer that never ends what we have ended is dropped, and what came to its end does not count', async () => {
  const raw = await rawUp({ limits: { transactions: 3 } });
  const handler = { message: (ended: Transaction) => raw.link.mux.end(ended), lost: () => {} };
  const offerAndWithdraw = async (): Promise<bigint> => {
    raw.link.mux.end(raw.link.offer(disk, handler));
    const { msgid } = await within(
      raw.peer.next(({ body }) => body.kind === 'span'),
      'the span',
    );
    return msgid;
  };
  for (let i = 0; i < 10; i++) {
    const msgid = await offerAndWithdraw();
    raw.peer.send({ cmd: Command.LNK_ERROR | CREATE | DELETE | REPLY | REVTRANS, msgid });
    await eventually(() => raw.link.mux.size === 2, 'the agreement');
  }
  for (let i = 0; i < 3; i++) await offerAndWithdraw();
  await turns();
  assert.equal(raw.link.state, 'up');
  await offerAndWithdraw();
  const error = await downWith(raw);
  assert.equal(error.code, 'flood');
  assert.match(error.message, /has not ended 4 transactions.*transactions=3/);
});

test('the timer of an orderly close does not outlive the link', async (t) => {
  const { dialer, listener } = await upPair();
  const timers = t.mock.method(globalThis, 'setTimeout');
  const cleared = t.mock.method(globalThis, 'clearTimeout');
  dialer.link.close();
  const timer = timers.mock.calls.at(-1)?.result;
  assert.ok(timer !== undefined);
  await downWith(dialer);
  assert.ok(cleared.mock.calls.some((call) => call.arguments[0] === timer));
  await downWith(listener);
});

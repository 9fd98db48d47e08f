import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeMessage } from '../../electron/dmsg/codec.ts';
import { EMPTY_CONN } from '../../electron/dmsg/conn.ts';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import { LinkError } from '../../electron/dmsg/link-error.ts';
import { EMPTY_SPAN } from '../../electron/dmsg/span.ts';
import { fields } from './support/fields.ts';
import { introduce, rawLink, rawUp } from './support/raw-link.ts';
import { eventually, ping, turns, upPair, within } from './support/test-link.ts';

const { CREATE, DELETE, REPLY, REVTRANS } = Flag;
const disk = {
  ...EMPTY_SPAN,
  peerType: 2,
  pfsType: 3,
  sizeBytes: 1n << 20n,
  blockBytes: 512,
  pfsLabel: 'S1',
};

async function downWith(end: { user: { isDown: Promise<LinkError> } }): Promise<LinkError> {
  return within(end.user.isDown, 'the end of the link');
}

describe('Link: what a peer says', () => {
  test('a second LNK_CONN ends the link', async () => {
    const raw = await rawUp();
    introduce(raw.peer, 'current', 0xc1n);
    const error = await downWith(raw);
    assert.equal(error.code, 'field');
    assert.match(error.message, /second LNK_CONN/);
    assert.equal(raw.user.downCount, 1);
    assert.equal(raw.link.mux.size, 0);
  });

  test('a second one of the other generation as well', async () => {
    const raw = await rawUp();
    introduce(raw.peer, '2014', 0xc1n);
    assert.equal((await downWith(raw)).code, 'field');
  });

  test('a span before the introduction is refused', async () => {
    const raw = rawLink();
    raw.peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 5n, body: { kind: 'span', span: disk } });
    const answer = await within(
      raw.peer.next(({ msgid }) => msgid === 5n),
      'the answer',
    );
    assert.equal(answer.error, Wire.NOSUPP);
    assert.deepEqual(raw.user.spans, []);
  });

  test('a span over an absurd distance ends the link', async () => {
    const raw = await rawUp();
    const span = { ...disk, distance: 0x10000 };
    raw.peer.send({ cmd: Command.LNK_SPAN | CREATE, msgid: 5n, body: { kind: 'span', span } });
    assert.equal((await downWith(raw)).code, 'field');
  });

  test('DBG_SHELL is refused with NOSUPP', async () => {
    const raw = await rawUp();
    const payload = Buffer.from('show\n');
    raw.peer.send({ cmd: Command.DBG_SHELL | CREATE | DELETE, msgid: 9n, payload });
    const answer = await within(
      raw.peer.next(({ msgid }) => msgid === 9n),
      'the answer',
    );
    assert.equal(answer.error, Wire.NOSUPP);
    assert.equal(answer.cmd >>> 0, (Command.LNK_ERROR | CREATE | DELETE | REPLY | REVTRANS) >>> 0);
    assert.deepEqual(raw.user.texts, []);
  });

  test('DBG_SHELL|REPLY is text for the log, made harmless', async () => {
    const raw = await rawUp();
    const say = (text: string): void =>
      raw.peer.send({ cmd: Command.DBG_SHELL | REPLY, payload: Buffer.from(text) });
    say('plain text, häßlich');
    say('two\nlines\r\x1b[31mred\x07\0');
    say('left\u202eright \u2028 \ud83d\ude00');
    say('x'.repeat(10_000));
    await raw.user.until(() => raw.user.texts.length === 4, 'four texts');
    assert.equal(raw.user.texts[0], 'plain text, häßlich');
    assert.equal(raw.user.texts[1], 'two\\u{a}lines\\u{d}\\u{1b}[31mred\\u{7}\\u{0}');
    assert.equal(raw.user.texts[2], 'left\\u{202e}right \\u{2028} \ud83d\ude00');
    assert.equal(raw.user.texts[3], 'x'.repeat(256));
    assert.equal(raw.link.state, 'up');
  });

  test('unknown transactions are refused, unknown one-way messages ignored', async () => {
    const raw = await rawUp();
    raw.peer.send({ cmd: 0x00200101 });
    raw.peer.send({ cmd: Command.LNK_ERROR, error: 5 });
    raw.peer.send({ cmd: Command.LNK_ERROR | REPLY, error: 5 });
    raw.peer.send({ cmd: 0x00200101 | CREATE, msgid: 3n });
    const answer = await within(raw.peer.next(), 'the one answer');
    assert.equal(answer.msgid, 3n);
    assert.equal(answer.error, Wire.NOSUPP);
    await turns();
    assert.equal(raw.peer.inbox.length, 0);
    assert.equal(raw.link.state, 'up');
  });

  test('its end of an introduction is the end of the link', async () => {
    const raw = await rawUp();
    raw.peer.send({ cmd: Command.LNK_ERROR | DELETE, msgid: 0xc0n });
    const answer = await within(raw.peer.next(), 'the answer');
    assert.equal(answer.msgid, 0xc0n);
    assert.equal(answer.cmd >>> 0, (Command.LNK_ERROR | DELETE | REPLY | REVTRANS) >>> 0);
    const error = await downWith(raw);
    assert.equal(error.code, 'eof');
    assert.match(error.message, /ended the link$/);
  });

  test('its end of ours too, with the error it gives', async () => {
    const raw = rawLink();
    introduce(raw.peer);
    const conn = await within(
      raw.peer.next(({ body }) => body.kind === 'conn'),
      'the introduction',
    );
    raw.peer.send({
      cmd: Command.LNK_ERROR | CREATE | DELETE | REPLY | REVTRANS,
      msgid: conn.msgid,
      error: 0x23,
    });
    assert.match((await downWith(raw)).message, /with error 0x23/);
  });

  test('messages in the other byte order', async () => {
    const raw = rawLink();
    const swapped = (given: Parameters<typeof fields>[0], sequence: number): void =>
      raw.peer.sendBytes(
        encodeMessage({ ...fields(given), cmd: given.cmd >>> 0, littleEndian: false, salt: sequence }),
      );
    const conn = { ...EMPTY_CONN, peerMask: 4n, peerLabel: 'big/endian' };
    swapped(
      { cmd: Command.LNK_CONN | CREATE, msgid: 1n, body: { kind: 'conn', dialect: 'current', conn } },
      0,
    );
    swapped({ cmd: Command.LNK_SPAN | CREATE, msgid: 2n, body: { kind: 'span', span: disk } }, 1);
    swapped({ cmd: Command.LNK_PING }, 2);
    await within(
      raw.peer.next(({ cmd }) => (cmd & 0xffffff) === Command.LNK_PING),
      'the pong',
    );
    assert.equal(raw.link.peer?.peerLabel, 'big/endian');
    assert.equal(raw.link.peer?.peerMask, 4n);
    assert.deepEqual(raw.user.spans, [disk]);
  });
});

describe('Link: pings', () => {
  test('one of the peer is answered with PING|REPLY, also before the introductions', async () => {
    const raw = rawLink();
    for (let i = 0; i < 3; i++) {
      raw.peer.send({ cmd: Command.LNK_PING });
      const pong = await within(raw.peer.next(), 'the pong');
      assert.equal(pong.cmd >>> 0, (Command.LNK_PING | REPLY) >>> 0);
      assert.equal(pong.msgid, 0n);
    }
  });

  test('an answer to ours is not answered', async () => {
    const raw = await rawUp();
    raw.peer.send({ cmd: Command.LNK_PING | REPLY });
    raw.peer.send({ cmd: Command.LNK_PING });
    await within(raw.peer.next(), 'the pong');
    await turns();
    assert.equal(raw.peer.inbox.length, 0);
  });

  for (const [generation, answer] of [
    ['PING|REPLY', { cmd: Command.LNK_PING | REPLY }],
    ['the NOSUPP of 2014', { cmd: Command.LNK_ERROR | REPLY, error: Wire.NOSUPP }],
  ] as const) {
    test(`ours answered by ${generation}`, async () => {
      const raw = await rawUp();
      const answered = ping(raw.link);
      const sent = await within(raw.peer.next(), 'the ping');
      assert.equal(sent.cmd, Command.LNK_PING);
      assert.equal(raw.link.rttMs, undefined);
      raw.peer.send(answer);
      await answered;
    });
  }

  test('between two links', async () => {
    const { dialer, listener } = await upPair();
    await Promise.all([ping(dialer.link), ping(listener.link)]);
  });

  test('console text is no answer to one', async () => {
    const raw = await rawUp();
    raw.link.beat(performance.now() + 1e7, false);
    raw.peer.send({ cmd: Command.DBG_SHELL | REPLY, payload: Buffer.from('hello') });
    await raw.user.until(() => raw.user.texts.length === 1, 'the text');
    assert.equal(raw.link.rttMs, undefined);
  });
});

describe('Link: spans', () => {
  test('offered and withdrawn, both ways', async () => {
    const { dialer, listener } = await upPair();
    for (const [from, to] of [
      [dialer, listener],
      [listener, dialer],
    ] as const) {
      const events: string[] = [];
      const span = from.link.offer(disk, {
        message: (transaction) => events.push(transaction.rxClosed ? 'ended' : 'taken'),
        lost: () => events.push('lost'),
      });
      await to.user.until(() => to.user.spans.length === 1, 'the span');
      assert.deepEqual(to.user.spans, [disk]);
      await eventually(() => events.length === 1, 'the result');
      assert.deepEqual(events, ['taken']);
      assert.equal(to.user.withdrawn, 0);
      from.link.mux.end(span);
      await to.user.until(() => to.user.withdrawn === 1, 'the withdrawal');
      await eventually(() => events.length === 2, 'its confirmation');
      assert.deepEqual(events, ['taken', 'ended']);
    }
    await turns();
    assert.equal(dialer.link.mux.size, 2);
    assert.equal(listener.link.mux.size, 2);
  });

  test('refused by a peer that cannot use it', async () => {
    const { dialer, listener } = await upPair();
    listener.user.take = () => null;
    const answers: number[] = [];
    const span = dialer.link.offer(disk, {
      message: (transaction, message) => {
        answers.push(message.error);
        if (transaction.rxClosed) dialer.link.mux.end(transaction);
      },
      lost: () => {},
    });
    await eventually(() => span.retired, 'the refusal');
    assert.deepEqual(answers, [Wire.NOSUPP]);
    await turns();
    assert.equal(listener.link.mux.size, 2);
  });

  test('all are withdrawn when the link is lost', async () => {
    const { dialer, listener } = await upPair();
    let lost = 0;
    for (let i = 0; i < 3; i++) dialer.link.offer(disk, { message: () => {}, lost: () => lost++ });
    await listener.user.until(() => listener.user.spans.length === 3, 'three spans');
    dialer.link.fail(new LinkError('closed', 'test'));
    assert.equal(lost, 3);
    await downWith(listener);
    assert.equal(listener.user.withdrawn, 3);
    assert.equal(dialer.link.mux.size, 0);
    assert.equal(listener.link.mux.size, 0);
  });
});

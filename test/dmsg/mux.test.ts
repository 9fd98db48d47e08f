import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type DecodedMessage, decodeMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import { LoggingHandler, MuxHarness } from './support/mux-harness.ts';
import { recording } from './support/vectors.ts';

const { CREATE, DELETE, REPLY, ABORT, REVTRANS, REVCIRC } = Flag;
const ERROR = Command.LNK_ERROR;

const flagsOf = (message: DecodedMessage): number => (message.cmd & 0xff000000) >>> 0;
const flags = (...set: number[]): number => set.reduce((all, flag) => all | flag, 0) >>> 0;

/** Open a transaction of ours and have the peer acknowledge it. */
function openAcknowledged(harness: MuxHarness, handler = new LoggingHandler(harness.mux)) {
  const transaction = harness.mux.open(null, handler);
  harness.mux.begin(transaction, Command.LNK_SPAN, false);
  harness.mux.writer.finish();
  const [message] = harness.sent() as [DecodedMessage];
  harness.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: message.msgid });
  return { transaction, handler, id: message.msgid };
}

/** The peer opens a transaction at the root, which is acknowledged. */
function acceptAtRoot(harness: MuxHarness, id: bigint, handler = new LoggingHandler(harness.mux)) {
  harness.accept = () => handler;
  harness.receive({ cmd: Command.LNK_SPAN | CREATE, msgid: id });
  const transaction = harness.openedAtRoot.at(-1);
  assert.ok(transaction !== undefined);
  harness.mux.result(transaction);
  harness.sent();
  return { transaction, handler };
}

describe('Mux: life of a transaction of ours', () => {
  test('opened, acknowledged, ended by us, then by the peer', () => {
    const harness = new MuxHarness();
    const { transaction, handler, id } = openAcknowledged(harness);
    assert.deepEqual(handler.log, ['message open 0']);
    harness.mux.end(transaction);
    const [end] = harness.sent() as [DecodedMessage];
    assert.equal(flagsOf(end), flags(DELETE));
    assert.equal(end.msgid, id);
    assert.equal(harness.mux.size, 1, 'half closed');
    harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: id });
    assert.deepEqual(handler.log, ['message open 0', 'message end 0']);
    assert.equal(harness.mux.size, 0);
  });

  test('ended by the peer first; data still goes out until we end it', () => {
    const harness = new MuxHarness();
    const { transaction, id } = openAcknowledged(harness);
    harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: id, error: Wire.IO });
    assert.equal(transaction.rxClosed, true);
    assert.equal(transaction.open, false);
    harness.mux.begin(transaction, Command.DBG_SHELL, false);
    harness.mux.writer.finish();
    assert.equal(flagsOf(harness.sent()[0] as DecodedMessage), 0);
    harness.mux.end(transaction);
    harness.mux.end(transaction);
    assert.equal(harness.sent().length, 1, 'ending twice says it once');
    assert.equal(harness.mux.size, 0);
    assert.throws(() => harness.mux.begin(transaction, ERROR, true), /already ended/);
  });

  test('a command of one message and its answer', () => {
    const harness = new MuxHarness();
    const handler = new LoggingHandler();
    const transaction = harness.mux.open(null, handler);
    harness.mux.begin(transaction, Command.BLK_READ, true);
    harness.mux.writer.finish();
    const [command] = harness.sent() as [DecodedMessage];
    assert.equal(flagsOf(command), flags(CREATE, DELETE));
    harness.receive({
      cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS,
      msgid: command.msgid,
      error: Wire.IO,
    });
    assert.deepEqual(handler.log, [`message end ${Wire.IO}`]);
    assert.equal(harness.mux.size, 0);
  });

  test('a result and then the reply', () => {
    const harness = new MuxHarness();
    const handler = new LoggingHandler();
    const transaction = harness.mux.open(null, handler);
    harness.mux.begin(transaction, Command.BLK_READ, true);
    harness.mux.writer.finish();
    const msgid = (harness.sent()[0] as DecodedMessage).msgid;
    harness.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid });
    harness.receive({ cmd: ERROR | REPLY | REVTRANS, msgid, error: 7 });
    harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid, error: 8 });
    assert.deepEqual(handler.log, ['message open 0', 'message open 7', 'message end 8']);
    assert.equal(harness.mux.size, 0);
  });

  test('ids are not given twice', () => {
    const harness = new MuxHarness();
    const seen = new Set<bigint>();
    for (let i = 0; i < 50; i++) {
      const { transaction, id } = openAcknowledged(harness);
      assert.ok(id !== 0n && !seen.has(id));
      seen.add(id);
      harness.mux.end(transaction);
      harness.sent();
      if (i % 2 === 0) harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: id });
    }
    assert.equal(harness.mux.size, 25);
  });
});

describe('Mux: life of a transaction of the peer', () => {
  test('acknowledged, then ended by the peer, then by us', () => {
    const harness = new MuxHarness();
    const handler = new LoggingHandler();
    harness.accept = () => handler;
    harness.receive({ cmd: Command.LNK_SPAN | CREATE, msgid: 0x7f00_dead_beefn });
    const [transaction] = harness.openedAtRoot;
    assert.ok(transaction !== undefined);
    harness.mux.result(transaction);
    harness.receive({ cmd: ERROR | DELETE, msgid: 0x7f00_dead_beefn });
    assert.deepEqual(handler.log, ['message end 0']);
    assert.equal(harness.mux.size, 1);
    harness.mux.end(transaction, Wire.IO);
    const [result, end] = harness.sent() as [DecodedMessage, DecodedMessage];
    assert.equal(flagsOf(result), flags(CREATE, REPLY, REVTRANS));
    assert.equal(flagsOf(end), flags(DELETE, REPLY, REVTRANS));
    assert.equal(end.error, Wire.IO);
    assert.equal(end.msgid, 0x7f00_dead_beefn);
    assert.equal(harness.mux.size, 0);
  });

  test('an answer at once carries CREATE too', () => {
    const harness = new MuxHarness();
    harness.accept = () => new LoggingHandler();
    harness.receive({ cmd: Command.BLK_READ | CREATE | DELETE, msgid: 5n });
    harness.mux.end(harness.openedAtRoot[0] as NonNullable<(typeof harness.openedAtRoot)[0]>);
    const [answer] = harness.sent() as [DecodedMessage];
    assert.equal(flagsOf(answer), flags(CREATE, DELETE, REPLY, REVTRANS));
    assert.equal(harness.mux.size, 0);
  });

  test('nobody handles it: NOSUPP, and the rest of it is taken in silence', () => {
    const harness = new MuxHarness();
    harness.receive({ cmd: Command.DBG_SHELL | CREATE, msgid: 5n });
    const [refusal] = harness.sent() as [DecodedMessage];
    assert.equal(refusal.error, Wire.NOSUPP);
    assert.equal(flagsOf(refusal), flags(CREATE, DELETE, REPLY, REVTRANS));
    assert.equal(refusal.cmd & 0xffffff, ERROR);
    harness.receive({ cmd: Command.DBG_SHELL, msgid: 5n });
    assert.equal(harness.mux.size, 1);
    harness.receive({ cmd: ERROR | DELETE, msgid: 5n });
    assert.equal(harness.mux.size, 0);
    assert.equal(harness.sent().length, 0);
    harness.receive({ cmd: Command.DBG_SHELL | CREATE | DELETE, msgid: 5n });
    assert.equal(harness.sent()[0]?.error, Wire.NOSUPP);
    assert.equal(harness.mux.size, 0);
  });

  test('a handler without `opened` refuses children with NOSUPP', () => {
    const harness = new MuxHarness();
    acceptAtRoot(harness, 9n);
    harness.receive({ cmd: Command.BLK_READ | CREATE | DELETE, msgid: 10n, circuit: 9n });
    const [refusal] = harness.sent() as [DecodedMessage];
    assert.equal(refusal.error, Wire.NOSUPP);
    assert.equal(flagsOf(refusal), flags(CREATE, DELETE, REPLY, REVTRANS, REVCIRC));
    assert.equal(refusal.circuit, 9n);
    assert.equal(harness.mux.size, 1);
  });

  test('ids of the two sides may collide, the flags keep them apart', () => {
    const harness = new MuxHarness();
    const ours = openAcknowledged(harness);
    const theirs = acceptAtRoot(harness, ours.id);
    assert.equal(harness.mux.size, 2);
    harness.receive({ cmd: ERROR | REPLY | REVTRANS, msgid: ours.id, error: 1 });
    harness.receive({ cmd: ERROR, msgid: ours.id, error: 2 });
    assert.deepEqual(ours.handler.log, ['message open 0', 'message open 1']);
    assert.deepEqual(theirs.handler.log, ['message open 2']);
    // Children of both parents with the one id.
    const opened: string[] = [];
    Object.assign(ours.handler, { opened: () => opened.push('ours') });
    Object.assign(theirs.handler, { opened: () => opened.push('theirs') });
    harness.receive({ cmd: Command.BLK_OPEN | CREATE | REVCIRC, msgid: 0x77n, circuit: ours.id });
    harness.receive({ cmd: Command.BLK_OPEN | CREATE, msgid: 0x78n, circuit: ours.id });
    assert.deepEqual(opened, ['ours', 'theirs']);
    harness.receive({ cmd: ERROR | DELETE, msgid: ours.id });
    assert.equal(ours.transaction.open, true, 'the end of one is not the end of the other');
    assert.equal(theirs.transaction.rxClosed, true);
  });

  test('ids that share a hash', () => {
    const harness = new MuxHarness(2_000);
    // The table's hash leaves out the two highest bits: four ids each fall on one place.
    const ids = Array.from({ length: 1_000 }, (_, i) => (BigInt(i % 4) << 62n) | BigInt(16 * (i >> 2) + 16));
    for (const id of ids) acceptAtRoot(harness, id);
    const byId = new Map(harness.openedAtRoot.map((transaction, i) => [ids[i] as bigint, transaction]));
    for (const id of [...ids].sort((a, b) => Number((a * 7919n) % 1009n) - Number((b * 7919n) % 1009n))) {
      harness.receive({ cmd: ERROR | DELETE, msgid: id });
      const transaction = byId.get(id);
      assert.equal(transaction?.rxClosed, true);
      harness.mux.end(transaction);
    }
    assert.equal(harness.mux.size, 0);
  });
});

describe('Mux: outside transactions', () => {
  test('one-way messages go to the user, whatever their command', () => {
    const harness = new MuxHarness();
    for (const cmd of [Command.LNK_PING, (ERROR | REPLY) >>> 0, 0x00f00101]) harness.receive({ cmd });
    assert.deepEqual(harness.oneWay, [Command.LNK_PING, (ERROR | REPLY) >>> 0, 0x00f00101]);
    assert.equal(harness.sent().length, 0);
  });
});

describe('Mux: flags are those of the recordings', () => {
  /** The flags recorded for the message that fits. */
  function recorded(from: string, accept: (message: DecodedMessage) => boolean): number {
    const found = recording('current', 'io').messages.find(
      (message) => message.from === from && accept(decodeMessage(message.bytes)),
    );
    assert.ok(found !== undefined);
    return flagsOf(decodeMessage(found.bytes));
  }
  const isCommand = (command: number) => (message: DecodedMessage) => (message.cmd & 0xffffff) === command;

  test('as a client: open on a span of the peer, a read on the open, the close', () => {
    const harness = new MuxHarness();
    const span = acceptAtRoot(harness, 0x7fac_5000_13f0n).transaction;
    const open = harness.mux.open(span, new LoggingHandler());
    harness.mux.begin(open, Command.BLK_OPEN, false);
    harness.mux.writer.finish();
    const read = harness.mux.open(open, new LoggingHandler());
    harness.mux.begin(read, Command.BLK_READ, true);
    harness.mux.writer.finish();
    harness.mux.end(open);
    const [openSent, readSent, closeSent] = harness.sent() as [
      DecodedMessage,
      DecodedMessage,
      DecodedMessage,
    ];
    assert.equal(flagsOf(openSent), recorded('client', isCommand(Command.BLK_OPEN)));
    assert.equal(openSent.circuit, 0x7fac_5000_13f0n);
    assert.equal(flagsOf(readSent), recorded('client', isCommand(Command.BLK_READ)));
    assert.equal(readSent.circuit, openSent.msgid);
    assert.equal(
      flagsOf(closeSent),
      recorded('client', (m) => flagsOf(m) === flags(DELETE, REVCIRC)),
    );
  });

  test('as an exporter: answers on a span of ours', () => {
    const harness = new MuxHarness();
    const children: Parameters<NonNullable<LoggingHandler['message']>>[0][] = [];
    const handler = Object.assign(new LoggingHandler(), {
      opened: (child: (typeof children)[0]) => {
        children.push(child);
        child.handler = handler;
      },
    });
    const { id } = openAcknowledged(harness, handler);
    harness.receive({ cmd: Command.BLK_OPEN | CREATE | REVCIRC, msgid: 0xa0n, circuit: id });
    harness.mux.result(children[0] as (typeof children)[0]);
    harness.receive({ cmd: Command.BLK_READ | CREATE | DELETE, msgid: 0xb0n, circuit: 0xa0n });
    harness.mux.end(children[1] as (typeof children)[0]);
    harness.receive({ cmd: ERROR | DELETE | REVCIRC, msgid: 0xa0n, circuit: id });
    harness.mux.end(children[0] as (typeof children)[0]);
    const [opened, answer, closed] = harness.sent() as [DecodedMessage, DecodedMessage, DecodedMessage];
    const anyAnswer = (m: DecodedMessage): boolean => m.payload.length === 1000;
    assert.equal(flagsOf(answer), recorded('exporter', anyAnswer));
    assert.equal(answer.circuit, 0xa0n);
    assert.equal(
      flagsOf(opened),
      recorded('exporter', (m) => m.msgid === 0x7fac_5000_1810n),
    );
    assert.equal(
      flagsOf(closed),
      recorded('exporter', (m) => flagsOf(m) === flags(DELETE, REPLY, REVTRANS)),
    );
  });
});

describe('Mux: ABORT', () => {
  test('ends a transaction like DELETE with an error', () => {
    const harness = new MuxHarness();
    const { handler, transaction, id } = openAcknowledged(harness);
    harness.receive({ cmd: ERROR | DELETE | ABORT | REPLY | REVTRANS, msgid: id, error: Wire.LOSTLINK });
    assert.deepEqual(handler.log, ['message open 0', `message end ${Wire.LOSTLINK}`]);
    harness.mux.end(transaction);
    assert.equal(harness.mux.size, 0);
  });

  test('for what is not there is dropped, in every form', () => {
    const harness = new MuxHarness();
    for (const more of [0, REPLY, REPLY | REVTRANS, REPLY | REVTRANS | CREATE, REVTRANS]) {
      for (const circuit of [0n, 0x99n]) {
        harness.receive({ cmd: ERROR | DELETE | ABORT | more, msgid: 0x1234n, circuit, error: 2 });
      }
    }
    assert.equal(harness.mux.size, 0);
    assert.equal(harness.sent().length, 0);
    assert.equal(harness.oneWay.length, 0);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DecodedMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag, Wire } from '../../electron/dmsg/constants.ts';
import type { Message } from '../../electron/dmsg/message.ts';
import type { Transaction, TransactionHandler } from '../../electron/dmsg/transaction.ts';
import { MuxHarness } from './support/mux-harness.ts';

const { CREATE, DELETE, REPLY, ABORT, REVTRANS, REVCIRC } = Flag;
const ERROR = Command.LNK_ERROR;
const SPAN = 0xa0n;

/**
 * A client on a span of the peer with an open and two commands, as in the recording exporter-dies. Every
 * handler writes its name to one log and pays what it owes.
 */
function client() {
  const harness = new MuxHarness();
  const log: string[] = [];
  const named = (name: string): TransactionHandler => ({
    message: (transaction, message) => {
      log.push(`${name} ${transaction.rxClosed ? 'ended' : 'told'} ${message.error}`);
      if (transaction.rxClosed) harness.mux.end(transaction);
    },
    lost: (transaction, error) => {
      log.push(`${name} lost ${error}`);
      harness.mux.end(transaction);
    },
  });
  harness.accept = () => named('span');
  harness.receive({ cmd: Command.LNK_SPAN | CREATE, msgid: SPAN });
  const [span] = harness.openedAtRoot as [Transaction];
  harness.mux.result(span);
  const send = (parent: Transaction, command: number, last: boolean, name: string): Transaction => {
    const transaction = harness.mux.open(parent, named(name));
    harness.mux.begin(transaction, command, last);
    harness.mux.writer.finish();
    return transaction;
  };
  const open = send(span, Command.BLK_OPEN, false, 'open');
  const openId = harness.sent().at(-1)?.msgid as bigint;
  harness.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: openId, circuit: SPAN });
  send(open, Command.BLK_READ, true, 'read1');
  send(open, Command.BLK_READ, true, 'read2');
  const [read1, read2] = harness.sent().map(({ msgid }) => msgid) as [bigint, bigint];
  log.length = 0;
  assert.equal(harness.mux.size, 4);
  return { harness, log, span, open, openId, read1, read2 };
}

/** The peer's made-up ends, as recorded. */
const abortChild = (msgid: bigint, circuit: bigint, error: number) => ({
  cmd: ERROR | CREATE | DELETE | REPLY | ABORT | REVTRANS | REVCIRC,
  msgid,
  circuit,
  error,
});
const abortOpen = (msgid: bigint, error: number) => ({
  cmd: ERROR | DELETE | REPLY | ABORT | REVTRANS,
  msgid,
  circuit: SPAN,
  error,
});
const endSpan = { cmd: ERROR | DELETE, msgid: SPAN };

describe('Mux: the exporter dies', () => {
  test('2014: children first, error 2', () => {
    const { harness, log, openId, read1, read2 } = client();
    harness.receive(abortChild(read1, openId, Wire.EOF));
    harness.receive(abortChild(read2, openId, Wire.EOF));
    assert.equal(harness.mux.size, 2);
    harness.receive(abortOpen(openId, Wire.EOF));
    assert.equal(harness.mux.size, 1);
    harness.receive(endSpan);
    assert.equal(harness.mux.size, 0);
    assert.deepEqual(log, ['read1 ended 2', 'read2 ended 2', 'open ended 2', 'span ended 0']);
    assert.deepEqual(harness.sent().map(flagsOf), [DELETE | REVCIRC, DELETE | REPLY | REVTRANS]);
  });

  test('current: parent first, error LOSTLINK; the ends of the children then find nothing', () => {
    const { harness, log, openId, read1, read2 } = client();
    harness.receive(endSpan);
    assert.deepEqual(log.slice(0, 2).sort(), ['read1 lost 33', 'read2 lost 33'], 'the innermost hear first');
    assert.equal(harness.losing.filter(({ local }) => local).length, 3, 'payloads leave their landings');
    assert.deepEqual(log.slice(2), ['open lost 33', 'span ended 0']);
    assert.equal(harness.mux.size, 0);
    harness.receive(abortOpen(openId, Wire.LOSTLINK));
    harness.receive(abortChild(read1, openId, Wire.LOSTLINK));
    harness.receive(abortChild(read2, openId, Wire.LOSTLINK));
    assert.equal(log.length, 4, 'nobody hears of an end twice');
    assert.equal(harness.mux.size, 0);
  });

  test('a handler that pays later keeps only its own transaction open', () => {
    const { harness, open, span } = client();
    // The open's handler does not answer `lost` at once.
    open.handler = { message: () => {}, lost: () => {} };
    harness.receive(endSpan);
    assert.equal(span.closed, true);
    assert.equal(harness.mux.size, 1);
    harness.sent();
    harness.mux.end(open);
    assert.deepEqual(harness.sent().map(flagsOf), [DELETE | ABORT | REVCIRC]);
    assert.equal(harness.mux.size, 0);
  });
});

describe('Mux: we end a parent', () => {
  test('its children are lost, innermost first, before the DELETE goes out', () => {
    const { harness, log, open, openId, read1 } = client();
    harness.mux.end(open);
    assert.deepEqual([...log].sort(), ['read1 lost 33', 'read2 lost 33']);
    const sent = harness.sent();
    assert.deepEqual(sent.map(flagsOf), [DELETE | REVCIRC]);
    assert.equal(sent[0]?.msgid, openId);
    // The answers were on their way.
    harness.receive({
      cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS | REVCIRC,
      msgid: read1,
      circuit: openId,
    });
    harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: openId, circuit: SPAN });
    assert.equal(harness.mux.size, 1);
    // Even an answer behind the end of its circuit is dropped.
    harness.receive({
      cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS | REVCIRC,
      msgid: read1,
      circuit: openId,
    });
  });

  test('children of the peer are lost too, and what it opens meanwhile is ended with LOSTLINK or dropped', () => {
    const harness = new MuxHarness();
    const log: string[] = [];
    const handler: TransactionHandler = {
      message: () => {},
      lost: (transaction, error) => {
        log.push(`lost ${error}`);
        harness.mux.end(transaction);
      },
      opened: (child) => {
        child.handler = handler;
      },
    };
    const span = harness.mux.open(null, handler);
    harness.mux.begin(span, Command.LNK_SPAN, false);
    harness.mux.writer.finish();
    const spanId = (harness.sent()[0] as DecodedMessage).msgid;
    harness.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: spanId });
    harness.receive({ cmd: Command.BLK_OPEN | CREATE | REVCIRC, msgid: 1n, circuit: spanId });
    harness.receive({ cmd: Command.BLK_READ | CREATE | DELETE, msgid: 2n, circuit: 1n });
    harness.mux.end(span);
    assert.deepEqual(log, ['lost 33', 'lost 33']);
    assert.deepEqual(harness.sent().map(flagsOf), [
      CREATE | DELETE | REPLY | ABORT | REVTRANS | REVCIRC, // the read, on an open of the peer
      CREATE | DELETE | REPLY | ABORT | REVTRANS, // the open, on a span of ours
      DELETE,
    ]);
    // Sent by the peer before it heard of our end: the span still stands, half closed.
    harness.receive({ cmd: Command.BLK_OPEN | CREATE | REVCIRC, msgid: 3n, circuit: spanId });
    const [refusal] = harness.sent() as [DecodedMessage];
    assert.equal(refusal.error, Wire.LOSTLINK);
    harness.receive({ cmd: ERROR | DELETE | REVCIRC, msgid: 3n, circuit: spanId });
    harness.receive({ cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: spanId });
    assert.equal(harness.mux.size, 0);
    // Naming a circuit that is gone: dropped, whatever it is.
    harness.receive({ cmd: Command.BLK_OPEN | CREATE | REVCIRC, msgid: 4n, circuit: spanId });
    harness.receive({ cmd: Command.BLK_READ | CREATE | DELETE, msgid: 5n, circuit: 1n });
    harness.receive({ cmd: ERROR | DELETE, msgid: 2n, circuit: 1n });
    assert.equal(harness.mux.size, 0);
    assert.equal(harness.sent().length, 0);
  });
});

describe('Mux: the link is lost', () => {
  test('everybody hears, innermost first, once; nothing stays', () => {
    const { harness, log } = client();
    harness.mux.loseAll(Wire.LOSTLINK);
    assert.deepEqual(log.slice(0, 2).sort(), ['read1 lost 33', 'read2 lost 33']);
    assert.deepEqual(log.slice(2), ['open lost 33', 'span lost 33']);
    harness.mux.loseAll(Wire.LOSTLINK);
    assert.equal(log.length, 4);
    assert.equal(harness.mux.size, 0);
  });

  test('also of those whose handlers do not say their own end', () => {
    const harness = new MuxHarness();
    harness.accept = () => ({ message: () => {}, lost: () => {} });
    for (const id of [1n, 2n, 3n]) harness.receive({ cmd: Command.LNK_SPAN | CREATE, msgid: id });
    harness.mux.open(null, { message: () => {}, lost: () => {} });
    harness.mux.loseAll(Wire.LOSTLINK);
    assert.equal(harness.mux.size, 0);
  });

  test('from within a handler that reacts to the loss', () => {
    const { harness, open, log } = client();
    const before = open.handler as TransactionHandler;
    open.handler = {
      message: () => {},
      lost: (transaction, error) => {
        before.lost(transaction, error);
        harness.mux.loseAll(error);
      },
    };
    harness.mux.loseAll(Wire.LOSTLINK);
    assert.equal(log.filter((line) => line.startsWith('span')).length, 1);
    assert.equal(harness.mux.size, 0);
  });
});

describe('Mux: where payloads land', () => {
  test('is asked of the transaction that waits for them, and of no other', () => {
    const { harness, open, openId, read1 } = client();
    const memory = new Uint8Array(10);
    const asked: number[] = [];
    for (let child = open.firstChild; child !== null; child = child.nextSibling) {
      (child.handler as TransactionHandler).landing = (_message, bytes) => {
        asked.push(bytes);
        return memory;
      };
    }
    const header = (cmd: number, id: bigint): Message =>
      ({
        has: (flag: number) => (cmd & flag) !== 0,
        idLow: Number(id & 0xffffffffn),
        idHigh: Number(id >> 32n),
      }) as Message;
    assert.equal(harness.mux.landing(header(REPLY | REVTRANS, read1), 10), memory);
    assert.equal(harness.mux.landing(header(REPLY | REVTRANS, openId), 11), undefined, 'no such method');
    assert.equal(harness.mux.landing(header(0, read1), 12), undefined, 'an id of the peer');
    assert.equal(harness.mux.landing(header(REVTRANS, 0x999n), 13), undefined, 'unknown');
    harness.mux.end(open);
    assert.equal(harness.mux.landing(header(REPLY | REVTRANS, read1), 14), undefined, 'over');
    assert.deepEqual(asked, [10]);
  });
});

function flagsOf(message: DecodedMessage): number {
  return message.cmd & 0xff000000;
}

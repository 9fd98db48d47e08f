import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DecodedMessage } from '../../electron/dmsg/codec.ts';
import { Command, Flag } from '../../electron/dmsg/constants.ts';
import { LinkError, type LinkErrorCode } from '../../electron/dmsg/link-error.ts';
import type { TransactionHandler } from '../../electron/dmsg/transaction.ts';
import { MuxHarness } from './support/mux-harness.ts';

const { CREATE, DELETE, REPLY, ABORT, REVTRANS, REVCIRC } = Flag;
const ERROR = Command.LNK_ERROR;
const SPAN = Command.LNK_SPAN;

const deaf: TransactionHandler = { message: () => {}, lost: () => {} };
/** Takes whatever is opened in it, and lets the same be done in that. */
const nesting: TransactionHandler = {
  ...deaf,
  opened: (child) => {
    child.handler = nesting;
  },
};

function harness(): MuxHarness {
  const made = new MuxHarness();
  made.accept = () => nesting;
  return made;
}

/** A message that a peer may send, to make the ground for one it may not. */
type Given = Partial<DecodedMessage> & { cmd: number };

function refused(mux: MuxHarness, message: Given, code: LinkErrorCode = 'transaction'): void {
  assert.throws(
    () => mux.receive(message),
    (error) => error instanceof LinkError && error.code === code && error.message.length > 10,
    `0x${(message.cmd >>> 0).toString(16)} was taken`,
  );
}

/** A transaction of ours the peer has heard of but not answered. */
function asked(mux: MuxHarness, last = false): bigint {
  const transaction = mux.mux.open(null, deaf);
  mux.mux.begin(transaction, SPAN, last);
  mux.mux.writer.finish();
  return (mux.sent()[0] as DecodedMessage).msgid;
}

describe('Mux refuses', () => {
  test('a transaction opened twice', () => {
    const mux = harness();
    mux.receive({ cmd: SPAN | CREATE, msgid: 5n });
    refused(mux, { cmd: SPAN | CREATE, msgid: 5n });
    refused(mux, { cmd: SPAN | CREATE | DELETE, msgid: 5n });
  });

  test('one that is half closed opened again', () => {
    const mux = harness();
    mux.receive({ cmd: SPAN | CREATE | DELETE, msgid: 5n });
    refused(mux, { cmd: SPAN | CREATE, msgid: 5n });
  });

  test('an opening with REVTRANS: of ours, or of nobody', () => {
    const mux = harness();
    refused(mux, { cmd: SPAN | CREATE | REVTRANS, msgid: asked(mux) });
    refused(mux, { cmd: SPAN | CREATE | REVTRANS, msgid: 0x999n });
  });

  test('id 0', () => {
    const mux = harness();
    refused(mux, { cmd: SPAN | CREATE });
    refused(mux, { cmd: SPAN | CREATE | DELETE });
    refused(mux, { cmd: ERROR | DELETE });
    refused(mux, { cmd: ERROR | DELETE | REPLY | REVTRANS });
    refused(mux, { cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS });
  });

  test('unknown ids', () => {
    const mux = harness();
    refused(mux, { cmd: ERROR | DELETE, msgid: 7n });
    refused(mux, { cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: 7n });
    refused(mux, { cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: 7n });
    refused(mux, { cmd: Command.DBG_SHELL, msgid: 7n });
    // On a circuit that stands, so that no race explains it.
    mux.receive({ cmd: SPAN | CREATE, msgid: 8n });
    refused(mux, { cmd: ERROR | DELETE, msgid: 7n, circuit: 8n });
    refused(mux, { cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS, msgid: 7n, circuit: 8n });
    const circuit = asked(mux);
    refused(mux, { cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS | REVCIRC, msgid: 7n, circuit });
  });

  test('an id whose slot was used, or will be', () => {
    const mux = harness();
    const id = asked(mux);
    mux.receive({ cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS, msgid: id });
    for (const transaction of mux.mux.roots()) mux.mux.end(transaction);
    mux.sent();
    refused(mux, { cmd: ERROR | DELETE | REPLY | REVTRANS, msgid: id });
    const again = asked(mux);
    assert.notEqual(again, id);
    refused(mux, { cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: id });
    refused(mux, { cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: again + (1n << 32n) });
    refused(mux, { cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: 0xffff_ffff_ffff_ffffn });
  });

  test('an answer without CREATE', () => {
    for (const flags of [DELETE, 0]) {
      const mux = harness();
      const id = asked(mux, true);
      refused(mux, { cmd: ERROR | REPLY | REVTRANS | flags, msgid: id });
      assert.equal(mux.mux.size, 1);
    }
  });

  test('a second CREATE', () => {
    for (const flags of [DELETE, 0]) {
      const mux = harness();
      const id = asked(mux, true);
      mux.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: id });
      refused(mux, { cmd: ERROR | CREATE | REPLY | REVTRANS | flags, msgid: id });
    }
  });

  test('an answer given twice', () => {
    const mux = harness();
    const whole = asked(mux, true);
    const answer = { cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS, msgid: whole };
    mux.receive(answer);
    refused(mux, answer);
    const half = asked(mux);
    mux.receive({ ...answer, msgid: half });
    refused(mux, { ...answer, msgid: half });
  });

  test('a message behind the end, except another ABORT', () => {
    const mux = harness();
    mux.receive({ cmd: SPAN | CREATE | DELETE, msgid: 5n });
    refused(mux, { cmd: ERROR, msgid: 5n });
    refused(mux, { cmd: ERROR | DELETE, msgid: 5n });
    mux.receive({ cmd: ERROR | DELETE | ABORT, msgid: 5n });
    assert.equal(mux.mux.size, 1);
  });

  test('an answer of the wrong side', () => {
    const mux = harness();
    const id = asked(mux);
    // REPLY in a transaction the sender opened itself; no REPLY in one it did not open.
    mux.receive({ cmd: SPAN | CREATE, msgid: 5n });
    refused(mux, { cmd: ERROR | REPLY, msgid: 5n });
    refused(mux, { cmd: ERROR | REPLY | CREATE, msgid: 5n });
    refused(mux, { cmd: ERROR | DELETE | REVTRANS, msgid: id });
    refused(mux, { cmd: ERROR | REVTRANS, msgid: id });
  });

  test('transactions stacked too deep', () => {
    const mux = harness();
    mux.receive({ cmd: SPAN | CREATE, msgid: 1n });
    for (let depth = 2n; depth <= 8n; depth++) {
      mux.receive({ cmd: Command.BLK_OPEN | CREATE, msgid: depth, circuit: depth - 1n });
    }
    refused(mux, { cmd: Command.BLK_OPEN | CREATE, msgid: 9n, circuit: 8n }, 'flood');
    assert.equal(mux.mux.size, 8);
  });

  test('too many transactions; places come back', () => {
    const mux = new MuxHarness(10);
    mux.accept = () => nesting;
    for (let id = 1n; id <= 10n; id++) mux.receive({ cmd: SPAN | CREATE, msgid: id });
    // Ours do not count.
    asked(mux);
    refused(mux, { cmd: SPAN | CREATE, msgid: 11n }, 'flood');
    mux.receive({ cmd: ERROR | DELETE, msgid: 4n });
    refused(mux, { cmd: SPAN | CREATE, msgid: 11n }, 'flood');
    mux.mux.end(mux.openedAtRoot[3] as NonNullable<(typeof mux.openedAtRoot)[3]>);
    mux.receive({ cmd: SPAN | CREATE, msgid: 11n });
    refused(mux, { cmd: SPAN | CREATE, msgid: 12n }, 'flood');
  });

  test('what raced a close is no violation', () => {
    const mux = harness();
    const parent = mux.mux.open(null, nesting);
    mux.mux.begin(parent, SPAN, false);
    mux.mux.writer.finish();
    const circuit = (mux.sent()[0] as DecodedMessage).msgid;
    mux.receive({ cmd: ERROR | CREATE | REPLY | REVTRANS, msgid: circuit });
    mux.mux.end(parent);
    // Unknown ids on a circuit we have just ended.
    mux.receive({ cmd: ERROR | DELETE | REVCIRC, msgid: 7n, circuit });
    mux.receive({ cmd: ERROR | CREATE | DELETE | REPLY | REVTRANS | REVCIRC, msgid: 0x99n, circuit });
    assert.equal(mux.mux.size, 1);
  });
});

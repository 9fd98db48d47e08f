import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeMessage } from '../../electron/dmsg/codec.ts';
import { Command, Wire } from '../../electron/dmsg/constants.ts';
import type { Transaction, TransactionHandler } from '../../electron/dmsg/transaction.ts';
import { MuxHarness } from './support/mux-harness.ts';
import { Random } from './support/random.ts';

/** One of two muxes that speak to each other, and users of its transactions who do as they please. */
class Side implements TransactionHandler {
  readonly harness = new MuxHarness(100_000);
  readonly live = new Set<Transaction>();
  readonly inbox: Buffer[] = [];
  peer!: Side;
  readonly #random: Random;
  messages = 0;
  lostCount = 0;

  constructor(random: Random) {
    this.#random = random;
    this.harness.accept = (transaction) => this.#adopt(transaction);
  }

  message(transaction: Transaction): void {
    this.messages++;
    assert.ok(this.live.has(transaction) || transaction.txClosed, 'told of a transaction it has given up');
    if (transaction.rxClosed && this.#random.next() < 0.7) this.end(transaction);
  }

  lost(transaction: Transaction): void {
    this.lostCount++;
    assert.equal(transaction.wasLost, true);
    assert.equal(transaction.rxClosed, true);
    if (this.#random.next() < 0.7) this.end(transaction);
  }

  opened(child: Transaction): void {
    child.handler = this.#adopt(child);
  }

  /** Do something a user may do. */
  act(): void {
    const { mux } = this.harness;
    const mine = [...this.live];
    const some = mine.length === 0 ? null : this.#random.pick(mine);
    switch (this.#random.integer(0, 5)) {
      case 0:
        this.#open(null);
        break;
      case 1:
      case 2:
        if (some?.open && some.depth < 6) this.#open(some);
        break;
      case 3:
        if (some !== null && !some.txClosed) {
          mux.begin(some, Command.DBG_SHELL, false);
          mux.writer.finish();
        }
        break;
      case 4:
        if (some !== null) this.end(some);
        break;
      case 5:
        if (some !== null && !some.txClosed) mux.abort(some, Wire.LOSTLINK);
        if (some !== null) this.live.delete(some);
        break;
    }
    this.flush();
  }

  end(transaction: Transaction): void {
    this.harness.mux.end(transaction, this.#random.pick([0, Wire.IO]));
    this.live.delete(transaction);
  }

  flush(): void {
    for (const message of this.harness.sent()) this.peer.inbox.push(encodeMessage(message));
  }

  deliver(): void {
    const bytes = this.inbox.shift();
    if (bytes === undefined) return;
    this.harness.receiveBytes(bytes);
    this.flush();
  }

  #open(parent: Transaction | null): void {
    const { mux } = this.harness;
    const transaction = mux.open(parent, this);
    this.live.add(transaction);
    const last = this.#random.next() < 0.4;
    mux.begin(transaction, Command.BLK_READ, last);
    mux.writer.finish();
    if (last) this.live.delete(transaction);
  }

  #adopt(transaction: Transaction): TransactionHandler | null {
    const kind = this.#random.integer(0, 4);
    if (kind === 0) return null;
    this.live.add(transaction);
    if (kind === 1) this.end(transaction);
    else if (kind === 2) this.harness.mux.result(transaction);
    return this;
  }
}

test('two muxes never break the protocol between them, whatever their users do and however it crosses', () => {
  const random = new Random();
  let lost = 0;
  for (let round = 0; round < 200; round++) {
    const a = new Side(random);
    const b = new Side(random);
    a.peer = b;
    b.peer = a;
    for (let step = 0; step < 200; step++) {
      const side = random.pick([a, b]);
      if (random.next() < 0.5) side.act();
      else for (let i = random.integer(1, 6); i > 0; i--) side.deliver();
    }
    // Everybody goes home: what is open is ended, what is on its way arrives.
    for (let idle = 0; idle < 2; ) {
      const before = a.inbox.length + b.inbox.length + a.live.size + b.live.size;
      for (const side of [a, b]) {
        while (side.inbox.length > 0) side.deliver();
        for (const transaction of [...side.live]) side.end(transaction);
        side.flush();
      }
      idle = before === 0 ? idle + 1 : 0;
    }
    assert.equal(a.harness.mux.size, 0, `seed ${random.seed}, round ${round}`);
    assert.equal(b.harness.mux.size, 0, `seed ${random.seed}, round ${round}`);
    assert.ok(a.messages + b.messages > 0);
    lost += a.lostCount + b.lostCount;
  }
  assert.ok(lost > 100, 'parents were ended over their children');
});

import { Transaction, type TransactionHandler } from './transaction.ts';

/**
 * The open transactions of a link. Ours are found by array index: the low word of their id is a slot, the
 * high word counts the slot's uses, so an id is never given twice and looking it up costs 2 ns where a map of
 * bigint costs 35. The peer chooses its own ids, which are found by hash.
 */
export class TransactionTable {
  /** Slot n belongs to ids whose low word is n + 1. */
  readonly #slots: (Transaction | null)[] = [];
  readonly #uses: number[] = [];
  readonly #freeSlots: number[] = [];
  readonly #remote = new Map<number, Transaction>();
  #remoteCount = 0;
  #remoteRootCount = 0;
  /** Transactions directly under the link. */
  readonly #roots = new Set<Transaction>();

  /** Open transactions the peer opened. */
  get remoteCount(): number {
    return this.#remoteCount;
  }

  /** Those of them directly under the link. */
  get remoteRootCount(): number {
    return this.#remoteRootCount;
  }

  /** Open transactions, both sides'. */
  get size(): number {
    return this.#remoteCount + this.#slots.length - this.#freeSlots.length;
  }

  /** Transactions directly under the link. */
  roots(): Transaction[] {
    return [...this.#roots];
  }

  openLocal(parent: Transaction | null, handler: TransactionHandler): Transaction {
    const slot = this.#freeSlots.pop() ?? this.#slots.push(null) - 1;
    const use = (this.#uses[slot] ?? 0) + 1;
    this.#uses[slot] = use;
    const transaction = new Transaction(true, slot + 1, use, parent, handler);
    this.#slots[slot] = transaction;
    this.#adopt(transaction);
    return transaction;
  }

  openRemote(idLow: number, idHigh: number, parent: Transaction | null): Transaction {
    const transaction = new Transaction(false, idLow, idHigh, parent, null);
    const hash = hashOf(idLow, idHigh);
    transaction.nextInBucket = this.#remote.get(hash) ?? null;
    this.#remote.set(hash, transaction);
    this.#remoteCount++;
    if (parent === null) this.#remoteRootCount++;
    this.#adopt(transaction);
    return transaction;
  }

  findLocal(idLow: number, idHigh: number): Transaction | null {
    const transaction = this.#slots[idLow - 1] ?? null;
    return transaction !== null && transaction.idHigh === idHigh ? transaction : null;
  }

  findRemote(idLow: number, idHigh: number): Transaction | null {
    let transaction = this.#remote.get(hashOf(idLow, idHigh)) ?? null;
    while (transaction !== null && (transaction.idLow !== idLow || transaction.idHigh !== idHigh)) {
      transaction = transaction.nextInBucket;
    }
    return transaction;
  }

  /** Forget a transaction; it must have no children any more. */
  remove(transaction: Transaction): void {
    if (transaction.parent === null) this.#roots.delete(transaction);
    else transaction.parent.removeChild(transaction);
    if (transaction.local) {
      const slot = transaction.idLow - 1;
      this.#slots[slot] = null;
      this.#freeSlots.push(slot);
    } else {
      this.#removeRemote(transaction);
    }
  }

  #adopt(transaction: Transaction): void {
    if (transaction.parent === null) this.#roots.add(transaction);
    else transaction.parent.addChild(transaction);
  }

  #removeRemote(transaction: Transaction): void {
    const hash = hashOf(transaction.idLow, transaction.idHigh);
    const first = this.#remote.get(hash);
    if (first === transaction) {
      if (transaction.nextInBucket === null) this.#remote.delete(hash);
      else this.#remote.set(hash, transaction.nextInBucket);
    } else {
      let before = first ?? null;
      while (before !== null && before.nextInBucket !== transaction) before = before.nextInBucket;
      if (before !== null) before.nextInBucket = transaction.nextInBucket;
    }
    transaction.nextInBucket = null;
    this.#remoteCount--;
    if (transaction.parent === null) this.#remoteRootCount--;
  }
}

/** A small integer, the kind of key a Map looks up fastest. Real peers use pointers: multiples of 16. */
function hashOf(low: number, high: number): number {
  return (low ^ (low >>> 7) ^ Math.imul(high, 0x9e3779b1)) & 0x3fffffff;
}

/** Which parts of a range were seen, each byte at most once. In order, as servers send, it is one number. */
export class Coverage {
  /** Everything before this was seen. */
  #end = 0;
  /** Parts seen beyond `#end`: from → to. */
  readonly #islands = new Map<number, number>();

  clear(): void {
    this.#end = 0;
    this.#islands.clear();
  }

  /** @returns false when some of `from` … `to` was seen before */
  add(from: number, to: number): boolean {
    if (from < this.#end) return false;
    for (const [start, end] of this.#islands) if (from < end && to > start) return false;
    if (from > this.#end) this.#islands.set(from, to);
    else {
      this.#end = to;
      this.#join();
    }
    return true;
  }

  /** Whether 0 … `length` was seen. */
  isComplete(length: number): boolean {
    return this.#end === length && this.#islands.size === 0;
  }

  get islands(): number {
    return this.#islands.size;
  }

  #join(): void {
    for (;;) {
      const end = this.#islands.get(this.#end);
      if (end === undefined) return;
      this.#islands.delete(this.#end);
      this.#end = end;
    }
  }
}

/**
 * Gives out the N of `xaN`: the lowest that is free, but a serial that had a number before gets that one
 * again. Numbers known serials hold are kept for them while they are away.
 */
export class UnitNumbers {
  readonly #byKey: Map<string, number>;
  readonly #taken = new Set<number>();
  /** Every number below this is taken or in `#gaps`. */
  #next = 0;
  /** Free numbers below `#next`, as a binary min-heap: xdisk.c's search of all units is quadratic. */
  readonly #gaps: number[] = [];
  readonly #changed: (numbers: ReadonlyMap<string, number>) => void;

  /**
   * @param known numbers of earlier runs; where two keys have one, as in a file somebody changed, the last keeps it
   * @param changed called when a key got its number, to keep it for later runs
   */
  constructor(
    known: Iterable<readonly [string, number]>,
    changed: (numbers: ReadonlyMap<string, number>) => void,
  ) {
    this.#byKey = new Map(known);
    this.#changed = changed;
    const owners = new Map([...this.#byKey].map(([key, number]) => [number, key]));
    for (const [key, number] of this.#byKey) if (owners.get(number) !== key) this.#byKey.delete(key);
    for (const number of [...this.#byKey.values()].sort((a, b) => a - b)) this.#claim(number);
  }

  /** The number of a key, new or known. */
  numberOf(key: string): number {
    const known = this.#byKey.get(key);
    const number = known ?? this.#takeLowest();
    // The map is in order of last use, so that whoever keeps it can drop the oldest.
    this.#byKey.delete(key);
    this.#byKey.set(key, number);
    if (known === undefined) this.#changed(this.#byKey);
    return number;
  }

  /** Let a key's number go to others. @returns the number, if it had one */
  forget(key: string): number | undefined {
    const number = this.#byKey.get(key);
    if (number === undefined) return undefined;
    this.#byKey.delete(key);
    this.#taken.delete(number);
    this.#pushGap(number);
    this.#changed(this.#byKey);
    return number;
  }

  #claim(number: number): void {
    if (this.#taken.has(number)) return;
    for (; this.#next < number; this.#next++) this.#pushGap(this.#next);
    if (this.#next === number) this.#next++;
    this.#taken.add(number);
  }

  #takeLowest(): number {
    const number = this.#gaps.length > 0 ? this.#popGap() : this.#next++;
    this.#taken.add(number);
    return number;
  }

  #pushGap(number: number): void {
    const heap = this.#gaps;
    let at = heap.push(number) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (heap[up] <= number) break;
      heap[at] = heap[up];
      at = up;
    }
    heap[at] = number;
  }

  #popGap(): number {
    const heap = this.#gaps;
    const lowest = heap[0];
    const moved = heap.pop() as number;
    if (heap.length === 0) return lowest;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && heap[down + 1] < heap[down]) down++;
      if (heap[down] >= moved) break;
      heap[at] = heap[down];
      at = down;
    }
    heap[at] = moved;
    return lowest;
  }
}

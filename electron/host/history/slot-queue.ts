import { type Ring, slotAt } from './geometry.ts';

/** Bytes that are to stand somewhere in a file. */
export interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/**
 * Slots of one ring that wait to be written, as they will stand in the file, oldest first. It holds so many;
 * where writing does not succeed for longer, the oldest are lost.
 */
export class SlotQueue {
  readonly values: Float32Array;
  readonly #ring: Ring;
  readonly #capacity: number;
  readonly #steps: Uint32Array;
  readonly #bytes: Uint8Array;
  // Slots are counted from the first there ever was; each stands at its number modulo the capacity.
  #first = 0;
  #next = 0;
  /** Those before are on their way to the file. */
  #sent = 0;

  constructor(ring: Ring, capacity: number) {
    const memory = new ArrayBuffer(capacity * ring.words * 4);
    this.#ring = ring;
    this.#capacity = capacity;
    this.values = new Float32Array(memory);
    this.#steps = new Uint32Array(memory);
    this.#bytes = new Uint8Array(memory);
  }

  get isEmpty(): boolean {
    return this.#first === this.#next;
  }

  /**
   * Make a slot for a step; the newest is used again if it is of that step and not on its way.
   * @returns where its values begin
   */
  push(step: number): number {
    const isOpen = this.#next > this.#first && this.#next > this.#sent;
    if (isOpen && this.#stepOf(this.#next - 1) === step) return this.#wordOf(this.#next - 1) + 1;
    if (this.#next - this.#first === this.#capacity) this.#first++;
    const word = this.#wordOf(this.#next++);
    this.#steps[word] = step;
    this.#steps[word + this.#ring.words - 1] = step;
    return word + 1;
  }

  /** What to write, neighbours in the file as one; say how it went with `sent`. */
  send(): Write[] {
    const writes: { at: number; bytes: Uint8Array }[] = [];
    this.#sent = this.#next;
    for (let slot = this.#first; slot < this.#next; ) {
      const end = this.#runFrom(slot);
      const at = slotAt(this.#ring, this.#stepOf(slot));
      // A copy, because the places are used again while it is under way.
      writes.push({
        at,
        bytes: this.#bytes.slice(4 * this.#wordOf(slot), 4 * this.#wordOf(end - 1) + this.#slotBytes),
      });
      slot = end;
    }
    return writes;
  }

  /** What was sent is written, or has to be sent again. */
  sent(isWritten: boolean): void {
    if (isWritten) this.#first = Math.max(this.#first, this.#sent);
    this.#sent = this.#first;
  }

  clear(): void {
    this.#first = this.#next;
  }

  /** Call with each slot: its step and where its values begin. */
  each(visit: (step: number, at: number) => void): void {
    for (let slot = this.#first; slot < this.#next; slot++) visit(this.#stepOf(slot), this.#wordOf(slot) + 1);
  }

  /** The end of the run of slots that are neighbours both here and in the file. */
  #runFrom(slot: number): number {
    let end = slot + 1;
    while (
      end < this.#next &&
      end % this.#capacity !== 0 &&
      this.#stepOf(end) === this.#stepOf(end - 1) + 1 &&
      this.#stepOf(end) % this.#ring.slots !== 0
    ) {
      end++;
    }
    return end;
  }

  get #slotBytes(): number {
    return 4 * this.#ring.words;
  }
  #wordOf(slot: number): number {
    return (slot % this.#capacity) * this.#ring.words;
  }
  #stepOf(slot: number): number {
    return this.#steps[this.#wordOf(slot)] as number;
  }
}

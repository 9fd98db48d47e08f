/**
 * Bytes the code under test copies in JavaScript while `work` runs. Times tell nothing on a busy machine; what is
 * quadratic in the number of pieces copies everything again for each.
 */
export async function copiedBytes(work: () => void | Promise<void>): Promise<number> {
  let copied = 0;
  const typed = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const { set, copyWithin } = typed;
  const { copy } = Buffer.prototype;
  const { concat, from } = Buffer;
  typed.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
    copied += source.length;
    set.call(this, source, offset);
  };
  typed.copyWithin = function (this: Uint8Array, target: number, start: number, end = this.length) {
    copied += end - start;
    return copyWithin.call(this, target, start, end) as Uint8Array<ArrayBuffer>;
  };
  Buffer.prototype.copy = function (this: Buffer, ...given: Parameters<typeof copy>) {
    const count = copy.apply(this, given);
    copied += count;
    return count;
  };
  Buffer.concat = (list, length) => {
    const joined = concat(list, length);
    copied += joined.length;
    return joined;
  };
  Buffer.from = ((...given: Parameters<typeof from>) => {
    const made = from(...given);
    if (!(given[0] instanceof ArrayBuffer)) copied += made.length;
    return made;
  }) as typeof from;
  try {
    await work();
    return copied;
  } finally {
    Object.assign(typed, { set, copyWithin });
    Buffer.prototype.copy = copy;
    Object.assign(Buffer, { concat, from });
  }
}

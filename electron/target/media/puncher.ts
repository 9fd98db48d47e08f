/**
 * Gives ranges of an open file or block device back to the system, so that they read as zeros and take no
 * storage. Node has no call for it.
 */
export interface HolePuncher {
  /**
   * Punch a hole over a range in bytes. `done` is called once, later: with true the range reads as zeros;
   * with false the file has no holes, or there was too much to do, and each byte is zero or as before.
   */
  punch(offset: number, length: number, done: (punched: boolean) => void): void;
  /** Release what it holds. Call after the last `done`. */
  close(): Promise<void>;
}

/** A range to punch and whom to tell. */
export interface Punch {
  offset: number;
  length: number;
  readonly tell: ((punched: boolean) => void)[];
}

/** Join ranges that touch or overlap. Takes over the objects in `punches`. */
export function mergePunches(punches: Punch[]): Punch[] {
  punches.sort((a, b) => a.offset - b.offset);
  const merged: Punch[] = [];
  for (const punch of punches) {
    const last = merged.at(-1);
    if (last !== undefined && punch.offset <= last.offset + last.length) {
      last.length = Math.max(last.length, punch.offset + punch.length - last.offset);
      last.tell.push(...punch.tell);
    } else {
      merged.push(punch);
    }
  }
  return merged;
}

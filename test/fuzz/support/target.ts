import type { Random } from '../../dmsg/support/random.ts';

/** The parts of the program that are fuzzed. */
export const TARGETS = ['dmsg', 'nbd', 'libdmsg', 'page', 'config'] as const;
export type TargetName = (typeof TARGETS)[number];

/** Something the code under test must never do. */
export class Finding extends Error {
  override name = 'Finding';
}

/** @throws Finding */
export function holds(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Finding(what);
}

/** What one case has to go by: everything it does follows from `random`. */
export interface Case {
  readonly number: number;
  readonly random: Random;
  /** Who is hostile in this case: cases are counted by it. */
  plays(hostile: string): void;
  /** So many messages (frames, options, requests, payloads, files) were given to the code under test. */
  fed(messages?: number): void;
  /** The case does more than messages ask for, as files: it may take so long, where others have 100 ms. */
  limit(ms: number): void;
}

/** A part of the program under fuzz. It leaves nothing behind after a case: see `Leftovers`. */
export interface Target {
  /** @throws Finding, or anything: an error nobody declared is a finding too */
  run(one: Case): Promise<void>;
  close?(): Promise<void>;
}

/** The seed of a case follows from that of the run, so that a case can be run alone. */
export function caseSeed(seed: number, number: number): number {
  let hash = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x27d4eb2f);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Let everything planned for this turn and the next happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

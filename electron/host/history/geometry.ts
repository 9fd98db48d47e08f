import { FIGURE_NAMES, HISTORY_COLUMNS } from '../../../shared/model/figures.ts';

/**
 * How the history of one series stands in its file: a header, then three rings of slots, a slot for each step
 * of time. A step has the number of its end, counted in steps since 1970, and stands at that number modulo the
 * size of the ring. The number is in the slot, before and behind the values: what was never written, is of an
 * earlier round, or was cut in two by a crash or a full disk is seen to be so, and is a gap.
 */
export interface Ring {
  readonly stepMs: number;
  readonly slots: number;
  /** Its slots are samples as they came; those of the others summarize many. */
  readonly isFine: boolean;
  /** Words of 4 bytes a slot has: its values between two copies of its step. */
  readonly words: number;
  /** Where the ring begins in the file. */
  readonly at: number;
}

export const COLUMNS = HISTORY_COLUMNS.length;
/** Where the columns stand in a row of figures. */
export const COLUMN_AT: readonly number[] = HISTORY_COLUMNS.map((name) => FIGURE_NAMES.indexOf(name));

/**
 * The first columns have a mean, the rest are percentiles, which have none: the mean of ten 99th percentiles
 * is nobody's percentile, and hides the one second that matters. Of them the largest is kept, for both.
 */
export const MEANS = HISTORY_COLUMNS.findIndex((name) => /_p\d+_us$/.test(name));

export const HEADER_BYTES = 4096;

const FINE_WORDS = 1 + COLUMNS + 1;
/** The number of samples stands before the means, the maxima behind them. */
const COARSE_WORDS = 1 + 1 + MEANS + COLUMNS + 1;

const seconds: Ring = { stepMs: 1000, slots: 3600, isFine: true, words: FINE_WORDS, at: HEADER_BYTES };
const tens: Ring = { stepMs: 10_000, slots: 8640, isFine: false, words: COARSE_WORDS, at: endOf(seconds) };
const minutes: Ring = { stepMs: 60_000, slots: 43_200, isFine: false, words: COARSE_WORDS, at: endOf(tens) };

/** An hour of seconds, a day of ten seconds, 30 days of minutes. */
export const RINGS = [seconds, tens, minutes] as const;
export const LONGEST_MS = minutes.stepMs * minutes.slots;

/** Size of a series' file: 4,116,736 bytes. It is sparse, and has them only once all was written. */
export const FILE_BYTES = endOf(minutes);

/** The step a time belongs to; it ends then or later. */
export function stepAt(ring: Ring, time: number): number {
  return Math.ceil(time / ring.stepMs);
}

/** Where a step's slot stands in the file. */
export function slotAt(ring: Ring, step: number): number {
  return ring.at + (step % ring.slots) * ring.words * 4;
}

/** Whether a slot, whose words begin at an index, is whole and of a step. */
export function isSlotOf(words: Uint32Array, at: number, ring: Ring, step: number): boolean {
  return words[at] === step && words[at + ring.words - 1] === step;
}

/** What a file of this series and geometry begins with: one that begins otherwise is damaged or another's. */
export function headerOf(key: string): Buffer {
  const rings = RINGS.map(({ stepMs, slots, words }) => ({ step_ms: stepMs, slots, words }));
  const little_endian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
  const facts = { version: 1, key, columns: HISTORY_COLUMNS, means: MEANS, rings, little_endian };
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(`spandrel history\n${JSON.stringify(facts)}\n`);
  return header;
}

function endOf(ring: Ring): number {
  return ring.at + ring.slots * ring.words * 4;
}

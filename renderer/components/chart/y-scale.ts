/** The top of a chart: it grows at once and shrinks late, so that it does not jump with each sample. */

const HEADROOM = 1.1;
/** So long must less be enough before the scale shrinks. */
const SHRINK_MS = 10_000;

export interface Top {
  readonly value: number;
  /** Since when less would do; null: it would not. */
  readonly lowSince: number | null;
}

/** @param binary round to powers of two within 1024s, as sizes are read */
export function nextTop(top: Top | null, largest: number, now: number, binary: boolean): Top {
  const wanted = niceAbove(largest * HEADROOM, binary);
  if (top === null || wanted >= top.value) return { value: wanted, lowSince: null };
  const lowSince = top.lowSince ?? now;
  return now - lowSince >= SHRINK_MS ? { value: wanted, lowSince: null } : { value: top.value, lowSince };
}

/** Round enough to be read, close enough to waste little room. */
const STEPS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number: a small factor times a power of ten; or a quarter of a power of two. */
export function niceAbove(value: number, binary: boolean): number {
  if (value <= 0) return 1;
  if (binary) {
    const quarter = 2 ** Math.floor(Math.log2(value)) / 4;
    return Math.ceil(value / quarter) * quarter;
  }
  const power = 10 ** Math.floor(Math.log10(value));
  const step = STEPS.find((factor) => factor * power >= value * (1 - 1e-9)) ?? 10;
  return step * power;
}

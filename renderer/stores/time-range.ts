/** The stretch of time all charts show. */
export type Range =
  /** The last `ms`; up to now, or paused at a time. */
  | { readonly kind: 'last'; readonly ms: number; readonly pausedAt: number | null }
  /** From one time to another, ms since 1970. */
  | { readonly kind: 'span'; readonly from: number; readonly to: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The ranges of the menu, the second being where a page starts. */
export const RANGES = [
  { id: '1m', label: '1 m', ms: MINUTE },
  { id: '5m', label: '5 m', ms: 5 * MINUTE },
  { id: '15m', label: '15 m', ms: 15 * MINUTE },
  { id: '1h', label: '1 h', ms: HOUR },
  { id: '6h', label: '6 h', ms: 6 * HOUR },
  { id: '24h', label: '24 h', ms: DAY },
  { id: '7d', label: '7 d', ms: 7 * DAY },
  { id: '30d', label: '30 d', ms: 30 * DAY },
] as const;
export const DEFAULT_RANGE = { kind: 'last', ms: 5 * MINUTE, pausedAt: null } as const satisfies Range;

/** Nothing is kept for longer. */
const LONGEST_MS = 31 * DAY;
/** No zoom into less than a few samples of a second each. */
export const SHORTEST_MS = 5_000;

/** The range as it stands in the address bar; null for the default. */
export function rangeText(range: Range): string | null {
  if (range.kind === 'span') return `${range.from}-${range.to}`;
  const id = RANGES.find(({ ms }) => ms === range.ms)?.id ?? '5m';
  if (range.pausedAt !== null) return `${id}@${range.pausedAt}`;
  return range.ms === DEFAULT_RANGE.ms ? null : id;
}

/** Reads what rangeText wrote; the default for anything else. */
export function rangeOf(text: string | null): Range {
  const span = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '');
  if (span !== null) return spanOf(Number(span[1]), Number(span[2]));
  const last = /^(\w{2,3})(?:@(\d{1,15}))?$/.exec(text ?? '');
  const known = RANGES.find(({ id }) => id === last?.[1]);
  if (known === undefined) return DEFAULT_RANGE;
  return { kind: 'last', ms: known.ms, pausedAt: last?.[2] === undefined ? null : Number(last[2]) };
}

/** From one time to another, made no shorter than can be shown and no longer than anything is kept. */
export function spanOf(a: number, b: number): Range {
  const from = Math.round(Math.min(a, b));
  const length = Math.min(Math.max(Math.abs(b - a), SHORTEST_MS), LONGEST_MS);
  return { kind: 'span', from, to: Math.round(from + length) };
}

/** Begin and end, ms since 1970. */
export function boundsOf(range: Range, now: number): [from: number, to: number] {
  if (range.kind === 'span') return [range.from, range.to];
  const to = range.pausedAt ?? now;
  return [to - range.ms, to];
}

/** Does the range end at now? */
export function isLive(range: Range): boolean {
  return range.kind === 'last' && range.pausedAt === null;
}

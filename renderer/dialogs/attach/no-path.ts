import type { NoPath } from '../../../shared/model/unit.ts';

/** @returns null where the seconds are no time */
export function noPathOf(kind: NoPath['kind'], seconds: number | string): NoPath | null {
  if (kind !== 'seconds') return { kind };
  const value = Number(seconds);
  return value > 0 && value <= 1e6 ? { kind, seconds: value } : null;
}

import type { Input } from '../../../shared/contract.ts';
import { RINGS, type Ring } from './geometry.ts';

type Query = Pick<Input<'history.read'>, 'from' | 'to' | 'points'>;

/** What is read for a query: steps of so many slots of a ring each. */
export interface Plan {
  readonly ring: Ring;
  readonly slotsPerStep: number;
  /** Numbers of the first and last step, counted as those of slots are: by their ends since 1970. */
  readonly first: number;
  readonly last: number;
}

/** Numbers of minutes people can read off an axis. */
const ROUND_NUMBERS = [1, 2, 3, 5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720];
const DAY = 1440;

/**
 * Slots a range may begin before the ring does: the page's clock and a round trip are not to make an hour of
 * seconds one of ten seconds.
 */
const SLACK_SLOTS = 10;

/**
 * The finest ring that goes back to the beginning of the range and has no more steps in it than are wanted;
 * else the longest ring, with as many slots as one step as it takes.
 */
export function planOf({ from, to, points }: Query, now: number): Plan {
  for (const ring of RINGS) {
    const reachesBack = from >= now - (ring.slots + SLACK_SLOTS) * ring.stepMs;
    const plan = stepsOf(ring, 1, from, to);
    if (reachesBack && plan.last - plan.first < points) return plan;
  }
  const longest = RINGS[2];
  const needed = (to - from) / longest.stepMs / (points - 1);
  const slots = ROUND_NUMBERS.find((number) => number >= needed) ?? DAY * Math.ceil(needed / DAY);
  return stepsOf(longest, slots, from, to);
}

/** The steps that have a part in the range: the last may end behind it. None where it is empty. */
function stepsOf(ring: Ring, slotsPerStep: number, from: number, to: number): Plan {
  const stepMs = ring.stepMs * slotsPerStep;
  const first = Math.floor(from / stepMs) + 1;
  return { ring, slotsPerStep, first, last: Math.max(first - 1, Math.ceil(to / stepMs)) };
}

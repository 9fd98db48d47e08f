import type { Path } from './path.ts';
import type { PathPolicy } from './unit-options.ts';

/**
 * Order of preference: what may be written first, so that one that can be read at most is used only where all are
 * such; then the usable, then the preferred, then by policy the nearest or the fastest.
 */
function compare(a: Path, b: Path, policy: PathPolicy): number {
  const nearest = a.distance - b.distance || a.span.rnss - b.span.rnss;
  const fastest = rttOf(a) - rttOf(b) || 0;
  return (
    Number(a.refusesWriting) - Number(b.refusesWriting) ||
    Number(a.state === 'faulty') - Number(b.state === 'faulty') ||
    Number(b.preferred) - Number(a.preferred) ||
    (policy === 'fastest' ? fastest || nearest : nearest || fastest) ||
    a.id - b.id
  );
}

function rttOf(path: Path): number {
  return path.link.rttMs ?? Number.MAX_VALUE;
}

/** The path to open next: undefined where none could be. Paths of state `opening` or `open` are not looked at. */
export function choosePath(paths: Iterable<Path>, policy: PathPolicy): Path | undefined {
  return [...paths]
    .filter(({ state, disabled }) => !disabled && (state === 'standby' || state === 'faulty'))
    .sort((a, b) => compare(a, b, policy))[0];
}

/**
 * Whether a unit that works on `active` should move to another path: because that one was disabled, or the
 * other may be written where this one may not, or is preferred, or the policy goes back to better ones. A round trip
 * must be clearly shorter to be worth it.
 */
export function isBetter(candidate: Path, active: Path, policy: PathPolicy): boolean {
  if (candidate.disabled || candidate.state !== 'standby') return false;
  if (active.disabled) return true;
  if (candidate.refusesWriting !== active.refusesWriting) return active.refusesWriting;
  if (candidate.preferred !== active.preferred) return candidate.preferred;
  switch (policy) {
    case 'stay':
      return false;
    case 'nearest':
      return candidate.distance < active.distance;
    case 'fastest':
      return rttOf(candidate) * 1.5 < rttOf(active);
  }
}

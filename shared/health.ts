import type { Path } from './model/disk.ts';
import type { Health, Unit } from './model/unit.ts';

/** The roll-up of a unit and what is said of it: the same for table, notification, event and metrics. */

type Judged = Pick<Unit, 'state' | 'options'> & { readonly paths: readonly Judgeable[] };
type Judgeable = Pick<Path, 'state' | 'link' | 'use'>;

/** A path requests could go over now. */
export function isUsable({ state, link, use }: Judgeable): boolean {
  return (
    link === 'up' && use !== 'disabled' && (state === 'standby' || state === 'opening' || state === 'open')
  );
}

/** Usable paths and all that are meant to be. A path you disabled is neither. */
export function countPaths(paths: readonly Judgeable[]): { usable: number; all: number } {
  const wanted = paths.filter(({ use }) => use !== 'disabled');
  return { usable: wanted.filter(isUsable).length, all: wanted.length };
}

/** One word for a unit. */
export function rollUp({ state, options, paths }: Judged): Health {
  if (state === 'holding' || state === 'failed') return state;
  const { usable, all } = countPaths(paths);
  if (all === 0) return paths.length === 0 ? 'unknown' : 'holding';
  if (usable === 0) return options.no_path.kind === 'fail' ? 'failed' : 'holding';
  if (usable === all) return 'optimal';
  return usable === 1 ? 'single_path' : 'degraded';
}

/** Words for a roll-up, as columns and filters show it. */
export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  optimal: 'Optimal',
  degraded: 'Degraded',
  single_path: 'Single path',
  holding: 'Holding I/O',
  failed: 'Failed',
  unknown: 'Unknown',
};

/** From best to worst, for sorting and for deciding what is a recovery. */
export const HEALTH_ORDER: readonly Health[] = [
  'optimal',
  'unknown',
  'degraded',
  'single_path',
  'holding',
  'failed',
];

/**
 * The sentence under the word: `3 of 4 paths, node-b lost`.
 * @param waiting requests held now
 * @param now ms since 1970, for the countdown
 */
export function healthSentence(
  unit: Pick<Unit, 'health' | 'paths' | 'fails_at' | 'pathless_since'>,
  waiting: number,
  now: number,
): string {
  const { usable, all } = countPaths(unit.paths);
  const ofAll = `${usable} of ${all} ${all === 1 ? 'path' : 'paths'}`;
  const lost = unit.paths.find((path) => path.use !== 'disabled' && !isUsable(path));
  switch (unit.health) {
    case 'optimal':
      return ofAll;
    case 'degraded':
      return lost === undefined ? ofAll : `${ofAll}, ${lost.peer} ${lost.link === 'up' ? 'refuses' : 'lost'}`;
    case 'single_path':
      return `No redundancy: ${ofAll}`;
    case 'holding': {
      const held = waiting === 1 ? '1 request held' : `${waiting} requests held`;
      if (unit.fails_at === null) return `No path. ${held} until one returns`;
      return `No path. ${held}, failing in ${Math.max(0, Math.ceil((unit.fails_at - now) / 1000))} s`;
    }
    case 'failed':
      return 'No path. Returning I/O errors';
    case 'unknown':
      return 'No peer has offered it yet';
  }
}

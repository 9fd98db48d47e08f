import { countPaths, HEALTH_ORDER, rollUp } from '../../../shared/health.ts';
import type { Disk, Path } from '../../../shared/model/disk.ts';
import { UNIT_OPTION_DEFAULTS, type Unit } from '../../../shared/model/unit.ts';
import { ACCESS_LOOKS, HEALTH_LOOKS, type Look, unitLook } from '../../components/status/words.ts';

const GONE: Look = {
  word: 'Not offered',
  glyph: 'dash',
  tone: 'unknown',
  hint: 'No peer offers it now',
};
const NO_PATH: Look = {
  word: 'No path',
  glyph: 'cross',
  tone: 'err',
  hint: 'It is offered, but none of its paths works',
};

/** Of an attached disk the roll-up of its unit; of any other what its paths would make of it. */
export function diskLook(disk: Disk, unit: Unit | undefined): Look {
  if (unit !== undefined) return unitLook(unit);
  if (!disk.offered) return GONE;
  if (countPaths(disk.paths).usable === 0) return NO_PATH;
  return HEALTH_LOOKS[rollUp({ state: 'idle', options: UNIT_OPTION_DEFAULTS, paths: disk.paths })];
}

/** From best to worst, for sorting. */
export function healthRank(disk: Disk, unit: Unit | undefined): number {
  if (unit !== undefined) return HEALTH_ORDER.indexOf(unit.health);
  if (!disk.offered) return HEALTH_ORDER.length;
  if (countPaths(disk.paths).usable === 0) return HEALTH_ORDER.indexOf('failed');
  return HEALTH_ORDER.indexOf(rollUp({ state: 'idle', options: UNIT_OPTION_DEFAULTS, paths: disk.paths }));
}

/** What the far ends say when asked, the best of all paths: one that grants it is enough. */
export function diskAccess(paths: readonly Pick<Path, 'access'>[]): Path['access'] {
  const best = (['granted', 'read_only', 'refused'] as const).find((access) =>
    paths.some((path) => path.access === access),
  );
  return best ?? 'not_asked';
}

/** In the words of a table: RO or RW. */
export const ACCESS_WORDS: Readonly<Record<Path['access'], string>> = {
  granted: 'Read-write',
  read_only: ACCESS_LOOKS.read_only.word,
  refused: ACCESS_LOOKS.refused.word,
  not_asked: ACCESS_LOOKS.not_asked.word,
};

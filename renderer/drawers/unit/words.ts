import { formatDuration } from '../../../shared/format.ts';
import type { NoPath, PathPolicy, Unit } from '../../../shared/model/unit.ts';

/** Which path is used, in a word or two and in a sentence. */
export const POLICY_WORDS: Readonly<Record<PathPolicy, { word: string; text: string }>> = {
  stay: { word: 'Stay', text: 'Failover only: the nearest at first, then whichever works' },
  nearest: { word: 'Nearest', text: 'Back to the nearest path when it returns' },
  fastest: { word: 'Fastest', text: 'Back to the path of the shortest round trip' },
};

/** What requests get while there is no path. */
export function noPathWords(policy: NoPath): string {
  switch (policy.kind) {
    case 'hold':
      return 'Hold forever';
    case 'seconds':
      return `Hold for ${formatDuration(policy.seconds * 1000)}, then fail`;
    case 'fail':
      return 'Fail at once';
  }
}

/** When requests began to fail: not before they were held for as long as the policy says. */
export function failingSince({
  pathless_since,
  options: { no_path },
}: Pick<Unit, 'pathless_since' | 'options'>): number | null {
  if (pathless_since === null) return null;
  return pathless_since + (no_path.kind === 'seconds' ? no_path.seconds * 1000 : 0);
}

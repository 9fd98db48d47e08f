import { DetachOne } from './detach/one.tsx';
import { DetachSeveral } from './detach/several.tsx';
import type { RequestOf } from './requests.ts';

/** Nothing is torn down before it is known who uses it. */
export function DetachDialog({ request: { units } }: { request: RequestOf<'detach'> }) {
  const [only] = units;
  return units.length === 1 && only !== undefined ? (
    <DetachOne unit={only} />
  ) : (
    <DetachSeveral units={units} />
  );
}

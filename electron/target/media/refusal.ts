import { BlockOp } from '../../block/device.ts';
import { BlockError } from '../../block/error.ts';

/** Where a medium stands, for what it must refuse. */
export type MediumState = 'open' | 'closing' | 'closed';

/** The error of a request that must not touch the medium, or null if it may run. */
export function refusal(op: BlockOp, name: string, readOnly: boolean, state: MediumState): BlockError | null {
  if (state !== 'open') return new BlockError('io', `${name} is ${state}`);
  if (!readOnly || op === BlockOp.read || op === BlockOp.flush) return null;
  return new BlockError('readonly', `${name} is read-only`);
}

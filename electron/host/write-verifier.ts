import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { bootId } from './boot-id.ts';

/**
 * The write verifier of a file or device (see FenceAnswer): writes stand in the page cache, which outlives our
 * processes but not the system. So it is the same until this host starts anew.
 * @param identity Medium.identity
 * @returns undefined where the system does not tell its starts apart: it must then be new for each process
 */
export function writeVerifierOf(identity: string): string | undefined {
  try {
    return createHash('sha256').update(`${bootId()}\0${hostname()}\0${identity}`).digest('hex').slice(0, 32);
  } catch {
    return undefined;
  }
}

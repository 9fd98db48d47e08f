import type { Fingerprint } from '../../../../electron/stream/fingerprint.ts';

/** The fingerprint of a key that is none: one for each number. */
export function keyOf(number: number): Fingerprint {
  return `SHA256:${String(number).padStart(43, 'A')}`;
}

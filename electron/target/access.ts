import type { Link } from '../dmsg/link.ts';
import type { Fingerprint } from '../stream/fingerprint.ts';

/** What a peer may do with an export. */
export type Access = 'rw' | 'ro' | 'none';

/** Who may use an export, by key, and how. */
export type AllowList = ReadonlyMap<Fingerprint, 'rw' | 'ro'>;

/**
 * What a link may do with an export. Whoever has proved its key may do what the list says. Where no key is
 * asked for (this machine, or a network trusted with open eyes) everyone may do everything, unless a list says
 * that keys decide: then nobody may.
 */
export function accessOf(link: Link, allow: AllowList): Access {
  if (link.identity !== undefined) return allow.get(link.identity) ?? 'none';
  return allow.size === 0 ? 'rw' : 'none';
}

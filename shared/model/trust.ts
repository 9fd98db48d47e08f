import { z } from 'zod';
import { Label, Time } from './common.ts';

/** A key, by the hash of it: the same words as OpenSSH. */
export const FingerprintText = z
  .string()
  .regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'is SHA256: and 43 characters, as "spandrel keygen" prints it');

/** A key that may use an export. */
export const AllowedKey = z.object({
  fingerprint: FingerprintText,
  access: z.enum(['rw', 'ro']),
  /** Whose it is, for people. */
  name: Label.nullable(),
});
export type AllowedKey = z.infer<typeof AllowedKey>;

/** Who may use an export over TLS; empty: nobody. Links without keys (this machine, plain) need an empty list. */
export const AllowedKeys = z
  .array(AllowedKey)
  .max(1024)
  .superRefine((keys, context) => {
    const seen = new Set<string>();
    for (const [at, { fingerprint }] of keys.entries()) {
      if (seen.has(fingerprint)) {
        context.addIssue({ code: 'custom', path: [at], message: `${fingerprint} stands in the list twice` });
      }
      seen.add(fingerprint);
    }
  });

/** What this host knows of keys. */
export const TrustList = z.object({
  /** This host's own. */
  fingerprint: FingerprintText,
  /** Keys pinned by address. */
  peers: z.array(z.object({ address: z.string(), fingerprint: FingerprintText, first_seen: Time })),
  revoked: z.array(z.object({ fingerprint: FingerprintText, at: Time })),
});
export type TrustList = z.infer<typeof TrustList>;

import { z } from 'zod';
import { Writers } from '../../../shared/events.ts';
import { AddressText, Bytes, Id, Label, PathText, PeerText, Time } from '../../../shared/model/common.ts';
import { Layout, Settings } from '../../../shared/model/settings.ts';
import { AllowedKeys, FingerprintText } from '../../../shared/model/trust.ts';
import { UnitOptions } from '../../../shared/model/unit.ts';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import { parseAddress } from '../../stream/address.ts';

/**
 * What is kept of a host: one file, and what export and import carry. It has no place for secrets: what is
 * one belongs elsewhere. Keys added by a newer minor version are dropped; what is not as described here is
 * refused.
 */

/** Units kept after they were detached, to be attached again as they were. */
export const KEPT_DETACHED = 20;

/** An address the rest of the host can read. */
const Address = AddressText.superRefine((text, context) => {
  try {
    parseAddress(text, DEFAULT_PORT);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const BlockBytes = z
  .number()
  .int()
  .min(512)
  .max(1 << 20);

export const PeerConfig = z.object({
  id: Id,
  /** A peer nobody named is called by its address, which may be longer than a label. */
  name: Label.or(AddressText),
  address: Address,
  auto_connect: z.boolean(),
  insecure_plain: z.boolean(),
  fingerprint: FingerprintText.nullable().default(null),
});
export type PeerConfig = z.infer<typeof PeerConfig>;

export const ExportConfig = z.object({
  id: Id,
  source: PathText,
  serial: Label,
  label: Label,
  block_bytes: BlockBytes,
  read_only: z.boolean(),
  online: z.boolean(),
  allow: AllowedKeys.default([]),
  writers: Writers.default('one'),
});
export type ExportConfig = z.infer<typeof ExportConfig>;

export const UnitConfig = z.object({
  serial: PeerText.min(1),
  size_bytes: Bytes,
  block_bytes: BlockBytes,
  label: PeerText,
  options: UnitOptions,
  disabled_paths: z.array(Id).max(256),
  preferred_path: Id.nullable(),
});
export type UnitConfig = z.infer<typeof UnitConfig>;

export const DetachedConfig = UnitConfig.extend({ at: Time });
export type DetachedConfig = z.infer<typeof DetachedConfig>;

/** What makes a unit's disk one disk, as a text. */
export function unitKey(unit: Pick<UnitConfig, 'serial' | 'size_bytes' | 'block_bytes'>): string {
  return `${unit.serial}/${unit.size_bytes}/${unit.block_bytes}`;
}

export const Config = z.object({
  version: z.literal(1),
  peers: z
    .array(PeerConfig)
    .max(256)
    .superRefine(distinct((peer) => peer.id)),
  exports: z
    .array(ExportConfig)
    .max(4096)
    .superRefine(distinct((item) => item.id)),
  units: z.array(UnitConfig).max(4096).superRefine(distinct(unitKey)),
  /** Oldest first. */
  detached: z.array(DetachedConfig).max(KEPT_DETACHED),
  settings: Settings.prefault({}),
  layout: Layout,
});
export type Config = z.infer<typeof Config>;

/** A value nobody may change in place. */
export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
/** The config for all but its store. Values of the layout are any JSON, whose type has no end to go down to. */
export type ReadonlyConfig = DeepReadonly<Omit<Config, 'layout'>> & { readonly layout: Readonly<Layout> };

/** A refinement of lists whose entries have a key each. */
function distinct<T>(keyOf: (entry: T) => string) {
  return (entries: T[], context: z.RefinementCtx): void => {
    const seen = new Set<string>();
    for (const [at, entry] of entries.entries()) {
      const key = keyOf(entry);
      if (seen.has(key)) {
        context.addIssue({ code: 'custom', path: [at], message: `"${key}" stands in the list twice` });
      }
      seen.add(key);
    }
  };
}

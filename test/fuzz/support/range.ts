import type { Random } from '../../dmsg/support/random.ts';

/** Bytes of a disk, also such as no disk has. */
export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

const SECTORS = [1, 1, 1, 2, 2, 8, 8, 8, 8, 8, 8, 8, 16, 33, 40, 128];

/** A range on a disk, mostly a good one. */
export function rangeOn(sizeBytes: number, random: Random): Range {
  if (random.chance(0.85)) {
    const sectors = sizeBytes / 512;
    const bytes = random.pick(SECTORS) * 512;
    const at = random.integer(0, sectors - 1) * 512;
    return { offset: Math.max(0, Math.min(at, sizeBytes - bytes)), bytes: Math.min(bytes, sizeBytes) };
  }
  return {
    offset: random.pick([
      0,
      1,
      511,
      sizeBytes - 512,
      sizeBytes,
      sizeBytes + 512,
      2 ** 32,
      2 ** 53,
      2 ** 64 - 2048,
    ]),
    bytes: random.pick([
      0,
      1,
      511,
      512,
      sizeBytes,
      sizeBytes + 512,
      65_536,
      66_048,
      1 << 20,
      2 ** 31,
      2 ** 32 - 512,
    ]),
  };
}

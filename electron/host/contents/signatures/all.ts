import type { Probe } from '../probe.ts';
import { HAMMER, HAMMER2, UFS } from './bsd.ts';
import { EXT } from './ext.ts';
import { BCACHE, BTRFS, SQUASHFS, SWAP, XFS } from './linux.ts';
import { EXFAT, FAT, NTFS } from './microsoft.ts';
import { ISO9660, UDF } from './optical.ts';
import { LUKS, LVM2, MD, MD_090 } from './volumes.ts';
import { ZFS } from './zfs.ts';

/** Everything that is looked for at the start of a disk and of each partition. */
export const PROBES: readonly Probe[] = [
  EXT,
  XFS,
  BTRFS,
  NTFS,
  FAT,
  EXFAT,
  ISO9660,
  UDF,
  HAMMER,
  HAMMER2,
  UFS,
  SQUASHFS,
  ...SWAP,
  LUKS,
  LVM2,
  MD,
  MD_090,
  ZFS,
  BCACHE,
];

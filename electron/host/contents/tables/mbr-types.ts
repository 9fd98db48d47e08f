/** Types of MBR partitions worth a name. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x01, 'FAT12'],
  [0x04, 'FAT16 below 32 MiB'],
  [0x05, 'extended'],
  [0x06, 'FAT16'],
  [0x07, 'NTFS or exFAT'],
  [0x0b, 'FAT32'],
  [0x0c, 'FAT32 (LBA)'],
  [0x0e, 'FAT16 (LBA)'],
  [0x0f, 'extended (LBA)'],
  [0x27, 'Windows recovery'],
  [0x42, 'Windows dynamic disk'],
  [0x6c, 'DragonFly'],
  [0x82, 'Linux swap'],
  [0x83, 'Linux'],
  [0x85, 'Linux extended'],
  [0x8e, 'Linux LVM'],
  [0xa5, 'FreeBSD or DragonFly'],
  [0xa6, 'OpenBSD'],
  [0xa8, 'Apple UFS'],
  [0xa9, 'NetBSD'],
  [0xaf, 'Apple HFS'],
  [0xbf, 'Solaris'],
  [0xda, 'data'],
  [0xee, 'GPT protective'],
  [0xef, 'EFI system'],
  [0xfb, 'VMware VMFS'],
  [0xfd, 'Linux RAID'],
]);

/** Types whose partition holds a chain of logical ones. */
export const EXTENDED: ReadonlySet<number> = new Set([0x05, 0x0f, 0x85]);
export const PROTECTIVE = 0xee;

export function mbrTypeName(type: number): string {
  return NAMES.get(type) ?? `0x${type.toString(16).padStart(2, '0')}`;
}

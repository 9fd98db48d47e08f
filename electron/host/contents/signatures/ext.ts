import { isPowerOfTwo, text, uuid } from '../fields.ts';
import { type Found, fromStart, hex, type Probe, sized } from '../probe.ts';

/** ext2, ext3, ext4 and their external journals: one superblock, told apart by its features. */

const Compatible = { journal: 0x4 } as const;
const Incompatible = {
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  wide: 0x80,
} as const;
/** Sparse superblocks, large files, directory trees. */
const EXT3_READ_ONLY = 0x7;
const EXT2_INCOMPATIBLE = Incompatible.fileType | Incompatible.metaGroups;
const EXT3_INCOMPATIBLE = EXT2_INCOMPATIBLE | Incompatible.recover;

export const EXT: Probe = {
  at: fromStart(1024),
  bytes: 1024,
  magic: { at: 0x38, any: [hex('53ef')] },
  read(block): Found | null {
    const blockBytes = 1024 * 2 ** block.readUInt32LE(0x18);
    if (!isPowerOfTwo(blockBytes, 1024, 65_536)) return null;
    const incompatible = block.readUInt32LE(0x60);
    const low = block.readUInt32LE(0x4);
    const high = (incompatible & Incompatible.wide) === 0 ? 0 : block.readUInt32LE(0x150);
    const mountedOn = text(block, 0x88, 64);
    return {
      type: typeOf(block.readUInt32LE(0x5c), incompatible, block.readUInt32LE(0x64)),
      label: text(block, 0x78, 16),
      uuid: uuid(block, 0x68),
      detail: [
        sized((high * 2 ** 32 + low) * blockBytes),
        mountedOn === null ? null : `last mounted on ${mountedOn}`,
        (incompatible & Incompatible.recover) === 0
          ? null
          : 'its journal is to be replayed: in use, or not unmounted',
      ],
    };
  },
};

function typeOf(compatible: number, incompatible: number, readOnly: number): string {
  if (incompatible & Incompatible.journalDevice) return 'ext journal';
  const hasJournal = (compatible & Compatible.journal) !== 0;
  const known = hasJournal ? EXT3_INCOMPATIBLE : EXT2_INCOMPATIBLE;
  if (incompatible & ~known || readOnly & ~EXT3_READ_ONLY) return 'ext4';
  return hasJournal ? 'ext3' : 'ext2';
}

import { guid, isPowerOfTwo, text, u64 } from '../fields.ts';
import { type Found, fromStart, hex, type Probe, sized } from '../probe.ts';

/** File systems of the BSDs: HAMMER, HAMMER2 and UFS. */

/** The volume header (hammer_disk.h); HAMMER_FSBUF_VOLUME in little-endian. */
export const HAMMER: Probe = {
  at: fromStart(0),
  bytes: 4096,
  magic: { at: 0, any: [hex('313052c54d4d41c8')] },
  read(block): Found {
    const volumes = block.readInt32LE(148);
    return {
      type: 'hammer',
      label: text(block, 80, 64),
      uuid: guid(block, 48),
      detail: [
        sized(u64(block, 32) - u64(block, 24)),
        volumes > 1 ? `volume ${block.readInt32LE(144)} of ${volumes}` : null,
        `version ${block.readUInt32LE(152)}`,
      ],
    };
  },
};

/** The first of up to four volume headers (hammer2_disk.h), which are written in turn. */
export const HAMMER2: Probe = {
  at: fromStart(0),
  bytes: 4096,
  magic: { at: 0, any: [hex('11201705324d4148'), hex('48414d3205172011')] },
  read(block): Found {
    // Written in the byte order of its machine; only little-endian ones were ever built.
    if (block[0] !== 0x11) return { type: 'hammer2', detail: ['of a big-endian machine'] };
    const volumes = block.readUInt8(0x3c);
    return {
      type: 'hammer2',
      uuid: guid(block, 0x40),
      detail: [
        sized(u64(block, 0x28)),
        volumes > 1 ? `volume ${block.readUInt8(0x3b)} of ${volumes}` : null,
        `version ${block.readUInt32LE(0x30)}`,
      ],
    };
  },
};

/** Offsets in FreeBSD's struct fs. */
const Ufs = {
  oldSize: 36,
  fragment: 52,
  id: 144,
  mountedOn: 212,
  name: 680,
  size: 1080,
  magic: 1372,
} as const;

export const UFS: Probe = {
  at: fromStart(65_536, 8192, 0, 262_144),
  bytes: 2048,
  magic: {
    at: Ufs.magic,
    any: [hex('54190100'), hex('19015419'), hex('00011954'), hex('19540119')],
  },
  read(block, _, at): Found | null {
    const isLittle =
      block[Ufs.magic] === 0x54 || (block[Ufs.magic] === 0x19 && block[Ufs.magic + 1] === 0x01);
    const word = (place: number): number =>
      isLittle ? block.readUInt32LE(place) : block.readUInt32BE(place);
    const long = (place: number): number =>
      Number(isLittle ? block.readBigUInt64LE(place) : block.readBigUInt64BE(place));
    const isUfs2 = word(Ufs.magic) === 0x19540119;
    const fragmentBytes = word(Ufs.fragment);
    // At 64 KiB lies a copy of an old UFS1's superblock as well, if its blocks are so large.
    if (!isPowerOfTwo(fragmentBytes, 512, 65_536) || (!isUfs2 && at === 65_536)) return null;
    const [high, low] = [word(Ufs.id), word(Ufs.id + 4)].map((part) => part.toString(16).padStart(8, '0'));
    const mountedOn = text(block, Ufs.mountedOn, 468);
    return {
      type: isUfs2 ? 'ufs2' : 'ufs1',
      label: isUfs2 ? text(block, Ufs.name, 32) : null,
      uuid: `${high}${low}`,
      detail: [
        sized((isUfs2 ? long(Ufs.size) : word(Ufs.oldSize)) * fragmentBytes),
        mountedOn === null ? null : `last mounted on ${mountedOn}`,
      ],
    };
  },
};

import { isPowerOfTwo, text, u64, u64be, uuid } from '../fields.ts';
import { ascii, type Found, fromStart, hex, type Probe, sized } from '../probe.ts';

/** Other file systems of Linux, and its swap. */

export const XFS: Probe = {
  at: fromStart(0),
  bytes: 512,
  magic: { at: 0, any: [ascii('XFSB')] },
  read(block): Found | null {
    const blockBytes = block.readUInt32BE(4);
    if (!isPowerOfTwo(blockBytes, 512, 65_536)) return null;
    return {
      type: 'xfs',
      label: text(block, 108, 12),
      uuid: uuid(block, 32),
      detail: [sized(u64be(block, 8) * blockBytes)],
    };
  },
};

export const BTRFS: Probe = {
  at: fromStart(65_536),
  bytes: 4096,
  magic: { at: 64, any: [ascii('_BHRfS_M')] },
  read(block): Found {
    const devices = u64(block, 136);
    return {
      type: 'btrfs',
      label: text(block, 299, 256),
      uuid: uuid(block, 32),
      detail: [sized(u64(block, 112)), devices > 1 ? `one of ${devices} devices` : null],
    };
  },
};

export const SQUASHFS: Probe = {
  at: fromStart(0),
  bytes: 96,
  magic: { at: 0, any: [ascii('hsqs')] },
  read(block): Found {
    const version = `version ${block.readUInt16LE(28)}.${block.readUInt16LE(30)}`;
    return { type: 'squashfs', detail: [sized(u64(block, 40)), version] };
  },
};

/** The magic ends the first page, whose size is the machine's. */
const SWAP_MAGIC_BYTES = 10;

function swap(pageBytes: number): Probe {
  return {
    at: fromStart(0),
    bytes: pageBytes,
    magic: { at: pageBytes - SWAP_MAGIC_BYTES, any: [ascii('SWAPSPACE2'), ascii('SWAP-SPACE')] },
    read(block): Found {
      const pages = block.readUInt32LE(1028) + 1;
      return {
        type: 'swap',
        label: text(block, 1052, 16),
        uuid: uuid(block, 1036),
        detail: [sized(pages * pageBytes)],
      };
    },
  };
}
export const SWAP: readonly Probe[] = [4096, 8192, 16_384, 32_768, 65_536].map(swap);

export const BCACHE: Probe = {
  at: fromStart(4096),
  bytes: 512,
  magic: { at: 24, any: [hex('c68573f64e1a45ca8265f57f48ba6d81')] },
  read(block): Found {
    // Versions of struct cache_sb: 0 and 3 are caches, 1 and 4 what is cached.
    const version = u64(block, 16);
    const role = version === 0 || version === 3 ? 'cache' : 'backing device';
    return { type: 'bcache', label: text(block, 72, 32), uuid: uuid(block, 40), detail: [role] };
  },
};

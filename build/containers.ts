/** The two formats of icons that hold several PNGs; both keep them as they are. */

export interface Png {
  /** Width and height. */
  readonly pixels: number;
  readonly data: Buffer;
}

/** Windows: a directory of entries, then the images. Sizes up to 256, which is written as 0. */
export function ico(images: readonly Png[]): Buffer {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(({ pixels, data }, at) => {
    const entry = 6 + 16 * at;
    head.writeUInt8(pixels % 256, entry);
    head.writeUInt8(pixels % 256, entry + 1);
    head.writeUInt16LE(1, entry + 4);
    head.writeUInt16LE(32, entry + 6);
    head.writeUInt32LE(data.length, entry + 8);
    head.writeUInt32LE(offset, entry + 12);
    offset += data.length;
  });
  return Buffer.concat([head, ...images.map(({ data }) => data)]);
}

/** macOS: the types of images by their pixels; some sizes have two, for displays of twice the resolution. */
const ICNS_TYPES: readonly (readonly [string, number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['icp6', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic09', 512],
  ['ic10', 1024],
  ['ic11', 32],
  ['ic12', 64],
  ['ic13', 256],
  ['ic14', 512],
];
export const ICNS_PIXELS = [...new Set(ICNS_TYPES.map(([, pixels]) => pixels))];

/** @param images one for each of ICNS_PIXELS */
export function icns(images: readonly Png[]): Buffer {
  const entries = ICNS_TYPES.map(([type, pixels]) => {
    const image = images.find((one) => one.pixels === pixels);
    if (image === undefined) throw new Error(`no image of ${pixels} pixels`);
    return chunk(type, image.data);
  });
  return chunk('icns', Buffer.concat(entries));
}

function chunk(type: string, data: Buffer): Buffer {
  const head = Buffer.alloc(8, type, 'latin1');
  head.writeUInt32BE(8 + data.length, 4);
  return Buffer.concat([head, data]);
}

import { stat } from 'node:fs/promises';
import { DEFAULT_PORT } from '../../dmsg/constants.ts';
import { formatNbdUri, parseNbdUri } from '../../nbd/uri.ts';
import { type Address, AddressError, formatAddress, parseAddress } from '../../stream/address.ts';

/** What a text names as an end of a copy. */
export type EndpointName =
  | { readonly kind: 'unit'; readonly unit: string }
  | { readonly kind: 'disk'; readonly peer: Address; readonly serial: string }
  | { readonly kind: 'nbd'; readonly uri: string }
  | { readonly kind: 'file'; readonly path: string };

const DISK_EXAMPLE = 'dmsg://nas.example:987/DISK-0001';

/**
 * Read `dmsg://HOST[:PORT]/SERIAL`, `dmsg+unix:///SERIAL?socket=PATH`, `nbd://…`, `nbd+unix://…` or a path.
 * @param hasUnits `xa0` is a unit here; a file of that name is written `./xa0`
 * @throws AddressError
 */
export function parseEndpoint(text: string, hasUnits = false): EndpointName {
  if (hasUnits && /^xa\d{1,7}$/.test(text)) return { kind: 'unit', unit: text };
  if (/^nbds?(\+unix)?:\/\//.test(text)) {
    parseNbdUri(text);
    return { kind: 'nbd', uri: text };
  }
  const disk = /^dmsg(\+unix)?:\/\/([^/]*)\/([^?]+)(?:\?socket=(.+))?$/.exec(text);
  if (disk !== null) {
    const [, unix, host = '', serial = '', socket] = disk;
    if ((unix !== undefined) !== (socket !== undefined)) {
      throw new AddressError(
        text,
        'a socket goes with dmsg+unix alone',
        'dmsg+unix:///DISK-0001?socket=/run/nas.sock',
      );
    }
    const peer = parseAddress(socket === undefined ? host : `unix:${decode(text, socket)}`, DEFAULT_PORT);
    return { kind: 'disk', peer, serial: decode(text, serial) };
  }
  if (text.startsWith('dmsg')) throw new AddressError(text, 'expected dmsg://HOST:PORT/SERIAL', DISK_EXAMPLE);
  if (text === '') throw new AddressError(text, 'a disk, file or NBD URI is missing', DISK_EXAMPLE);
  return { kind: 'file', path: text };
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AddressError(text, `"${part}" is not well percent-encoded`, DISK_EXAMPLE);
  }
}

/**
 * What is sure to be the same thing under two names, as far as can be told without opening it: one file by
 * all its paths and links, one device by all its nodes.
 * @returns null where there is nothing yet
 */
export async function identityOf(name: EndpointName): Promise<string | null> {
  switch (name.kind) {
    case 'unit':
      return `unit ${name.unit}`;
    case 'disk':
      return `disk ${formatAddress(name.peer)} ${name.serial}`;
    case 'nbd':
      return formatNbdUri(parseNbdUri(name.uri));
    case 'file': {
      const found = await stat(name.path, { bigint: true }).catch(() => null);
      if (found === null) return null;
      return found.isBlockDevice() ? `device ${found.rdev}` : `file ${found.dev} ${found.ino}`;
    }
  }
}

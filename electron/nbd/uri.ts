import { type Address, AddressError, formatAddress, parseAddress } from '../stream/address.ts';

/** An export and where it is served. */
export interface NbdUri {
  readonly address: Address;
  /** `''` is the server's default export. */
  readonly exportName: string;
}

const DEFAULT_PORT = 10809;
const TCP_EXAMPLE = 'nbd://nas.example:10809/disk';
const UNIX_EXAMPLE = 'nbd+unix:///disk?socket=/run/user/1000/disk.sock';

/**
 * Read `nbd://HOST[:PORT]/NAME` or `nbd+unix:///NAME?socket=PATH` (uri.md of the NBD project). Name and path
 * are percent-decoded.
 * @throws AddressError
 */
export function parseNbdUri(text: string): NbdUri {
  const match = /^([a-z+]+):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text);
  if (match === null) throw new AddressError(text, 'it is no NBD URI', TCP_EXAMPLE);
  const [, scheme, authority = '', name = '', query = ''] = match;
  const exportName = decode(text, name);
  const parameters = parseQuery(text, query);
  switch (scheme) {
    case 'nbd':
      refuseUnknown(text, parameters, TCP_EXAMPLE);
      return { address: parseHost(text, authority), exportName };
    case 'nbd+unix':
      return { address: parseSocket(text, authority, parameters), exportName };
    case 'nbds':
    case 'nbds+unix':
      throw new AddressError(text, 'TLS is not supported', TCP_EXAMPLE);
    default:
      throw new AddressError(text, `"${scheme}" is no scheme of NBD`, TCP_EXAMPLE);
  }
}

function parseHost(text: string, authority: string): Address {
  if (authority === '') throw new AddressError(text, 'the host is missing', TCP_EXAMPLE);
  if (authority.includes('@')) throw new AddressError(text, 'a user name is not supported', TCP_EXAMPLE);
  return parseAddress(`tcp:${authority}`, DEFAULT_PORT);
}

function parseSocket(text: string, authority: string, parameters: Map<string, string>): Address {
  if (authority !== '') throw new AddressError(text, 'three slashes stand before the name', UNIX_EXAMPLE);
  const path = parameters.get('socket');
  if (path === undefined || path === '') throw new AddressError(text, 'the socket is missing', UNIX_EXAMPLE);
  if (path.includes('\0')) throw new AddressError(text, 'the socket path has a NUL', UNIX_EXAMPLE);
  parameters.delete('socket');
  refuseUnknown(text, parameters, UNIX_EXAMPLE);
  return parseAddress(`unix:${path}`);
}

function parseQuery(text: string, query: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const key = decode(text, equals < 0 ? part : part.slice(0, equals));
    if (parameters.has(key)) throw new AddressError(text, `"${key}" stands twice`, UNIX_EXAMPLE);
    parameters.set(key, equals < 0 ? '' : decode(text, part.slice(equals + 1)));
  }
  return parameters;
}

function refuseUnknown(text: string, parameters: Map<string, string>, example: string): void {
  const [unknown] = parameters.keys();
  if (unknown !== undefined) throw new AddressError(text, `parameter "${unknown}" is not known`, example);
}

function decode(text: string, part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new AddressError(text, `"${part}" is not well percent-encoded`, TCP_EXAMPLE);
  }
}

/** The URI `parseNbdUri` reads back. */
export function formatNbdUri({ address, exportName }: NbdUri): string {
  const name = encodeURIComponent(exportName);
  if (address.kind === 'tcp') return `nbd://${formatAddress(address)}/${name}`;
  return `nbd+unix:///${name}?socket=${encodeURIComponent(address.path).replaceAll('%2F', '/')}`;
}

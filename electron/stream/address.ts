import { isIPv6 } from 'node:net';

/** Where a stream goes or is awaited. Port 0 asks the system for a free one when listening. */
export type Address =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** An address that cannot be read; the message quotes it and shows a good one. */
export class AddressError extends Error {
  constructor(text: string, problem: string, example: string) {
    super(`bad address "${text}": ${problem} (example: ${example})`);
    this.name = 'AddressError';
  }
}

const UNIX_PATH_MAX_BYTES = 107; // sun_path of Linux less its NUL; BSD and macOS have 103

/**
 * Read `HOST`, `HOST:PORT`, `[IPv6]`, `[IPv6]:PORT` or `unix:PATH`; `tcp:` may stand before the first four.
 * @param defaultPort used where the text has no port; without it a port is required.
 * @throws AddressError
 */
export function parseAddress(text: string, defaultPort?: number): Address {
  const example = defaultPort === undefined ? '127.0.0.1:10809' : `nas.example:${defaultPort}`;
  if (text.startsWith('unix:')) return parseUnix(text, text.slice('unix:'.length));
  const rest = text.startsWith('tcp:') ? text.slice('tcp:'.length) : text;
  const match = /^(?:\[([^\]]*)\]|([^:[\]/\s]*))(?::(.*))?$/.exec(rest);
  if (match === null || isIPv6(rest)) {
    const problem = isIPv6(rest) ? 'an IPv6 address stands in brackets' : 'expected HOST:PORT';
    throw new AddressError(text, problem, isIPv6(rest) ? `[${rest}]:${defaultPort ?? 10809}` : example);
  }
  const [, bracketed, plain, portText] = match;
  const host = bracketed ?? plain ?? '';
  if (bracketed !== undefined && !isIPv6(bracketed)) {
    throw new AddressError(text, `"${bracketed}" is no IPv6 address`, '[::1]:987');
  }
  if (host === '') throw new AddressError(text, 'the host is missing', example);
  return { kind: 'tcp', host, port: parsePort(text, portText, defaultPort, example) };
}

function parsePort(text: string, port: string | undefined, fallback: number | undefined, example: string) {
  if (port === undefined) {
    if (fallback === undefined) throw new AddressError(text, 'the port is missing', example);
    return fallback;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new AddressError(text, `"${port}" is no port (0 to 65535)`, example);
  }
  return Number(port);
}

function parseUnix(text: string, path: string): Address {
  const example = 'unix:/run/user/1000/disk.sock';
  if (path === '') throw new AddressError(text, 'the path is missing', example);
  if (Buffer.byteLength(path) > UNIX_PATH_MAX_BYTES) {
    throw new AddressError(text, `a socket path has at most ${UNIX_PATH_MAX_BYTES} bytes`, example);
  }
  return { kind: 'unix', path };
}

/** The address as text that `parseAddress` reads back. */
export function formatAddress(address: Address): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  return isIPv6(address.host) ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}

/** Whether only programs of this machine can reach the address. */
export function isLoopback(address: Address): boolean {
  if (address.kind === 'unix') return true;
  return /^127\.\d+\.\d+\.\d+$/.test(address.host) || address.host === '::1' || address.host === 'localhost';
}

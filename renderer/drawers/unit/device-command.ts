import type { Unit } from '../../../shared/model/unit.ts';

/** The commands that make a unit a block device of the kernel, and end that. */
export interface DeviceCommands {
  readonly connect: string;
  readonly disconnect: string;
}

/** Where a unit is served, as its URI tells: `nbd+unix:///xa0?socket=PATH` or `nbd://HOST:PORT/xa0`. */
type NbdPlace = { readonly socket: string } | { readonly host: string; readonly port: string };

/** Devices the kernel's module makes unless it is told otherwise: nbd0 … nbd15. */
const DEVICES = 16;

/** @returns null where the unit is not exposed */
export function deviceCommands({
  name,
  nbd,
  block_bytes,
}: Pick<Unit, 'name' | 'nbd' | 'block_bytes'>): DeviceCommands | null {
  const place = nbd === null ? null : placeOf(nbd);
  if (place === null) return null;
  // The number of the unit, so that one knows which is which.
  const device = `/dev/nbd${Number(name.slice(2)) % DEVICES}`;
  const where = 'socket' in place ? `-unix ${quoted(place.socket)}` : `${place.host} ${place.port}`;
  return {
    connect: `sudo nbd-client ${where} ${device} -name ${name} -block-size ${block_bytes}`,
    disconnect: `sudo nbd-client -d ${device}`,
  };
}

function placeOf(uri: string): NbdPlace | null {
  if (!URL.canParse(uri)) return null;
  const { protocol, searchParams, host } = new URL(uri);
  const socket = searchParams.get('socket');
  if (protocol === 'nbd+unix:') return socket === null ? null : { socket };
  const match = /^(.*?)(?::(\d+))?$/.exec(host.startsWith('[') ? host.replace(/^\[(.*)\]/, '$1') : host);
  return protocol === 'nbd:' ? { host: match?.[1] ?? host, port: match?.[2] ?? '10809' } : null;
}

/** A word as a shell reads it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

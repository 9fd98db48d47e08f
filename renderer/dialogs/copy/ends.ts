import { diskUri } from '../../../shared/command-line.ts';
import type { Peer } from '../../../shared/model/peer.ts';
import type { Unit } from '../../../shared/model/unit.ts';

/** One end of a copy as the dialog holds it: each kind keeps what was chosen while another is looked at. */
export interface End {
  readonly kind: 'unit' | 'file' | 'uri';
  readonly unit: string;
  readonly path: string;
  readonly uri: string;
}

const UNIT = /^xa\d{1,7}$/;
const URI = /^(dmsg|dmsg\+unix|nbd|nbds|nbd\+unix|nbds\+unix):\/\//;
const URI_EXAMPLE = 'dmsg://nas.example:987/DISK-0001 or nbd://127.0.0.1:10809/disk';

/** What a text names. */
export function endOf(text: string): End {
  const kind = UNIT.test(text) ? 'unit' : URI.test(text) ? 'uri' : 'file';
  const empty = { unit: '', path: '', uri: '' };
  return { ...empty, kind, [kind === 'file' ? 'path' : kind]: text };
}

/** An end as the host is given it; null while it is not complete. */
export function endText({ kind, unit, path, uri }: End): string | null {
  const text = (kind === 'unit' ? unit : kind === 'uri' ? uri : path).trim();
  if (text === '') return null;
  if (kind === 'uri') return URI.test(text) ? text : null;
  // A file that is called like a unit or a URI is told from one by its folder.
  return kind === 'file' && (UNIT.test(text) || /^(dmsg|nbd)/.test(text)) ? `./${text}` : text;
}

/** What is wrong with an end, told at its field; undefined where nothing is. */
export function endProblem(end: End): string | undefined {
  const text = end.uri.trim();
  if (end.kind !== 'uri' || text === '' || URI.test(text)) return undefined;
  return `This is no URI of a disk, for example ${URI_EXAMPLE}`;
}

/** A unit as the command line names it: the disk behind it, at a peer that offers it. */
export function endForCommand(text: string, units: readonly Unit[], peers: readonly Peer[]): string {
  const unit = units.find(({ name }) => name === text);
  if (unit === undefined) return text;
  const path = unit.paths.find(({ use }) => use === 'active') ?? unit.paths[0];
  const peer = peers.find(({ id }) => id === path?.peer_id);
  return peer === undefined ? text : diskUri(peer.address, unit.serial);
}

/** Why a copy cannot be; null where nothing speaks against it. */
export function copyProblem(
  from: string | null,
  to: string | null,
  units: readonly Pick<Unit, 'name' | 'size_bytes' | 'read_only'>[],
): string | null {
  if (from === null) return 'Choose what is copied';
  if (to === null) return 'Choose where it is copied to';
  if (from === to) return 'A disk is not copied onto itself';
  const source = units.find(({ name }) => name === from);
  const target = units.find(({ name }) => name === to);
  if (target?.read_only === true) return `${to} is read-only`;
  if (source !== undefined && target !== undefined && target.size_bytes < source.size_bytes)
    return `${to} is smaller than ${from}`;
  return null;
}

import { diskUri, type PeerWords } from '../../../shared/command-line.ts';
import type { UnitOpener } from '../copy/endpoint.ts';
import type { AppParts } from './parts.ts';

/** The units of this host, for copies. */
export function unitOpener({ units }: AppParts): UnitOpener {
  return { open: (name) => units.all.find((unit) => unit.name === name)?.open('copy') };
}

/** The peer a unit is reached through, as commands elsewhere name it; undefined while it has no path. */
export function peerOfUnit({ units, peers }: AppParts, name: string): PeerWords | undefined {
  const unit = units.all.find((candidate) => candidate.name === name);
  const path = unit?.activePath ?? [...(unit?.paths ?? [])][0];
  const id = path === undefined ? undefined : peers.idOf(path.link);
  return id === undefined ? undefined : peers.row(id);
}

/** An end of a copy as a command elsewhere names it: a unit of ours by the disk behind it. */
export function endWords(parts: AppParts, text: string): string {
  const unit = parts.units.all.find((candidate) => candidate.name === text);
  const peer = peerOfUnit(parts, text);
  return unit === undefined || peer === undefined ? text : diskUri(peer.address, unit.identity.serial);
}

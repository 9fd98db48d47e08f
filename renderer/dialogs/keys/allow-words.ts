import type { Export } from '../../../shared/model/export.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import { readPeerAddress } from '../add-peer/address.ts';

/** Who may use an export, in the words of its table, its dialog and its drawer. */

type Plain = Pick<Settings, 'insecure_plain'>;

/** `2 keys`, `This machine only`. */
export function allowText({ allow }: Pick<Export, 'allow'>, { insecure_plain }: Plain): string {
  if (allow.length > 0) return allow.length === 1 ? '1 key' : `${allow.length} keys`;
  return insecure_plain ? 'Anyone, plain' : 'This machine only';
}

/** The same in a sentence. */
export function allowSentence(keys: number, { insecure_plain }: Plain): string {
  if (keys > 0) return 'These keys and nobody else: links without a key, of this machine too, get nothing.';
  return insecure_plain
    ? 'No key is needed: plain links are allowed, so whoever reaches an address of the exports can use it.'
    : 'This machine alone, at 127.0.0.1 or a UNIX socket: from other machines nobody gets in until their key is added.';
}

type Where = Pick<Settings, 'export_listen' | 'export_connect' | 'insecure_plain'>;

/** Why a list of keys lets nobody in, as things are; null: it does its work. */
export function listProblem(
  keys: number,
  { export_listen, export_connect, insecure_plain }: Where,
): string | null {
  if (keys === 0) return null;
  if (insecure_plain)
    return 'Links to other hosts are plain, so none of them has a key and nobody gets in. Forbid plain links in Settings, Security.';
  const addresses = [...export_listen, ...export_connect];
  const isHere = (text: string): boolean => {
    const read = readPeerAddress(text);
    return read.kind === 'address' && read.reach === 'here';
  };
  return addresses.length > 0 && addresses.every(isHere)
    ? 'Exports are offered within this machine alone, where links have no keys, so nobody gets in. Offer them at an address others reach, in Settings, Connections.'
    : null;
}

import { printable } from '../../../stream/text.ts';
import { type Found, fromStart, hex, type Probe } from '../probe.ts';

/**
 * ZFS: the first of four labels, 256 KiB each, holds from 16 KiB on a list of names and values in XDR
 * (RFC 4506): big-endian, in units of four bytes.
 */

const LIST_BYTES = 16 << 10;
const MAX_PAIRS = 64;
const Type = { number: 8, text: 9 } as const;
const STATES = ['active', 'exported', 'destroyed'] as const;

export const ZFS: Probe = {
  at: fromStart(16 << 10),
  bytes: LIST_BYTES,
  // XDR, little- or big-endian machine; version 0 of the list, unique names.
  magic: { at: 0, any: ['01010000', '01000000'].map((head) => hex(`${head}0000000000000001`)) },
  read(block): Found | null {
    const values = pairsOf(block);
    const pool = values.get('name');
    const poolId = values.get('pool_guid');
    if (typeof pool !== 'string' || typeof poolId !== 'bigint') return null;
    const host = values.get('hostname');
    const state = values.get('state');
    return {
      type: 'zfs',
      label: pool,
      uuid: poolId.toString(),
      detail: [
        typeof state === 'bigint' ? (STATES[Number(state)] ?? null) : null,
        typeof host === 'string' ? `last used by ${host}` : null,
      ],
    };
  },
};

/** The texts and numbers of the list; what else there is is stepped over. */
function pairsOf(list: Buffer): Map<string, string | bigint> {
  const values = new Map<string, string | bigint>();
  let at = 12;
  for (let pairs = 0; pairs < MAX_PAIRS && at + 20 <= list.length; pairs++) {
    const pairBytes = list.readUInt32BE(at);
    const nameBytes = list.readUInt32BE(at + 8);
    const typeAt = at + 12 + padded(nameBytes);
    if (pairBytes < 20 || typeAt + 16 > Math.min(at + pairBytes, list.length)) break;
    const name = list.toString('latin1', at + 12, at + 12 + nameBytes);
    const type = list.readUInt32BE(typeAt);
    if (type === Type.number) values.set(name, list.readBigUInt64BE(typeAt + 8));
    if (type === Type.text) {
      const length = Math.min(list.readUInt32BE(typeAt + 8), 255);
      values.set(name, printable(list.toString('utf8', typeAt + 12, typeAt + 12 + length)));
    }
    at += pairBytes;
  }
  return values;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

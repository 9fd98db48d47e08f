import type { Signature } from '../../../shared/model/contents.ts';
import { formatSize } from '../../target/media/size.ts';
import type { View } from './view.ts';

/** What a structure says of itself. */
export interface Found {
  /** As people and other tools call it: `ext4`, `LVM2`. */
  readonly type: string;
  readonly label?: string | null;
  readonly uuid?: string | null;
  /** More for people; what is null is left out. */
  readonly detail?: readonly (string | null)[];
}

/** A kind of structure, known by magic bytes at a place that does not move. */
export interface Probe {
  /** Where copies of it may lie in a stretch of this size; the first found is taken. */
  readonly at: (sizeBytes: number) => readonly number[];
  /** Length of the structure, at most 64 KiB. */
  readonly bytes: number;
  /** The bytes that make it one, in text or hex, and where in it they stand. */
  readonly magic: { readonly at: number; readonly any: readonly Buffer[] };
  /**
   * Read the structure, whose magic is right.
   * @param view for what it points to
   * @returns null where the rest shows that it is none
   */
  read(block: Buffer, view: View, at: number): Found | null | Promise<Found | null>;
}

/** For `Probe.at`: places counted from the start. */
export function fromStart(...places: readonly number[]): Probe['at'] {
  return () => places;
}

export const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
export const ascii = (letters: string): Buffer => Buffer.from(letters, 'latin1');

/** A size as part of a detail; null where the number is none. */
export function sized(bytes: number): string | null {
  return Number.isFinite(bytes) && bytes > 0 && bytes <= Number.MAX_SAFE_INTEGER ? formatSize(bytes) : null;
}

/** Look for a structure. @returns null where it is not there */
export async function look(probe: Probe, view: View): Promise<Signature | null> {
  for (const at of probe.at(view.sizeBytes)) {
    const block = await view.read(at, probe.bytes);
    if (block === null || !hasMagic(block, probe)) continue;
    const found = await probe.read(block, view, at);
    if (found !== null) return signature(found, view.offset + at, probe.bytes);
  }
  return null;
}

/** @param offset on the disk */
export function signature(found: Found, offset: number, bytes: number): Signature {
  const { type, label = null, uuid = null, detail = [] } = found;
  const parts = detail.filter((part) => part !== null);
  return { type, offset, bytes, label, uuid, detail: parts.length > 0 ? parts.join(', ') : null };
}

function hasMagic(block: Buffer, { magic }: Probe): boolean {
  return magic.any.some(
    (bytes) => block.compare(bytes, 0, bytes.length, magic.at, magic.at + bytes.length) === 0,
  );
}

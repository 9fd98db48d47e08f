import type { Contents, Partition, Signature } from '../../../shared/model/contents.ts';

/** Where things lie on a disk, for the map and for the hex view. All offsets are bytes from its start. */

/** Something known by its magic bytes. */
export interface Structure {
  readonly name: string;
  readonly offset: number;
  readonly bytes: number;
  readonly signature: Signature;
  /** Number of its partition; null: it is of the whole disk. */
  readonly partition: number | null;
  /** One of the eight series of tokens.css. */
  readonly role: number;
}

const ROLES = 8;

/** All structures, in the order they lie on the disk. */
export function structuresOf(contents: Contents): Structure[] {
  const found = [
    ...contents.signatures.map((signature) => ({ signature, partition: null })),
    ...contents.partitions.flatMap(({ number, signatures }) =>
      signatures.map((signature) => ({ signature, partition: number })),
    ),
  ];
  return found
    .sort((a, b) => a.signature.offset - b.signature.offset)
    .map(({ signature, partition }, index) => ({
      name: partition === null ? signature.type : `${signature.type}, partition ${partition}`,
      offset: signature.offset,
      bytes: signature.bytes,
      signature,
      partition,
      role: (index % ROLES) + 1,
    }));
}

/** The structure a byte belongs to; the smallest where several do. */
export function structureAt(structures: readonly Structure[], offset: number): Structure | undefined {
  let best: Structure | undefined;
  for (const one of structures) {
    if (offset < one.offset || offset >= one.offset + one.bytes) continue;
    if (best === undefined || one.bytes < best.bytes) best = one;
  }
  return best;
}

/** The partition a byte belongs to; the smallest where one lies in another. */
export function partitionAt(partitions: readonly Partition[], offset: number): Partition | undefined {
  let best: Partition | undefined;
  for (const one of partitions) {
    if (offset < one.start_bytes || offset >= one.start_bytes + one.size_bytes) continue;
    if (best === undefined || one.size_bytes < best.size_bytes) best = one;
  }
  return best;
}

/** A stretch of the map. */
export interface Segment {
  readonly start: number;
  readonly bytes: number;
  /** null: free, or all of a disk without a table. */
  readonly partition: Partition | null;
}

/** Free stretches shorter than this part of the disk are alignment and not shown. */
const SHOWN_PART = 0.002;

/** The disk as stretches side by side: partitions, and what is free between them. */
export function segmentsOf({ partitions, size_bytes }: Contents): Segment[] {
  const holds = (outer: Partition, inner: Partition) =>
    outer !== inner &&
    outer.size_bytes > inner.size_bytes &&
    inner.start_bytes >= outer.start_bytes &&
    inner.start_bytes < outer.start_bytes + outer.size_bytes;
  // What only holds others is shown by them.
  const shown = partitions.filter((one) => !partitions.some((other) => holds(one, other)));
  const segments: Segment[] = [];
  let at = 0;
  const freeUpTo = (end: number) => {
    if (end - at > size_bytes * SHOWN_PART) segments.push({ start: at, bytes: end - at, partition: null });
  };
  for (const partition of [...shown].sort((a, b) => a.start_bytes - b.start_bytes)) {
    const start = Math.max(at, Math.min(partition.start_bytes, size_bytes));
    const end = Math.min(partition.start_bytes + partition.size_bytes, size_bytes);
    freeUpTo(start);
    segments.push({ start, bytes: Math.max(0, end - start), partition });
    at = Math.max(at, end);
  }
  freeUpTo(size_bytes);
  return segments;
}

import type { Span } from '../dmsg/span.ts';
import { printable } from '../stream/text.ts';

/**
 * What makes two spans one disk: the serial number, and that size and block size agree. Two devices that
 * share a serial but not these are different disks, and shown as a conflict.
 */
export interface DiskIdentity {
  readonly serial: string;
  readonly sizeBytes: number;
  readonly blockBytes: number;
  /** `host/device` of the span that was seen first. */
  readonly label: string;
}

const MAX_BLOCK_BYTES = 1 << 20;

/**
 * The disk a span offers, with its sizes checked.
 * @returns the identity, or a sentence saying why it cannot be a disk
 */
export function identify(span: Span): DiskIdentity | string {
  // xdisk.c: blksize 0 counts as 1. Requests are made in blocks of 512 or more all the same.
  const stated = span.blockBytes === 0 ? 1 : span.blockBytes;
  if ((stated & (stated - 1)) !== 0 || stated > MAX_BLOCK_BYTES)
    return `block size ${stated} is no power of two`;
  const blockBytes = Math.max(512, stated);
  if (span.sizeBytes > BigInt(Number.MAX_SAFE_INTEGER)) return `${span.sizeBytes} bytes are more than 2^53`;
  const sizeBytes = Math.floor(Number(span.sizeBytes) / blockBytes) * blockBytes;
  if (sizeBytes === 0) return 'the size is zero';
  if (span.pfsLabel === '') return 'it has no serial number';
  return { serial: printable(span.pfsLabel), sizeBytes, blockBytes, label: printable(span.peerLabel) };
}

/** Whether two identities can be one disk. */
export function sameDisk(a: DiskIdentity, b: DiskIdentity): boolean {
  return a.serial === b.serial && a.sizeBytes === b.sizeBytes && a.blockBytes === b.blockBytes;
}

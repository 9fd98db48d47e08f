import {
  ALIGN_BYTES,
  COMMAND_MASK,
  HEADER_BYTES,
  HEADER_MAX_BYTES,
  MAGIC,
  MAGIC_SWAPPED,
} from './constants.ts';
import { foldCrc32c } from './crc32c.ts';
import { LinkError } from './link-error.ts';

/** Byte offsets in the core header (sys/sys/dmsg.h, struct dmsg_hdr). 64-bit fields are two 32-bit words. */
export const Off = {
  magic: 0x00,
  reserved: 0x02,
  salt: 0x04,
  msgid: 0x08,
  circuit: 0x10,
  linkVerifier: 0x18,
  cmd: 0x20,
  auxCrc: 0x24,
  auxBytes: 0x28,
  error: 0x2c,
  auxDescr: 0x30,
  reserved2: 0x38,
  hdrCrc: 0x3c,
} as const;

/** Size in bytes of the whole extended header, from a command word. */
export function headerBytes(cmd: number): number {
  return (cmd & 0xff) * HEADER_BYTES;
}

/**
 * The magic at `at`, of which two bytes suffice to tell a peer that speaks something else.
 * @throws LinkError 'sync'
 */
export function readMagic(bytes: Buffer, at: number): typeof MAGIC | typeof MAGIC_SWAPPED {
  const magic = bytes.readUInt16LE(at);
  if (magic === MAGIC || magic === MAGIC_SWAPPED) return magic;
  throw new LinkError('sync', `bad magic 0x${magic.toString(16).padStart(4, '0')}: not DMSG`);
}

/**
 * Size of the extended header at `at`, from its first 64 bytes.
 * @throws LinkError 'sync' or 'field'
 */
export function readHeaderBytes(bytes: Buffer, at: number): number {
  const le = readMagic(bytes, at) === MAGIC;
  const length = headerBytes(le ? bytes.readUInt32LE(at + Off.cmd) : bytes.readUInt32BE(at + Off.cmd));
  if (length < HEADER_BYTES || length > HEADER_MAX_BYTES) {
    throw new LinkError(
      'field',
      `header of ${length} bytes (${HEADER_BYTES} to ${HEADER_MAX_BYTES} allowed)`,
    );
  }
  return length;
}

/** A command word without its flags, as an unsigned number. */
export function commandOf(cmd: number): number {
  return cmd & COMMAND_MASK;
}

const FOUR_ZEROS = new Uint8Array(4);

/** CRC-32C over an extended header as its bytes stand, the hdr_crc field counted as zero. */
export function headerCrc(bytes: Uint8Array, at: number, length: number): number {
  let crc = foldCrc32c(-1, bytes, at, at + Off.hdrCrc);
  crc = foldCrc32c(crc, FOUR_ZEROS, 0, 4);
  return ~foldCrc32c(crc, bytes, at + HEADER_BYTES, at + length) >>> 0;
}

/** Bytes rounded up to the protocol's alignment of 64. */
export function padded(bytes: number): number {
  return (bytes + ALIGN_BYTES - 1) & -ALIGN_BYTES;
}

import { COMMAND_MASK, HEADER_BYTES } from './constants.ts';
import { foldCrc32c } from './crc32c.ts';

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
  return (bytes + 63) & ~63;
}

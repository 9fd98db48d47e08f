import { BlockError, type BlockErrorCode } from '../block/error.ts';
import { Errno } from './constants.ts';

const TO_WIRE: Record<BlockErrorCode, Errno> = {
  io: Errno.io,
  range: Errno.invalid,
  readonly: Errno.perm,
  nospace: Errno.noSpace,
  unsupported: Errno.notSupported,
  path: Errno.io,
  timeout: Errno.io,
};

/** The wire value of a device's error. While the server closes, a lost path is its own doing: ESHUTDOWN. */
export function errnoOf(error: BlockError, closing: boolean): Errno {
  if (closing && (error.code === 'path' || error.code === 'timeout')) return Errno.shutdown;
  return TO_WIRE[error.code];
}

const FROM_WIRE: Record<number, { code: BlockErrorCode; text: string }> = {
  [Errno.perm]: { code: 'readonly', text: 'operation not permitted' },
  [Errno.io]: { code: 'io', text: 'input/output error' },
  [Errno.noMemory]: { code: 'io', text: 'server out of memory' },
  [Errno.invalid]: { code: 'range', text: 'invalid request' },
  [Errno.noSpace]: { code: 'nospace', text: 'no space left' },
  [Errno.overflow]: { code: 'unsupported', text: 'request too large for the server' },
  [Errno.notSupported]: { code: 'unsupported', text: 'not supported' },
  [Errno.shutdown]: { code: 'path', text: 'server is shutting down' },
};

/** The error a server answered with. Values the protocol does not have are EINVAL (proto.md, Error values). */
export function blockErrorOf(errno: number, what: string, detail: string): BlockError {
  const known = FROM_WIRE[errno] ?? { code: 'range', text: `error ${errno}` };
  return new BlockError(known.code, `${what}: ${known.text}${detail === '' ? '' : ` (${detail})`}`);
}

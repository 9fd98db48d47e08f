import { constants } from 'node:os';
import { BlockError, type BlockErrorCode } from '../../block/error.ts';

/** Why a medium cannot be opened, as a closed set. */
export type MediumErrorCode =
  | 'source' // the text names no medium
  | 'missing' // no such file
  | 'permission' // it may not be read
  | 'kind' // neither a regular file nor a block device
  | 'size' // no block fits, or more than can be counted
  | 'system'; // the system refused for another reason, given as `cause`

/** A medium cannot be opened. `message` names it and says what to do. */
export class MediumError extends Error {
  readonly code: MediumErrorCode;

  constructor(code: MediumErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MediumError';
    this.code = code;
  }
}

const CODES: Readonly<Record<string, BlockErrorCode>> = {
  ENOSPC: 'nospace',
  EROFS: 'readonly',
  EPERM: 'readonly',
  EACCES: 'readonly',
};

/**
 * The answer to a request that failed in the system.
 * @param what what was tried, on what: `/srv/a.img: write of 4096 bytes at 0`
 * @param residual bytes of the request that were not done
 */
export function blockError(what: string, error: NodeJS.ErrnoException, residual?: number): BlockError {
  // libuv has no name for a full quota, only the number.
  const quota = error.errno === -constants.errno.EDQUOT;
  const code = quota ? 'nospace' : (CODES[error.code ?? ''] ?? 'io');
  const options = residual === undefined ? { cause: error } : { cause: error, residual };
  return new BlockError(code, `${what}: ${error.message}`, options);
}

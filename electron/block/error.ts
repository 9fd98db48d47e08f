/**
 * What can go wrong with a block request, as a closed set. `path` means the way to the medium failed, not
 * the medium: the request may be run again elsewhere. All others are answers of the medium.
 */
export type BlockErrorCode =
  | 'io' // the medium failed
  | 'range' // outside the device, or not aligned
  | 'readonly' // write to a device that may not be written
  | 'nospace' // the medium is full
  | 'unsupported' // the device has no such operation
  | 'path' // no way to the medium, or it was lost under the request
  | 'timeout'; // no answer in the time allowed

/** The error of a block request. `message` names the object and is fit for a log line. */
export class BlockError extends Error {
  readonly code: BlockErrorCode;
  /** Bytes of the request that were not done, where known. */
  readonly residual: number | undefined;

  constructor(code: BlockErrorCode, message: string, options: { cause?: unknown; residual?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'BlockError';
    this.code = code;
    this.residual = options.residual;
  }
}

import type { CallError, ErrorCode } from '../../shared/errors.ts';

/** A call that ended with an error of the contract. */
export class CallFailure extends Error {
  readonly error: CallError;

  constructor(error: CallError) {
    super(error.message);
    this.name = 'CallFailure';
    this.error = error;
  }
}

/** A failure the page itself found. */
export function failure(code: ErrorCode, message: string): CallFailure {
  return new CallFailure({ code, message, field: null, holders: [] });
}

/** Whatever was thrown, in the words of the contract. */
export function toCallError(thrown: unknown): CallError {
  if (thrown instanceof CallFailure) return thrown.error;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: 'internal', message, field: null, holders: [] };
}

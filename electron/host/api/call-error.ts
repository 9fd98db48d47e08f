import { z } from 'zod';
import type { CallError } from '../../../shared/errors.ts';
import { UnitBusyError } from '../../xdisk/registry.ts';
import { HostError, kindOf } from '../host-error.ts';

/** An input that is wrong for a reason only the host knows; the page shows it at that field. */
export class InputError extends HostError {
  readonly field: string;
  constructor(field: string, message: string, cause?: unknown) {
    super('usage', message, cause);
    this.name = 'InputError';
    this.field = field;
  }
}

/** An object of a call that is not there, or no longer. */
export class NotFoundError extends Error {
  constructor(what: string) {
    super(`${what} is not there (any more)`);
    this.name = 'NotFoundError';
  }
}

/** Something this host cannot do; the message says what is missing. */
export class UnavailableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnavailableError';
  }
}

/** An error as it crosses to a page. Of a bug the page learns the message; the stack stays in the log. */
export function toCallError(error: unknown): CallError {
  const message = error instanceof Error ? error.message : String(error);
  const plain = { message, field: null, holders: [] };
  if (error instanceof InputError) return { ...plain, code: 'usage', field: error.field };
  if (error instanceof NotFoundError) return { ...plain, code: 'not_found' };
  if (error instanceof UnavailableError) return { ...plain, code: 'unavailable' };
  if (error instanceof UnitBusyError) return { ...plain, code: 'busy', holders: [...error.holders] };
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    const field = issue?.path.join('.') ?? '';
    return { ...plain, code: 'usage', field, message: `${field}: ${issue?.message ?? 'is not valid'}` };
  }
  return { ...plain, code: kindOf(error) };
}

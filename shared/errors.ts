import { z } from 'zod';

/** What can go wrong with a call, as a closed set. The first eight are also the CLI's exit codes. */
export const ErrorCode = z.enum([
  'usage', // an input is wrong; `field` names it
  'peer', // a peer cannot be reached, refuses, or does not offer the disk
  'local', // a file, address or right of this machine
  'io', // the disk answered with an error
  'verify', // a copy does not equal its source
  'busy', // in use; `holders` names by whom
  'cancelled',
  'internal', // a bug
  'timeout', // no answer in the time of the call
  'not_found', // the object is gone
  'unavailable', // this host cannot do that; the message says what is missing
  'disconnected', // the page has no connection to its host
]);
export type ErrorCode = z.infer<typeof ErrorCode>;

/** An error as it crosses to the page: Electron and WebSocket carry no more than data. */
export const CallError = z.object({
  code: ErrorCode,
  /** For people, complete: names the object, the cause and, where there is one, the fix. */
  message: z.string(),
  /** The input that is wrong, as a name of the call's input. */
  field: z.string().nullable(),
  /** Who holds the object. */
  holders: z.array(z.string()),
});
export type CallError = z.infer<typeof CallError>;

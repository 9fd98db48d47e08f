import { z } from 'zod';
import { Writers } from '../events.ts';
import { Bytes, Id, Time } from './common.ts';
import { AllowedKeys } from './trust.ts';

export const ExportState = z.enum([
  'online',
  'draining',
  'offline', // by you
  'opening',
  'failed', // its source cannot be opened
]);
export type ExportState = z.infer<typeof ExportState>;

/** A file, device or memory of this machine, offered to peers. */
export const Export = z.object({
  id: Id,
  source: z.string(),
  serial: z.string(),
  label: z.string(),
  size_bytes: Bytes,
  block_bytes: z.number(),
  /** Bytes in use behind it. */
  allocated_bytes: Bytes,
  state: ExportState,
  error: z.string().nullable(),
  read_only: z.boolean(),
  /** Why it is read-only, if it is; something to know about the medium, if there is. */
  read_only_reason: z.string().nullable(),
  warning: z.string().nullable(),
  /** Devices peers have open: who. */
  clients: z.array(z.string()),
  /** Keys that may use it. */
  allow: AllowedKeys,
  /** How many clients may have it open for writing. */
  writers: Writers,
  since: Time,
  demo: z.boolean(),
});
export type Export = z.infer<typeof Export>;

/** What would become of a source, before it is exported. */
export const ExportCheck = z.object({
  size_bytes: Bytes,
  block_bytes: z.number(),
  serial: z.string(),
  label: z.string(),
  read_only_reason: z.string().nullable(),
  warnings: z.array(z.string()),
  /** Mounted or otherwise used for writing here: it is offered read-only or not at all. */
  in_use_by: z.array(z.string()),
});
export type ExportCheck = z.infer<typeof ExportCheck>;

/** An address exports are offered on. */
export const ExportListener = z.object({
  address: z.string(),
  /** With the real port; null while it cannot be listened on. */
  bound: z.string().nullable(),
  error: z.string().nullable(),
  links: z.number(),
});
export type ExportListener = z.infer<typeof ExportListener>;

import { z } from 'zod';
import { Id, Time } from './common.ts';

export const Severity = z.enum(['info', 'warning', 'error']);
export type Severity = z.infer<typeof Severity>;

export const ObjectKind = z.enum([
  'host',
  'peer',
  'disk',
  'unit',
  'path',
  'export',
  'listener',
  'job',
  'config',
  'client',
]);
export type ObjectKind = z.infer<typeof ObjectKind>;

/** Something that happened, kept across restarts. */
export const Event = z.object({
  /** Grows with time. */
  id: z.number().int(),
  at: Time,
  severity: Severity,
  /** What it happened to. */
  kind: ObjectKind,
  /** `xa0`, a peer's name, …: for people and for filters. */
  object: z.string(),
  /** The object's id, for links to it. */
  object_id: Id,
  /** In one sentence. */
  text: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  /** How long the state before lasted; for a recovery, the length of the outage. */
  duration_ms: z.number().nullable(),
  cause: z.string().nullable(),
  actor: z.enum(['you', 'policy', 'remote', 'system']),
  /** Equal events in a short time are one, with their number and the time of the last. */
  count: z.number().int().min(1),
  last_at: Time,
  /** Worth a notification: a change of a unit's roll-up. */
  notify: z.boolean(),
});
export type Event = z.infer<typeof Event>;

import { z } from 'zod';
import { PathInfo } from '../events.ts';
import { Bytes, Id, Time, UnitName } from './common.ts';

/** A way to a disk. Three facts are kept apart: use, access, link. */
export const Path = z.object({
  /** The same while the host runs, also when the path is lost and comes back. */
  id: Id,
  /** The configured peer it leads through. */
  peer_id: Id.nullable(),
  peer: z.string(),
  /** `host/device` as the far end says. */
  label: z.string(),
  state: PathInfo.shape.state,
  /** Is I/O sent on it. */
  use: z.enum(['active', 'standby', 'disabled', 'none']),
  /** What the far end said when asked to open: not asked, granted, read-only, refused. */
  access: z.enum(['not_asked', 'granted', 'read_only', 'refused']),
  /** Transport. */
  link: z.enum(['up', 'down']),
  /** You prefer it. */
  preferred: z.boolean(),
  distance: z.number(),
  /** What keeps a ghost write from overwriting newer data, once it was opened for writing: see guarantee.ts. */
  guarantee: PathInfo.shape.guarantee,
  failures: z.number(),
  /** Times it was lost in the last 10 minutes; 3 and more is flapping. */
  recent_losses: z.number(),
  last_error: z.string().nullable(),
  changed_at: Time,
  /** When a faulty path is tried again. */
  next_check_at: Time.nullable(),
});
export type Path = z.infer<typeof Path>;

/** A remote disk: what one or more spans offer, or offered. */
export const Disk = z.object({
  /** Serial, size and block size: what makes it one disk. */
  id: Id,
  serial: z.string(),
  label: z.string(),
  size_bytes: Bytes,
  block_bytes: z.number(),
  /** Hops of the nearest path; null while there is none. */
  distance: z.number().nullable(),
  /** Another disk has this serial, with another size or block size. */
  conflict: z.boolean(),
  paths: z.array(Path),
  /** Attached as. */
  unit: UnitName.nullable(),
  first_seen: Time,
  /** Now while it is offered; else when it was last. */
  last_seen: Time,
  offered: z.boolean(),
});
export type Disk = z.infer<typeof Disk>;

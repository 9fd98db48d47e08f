import { z } from 'zod';
import { ReadOnlyReason, UnitInfo } from '../events.ts';
import { Bytes, Id, Label, Time, UnitName } from './common.ts';
import { Path } from './disk.ts';

/** What a unit does with requests while it has no path. */
export const NoPath = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hold') }),
  z.object({ kind: z.literal('seconds'), seconds: z.number().positive().max(1e6) }),
  z.object({ kind: z.literal('fail') }),
]);
export type NoPath = z.infer<typeof NoPath>;

/** Which path is used, and whether to go back to a better one when it returns. */
export const PathPolicy = z.enum([
  'stay', // the nearest at first; stays on a path that works
  'nearest', // the nearest, and back to it when it returns
  'fastest', // the one of shortest round trip, likewise
]);
export type PathPolicy = z.infer<typeof PathPolicy>;

export const UnitOptions = z.object({
  read_only: z.boolean(),
  no_path: NoPath,
  path_policy: PathPolicy,
  /** Time for the answer to a request, ms. */
  request_timeout_ms: z.number().int().min(100).max(3_600_000),
  /** Attach it again when Spandrel starts. */
  at_startup: z.boolean(),
  /** Served over NBD. */
  exposed: z.boolean(),
  /** A name for people; the unit's name stays xaN. */
  alias: Label.nullable(),
});
export type UnitOptions = z.infer<typeof UnitOptions>;

export const UNIT_OPTION_DEFAULTS: UnitOptions = {
  read_only: false,
  no_path: { kind: 'hold' },
  path_policy: 'stay',
  request_timeout_ms: 30_000,
  at_startup: true,
  exposed: true,
  alias: null,
};

/** The roll-up of a unit: one word on the list. */
export const Health = z.enum([
  'optimal',
  'degraded',
  'single_path',
  'holding',
  'failed',
  'unknown', // nothing was heard of it since Spandrel started
]);
export type Health = z.infer<typeof Health>;

/** A remote disk attached as `xaN`. */
export const Unit = z.object({
  name: UnitName,
  disk_id: Id,
  serial: z.string(),
  label: z.string(),
  size_bytes: Bytes,
  block_bytes: z.number(),
  state: UnitInfo.shape.state,
  health: Health,
  conflict: z.boolean(),
  /** Not to be written, and why. */
  read_only: z.boolean(),
  read_only_reason: ReadOnlyReason.nullable(),
  /** That of the path in use, or used last; null while nothing was opened for writing. */
  guarantee: UnitInfo.shape.guarantee,
  /** All ways seen since it was attached, also those lost. */
  paths: z.array(Path),
  options: UnitOptions,
  /** The URI programs reach it by; null while it is hidden. */
  nbd: z.string().nullable(),
  /** Kernel device it is connected to, as `/dev/nbd0`. */
  device: z.string().nullable(),
  /** Who has it open. */
  users: z.array(z.string()),
  attached_at: Time,
  /** Since when it has no path, and when held requests fail. */
  pathless_since: Time.nullable(),
  fails_at: Time.nullable(),
  demo: z.boolean(),
});
export type Unit = z.infer<typeof Unit>;

/** A program that uses a unit over NBD. */
export const UnitClient = z.object({
  unit: UnitName,
  /** `127.0.0.1:4711`, `unix:/run/x.sock#3`. */
  remote: z.string(),
  since: Time,
  requests: z.number(),
  read_bytes: Bytes,
  written_bytes: Bytes,
  process: z.object({ pid: z.number(), command: z.string(), user: z.string() }).nullable(),
  /** Mount points and other uses of the kernel device behind it. */
  uses: z.array(z.string()),
});
export type UnitClient = z.infer<typeof UnitClient>;

/** What detaching takes, bottom-up, before anything is torn down. */
export const DetachPlan = z.object({
  unit: UnitName,
  label: z.string(),
  steps: z.array(
    z.object({
      what: z.string(),
      /** Why it cannot be done now; null where it can. */
      blocked_by: z.string().nullable(),
    }),
  ),
  clients: z.array(UnitClient),
  /** Other users: jobs of ours. */
  users: z.array(z.string()),
  busy: z.boolean(),
  /** Requests that wait or are under way: lost by force. */
  requests: z.number(),
  /** Bytes written since the last flush: perhaps lost by force. */
  unflushed_bytes: Bytes,
  /** Attached again by itself when Spandrel starts. */
  at_startup: z.boolean(),
});
export type DetachPlan = z.infer<typeof DetachPlan>;

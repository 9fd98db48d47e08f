import { z } from 'zod';
import { BenchmarkResult } from './model/job.ts';
import { TrustList } from './model/trust.ts';

/**
 * What the commands print with `--json`: one object per line, `event` telling which. Sizes in bytes, times in
 * milliseconds unless the name says otherwise, names in snake_case, the same as everywhere else.
 */

/** How many clients may have an export open for writing at the same time. */
export const Writers = z.enum([
  'one',
  'many', // for cluster file systems and live migration
]);
export type Writers = z.infer<typeof Writers>;

export const ExportInfo = z.object({
  source: z.string(),
  serial: z.string(),
  label: z.string(),
  size_bytes: z.number(),
  block_bytes: z.number(),
  read_only: z.boolean(),
  /** Why it is read-only, if it is; something to know about the medium, if there is. */
  read_only_reason: z.string().nullable(),
  /** How many clients may have it open for writing. */
  writers: Writers,
  warning: z.string().nullable(),
});
export type ExportInfo = z.infer<typeof ExportInfo>;

export const PathInfo = z.object({
  peer: z.string(),
  label: z.string(),
  state: z.enum(['standby', 'opening', 'open', 'faulty', 'lost']),
  distance: z.number(),
  rtt_ms: z.number().nullable(),
  /** What keeps a ghost write from overwriting newer data, once it was opened for writing: see guarantee.ts. */
  guarantee: z.enum(['fenced', 'waits']).nullable(),
});
export type PathInfo = z.infer<typeof PathInfo>;

/** A remote disk: what one or more spans offer. */
export const DiskInfo = z.object({
  serial: z.string(),
  label: z.string(),
  size_bytes: z.number(),
  block_bytes: z.number(),
  distance: z.number().nullable(),
  /** Another disk has this serial, with another size or block size. */
  conflict: z.boolean(),
  paths: z.array(PathInfo),
});
export type DiskInfo = z.infer<typeof DiskInfo>;

/** Why a unit can only be read. */
export const ReadOnlyReason = z.enum([
  'asked', // it was attached so
  'refused', // the medium cannot be written, or not by this host
  'other_writer', // another client has it open for writing, and it takes one
]);
export type ReadOnlyReason = z.infer<typeof ReadOnlyReason>;

export const UnitInfo = DiskInfo.extend({
  unit: z.string(),
  state: z.enum(['idle', 'opening', 'open', 'holding', 'failed', 'detached']),
  /** Not to be written, and why. */
  read_only: z.boolean(),
  read_only_reason: ReadOnlyReason.nullable(),
  /** That of the path in use, or used last; null while nothing was opened for writing. */
  guarantee: PathInfo.shape.guarantee,
  /** Where programs reach it, if it is exposed. */
  nbd: z.string().nullable(),
});
export type UnitInfo = z.infer<typeof UnitInfo>;

/** Rates over the last interval, in the terms of iostat -x; per second unless the name says otherwise. */
export const IoFigures = z.object({
  reads: z.number(),
  writes: z.number(),
  flushes: z.number(),
  discards: z.number(),
  read_bytes: z.number(),
  written_bytes: z.number(),
  discarded_bytes: z.number(),
  /** Mean time of a request, queueing included. */
  await_ms: z.number(),
  /** Mean number of requests under way. */
  queue_length: z.number(),
  in_flight: z.number(),
  utilization: z.number(),
  errors_total: z.number(),
  retries_total: z.number(),
  /** Of the requests that ended in the interval; 0 where there were none. */
  read_p50_us: z.number(),
  read_p99_us: z.number(),
  write_p50_us: z.number(),
  write_p99_us: z.number(),
});
export type IoFigures = z.infer<typeof IoFigures>;

const UnitStats = z.object({
  unit: z.string(),
  serial: z.string(),
  state: UnitInfo.shape.state,
  figures: IoFigures,
  paths: z.array(PathInfo.extend({ figures: IoFigures })),
});
export type UnitStats = z.infer<typeof UnitStats>;

/** The first event of each command: it stands. */
const Ready = z.discriminatedUnion('command', [
  z.object({
    event: z.literal('ready'),
    command: z.literal('export'),
    addresses: z.array(z.string()),
    connecting: z.array(z.string()),
    exports: z.array(ExportInfo),
  }),
  z.object({ event: z.literal('ready'), command: z.literal('route'), addresses: z.array(z.string()) }),
  z.object({
    event: z.literal('ready'),
    command: z.literal('serve'),
    /** Lets one browser in, once, within ten minutes. */
    url: z.string(),
    address: z.string(),
  }),
  z.object({
    event: z.literal('ready'),
    command: z.literal('attach'),
    /** The first unit's, for scripts that attach one. */
    unit: z.string(),
    serial: z.string(),
    size_bytes: z.number(),
    block_bytes: z.number(),
    read_only: z.boolean(),
    nbd: z.string().nullable(),
    units: z.array(UnitInfo),
  }),
  z.object({
    event: z.literal('ready'),
    command: z.literal('keygen'),
    /** By which peers know this host. */
    fingerprint: z.string(),
    /** Where the key is. */
    path: z.string(),
    /** It was made now. */
    created: z.boolean(),
  }),
  /** What is known of keys after the command. */
  z.object({ event: z.literal('ready'), command: z.literal('trust') }).extend(TrustList.shape),
  z.object({ event: z.literal('ready'), command: z.literal('spans'), peers: z.array(z.string()) }),
  z.object({ event: z.literal('ready'), command: z.literal('stat'), units: z.array(UnitInfo) }),
  z.object({
    event: z.literal('ready'),
    command: z.literal('copy'),
    from: z.string(),
    to: z.string(),
    size_bytes: z.number(),
  }),
  z.object({
    event: z.literal('ready'),
    command: z.literal('benchmark'),
    serial: z.string(),
    label: z.string(),
    size_bytes: z.number(),
    block_bytes: z.number(),
    /** Of each test. */
    seconds: z.number(),
    /** Its content is overwritten. */
    write: z.boolean(),
  }),
]);

/** The last event of the commands that end by themselves. */
const Done = z.discriminatedUnion('command', [
  z.object({
    event: z.literal('done'),
    command: z.literal('copy'),
    copied_bytes: z.number(),
    zero_bytes: z.number(),
    seconds: z.number(),
    verified: z.boolean(),
  }),
  z.object({ event: z.literal('done'), command: z.literal('benchmark'), seconds: z.number() }),
]);

/** Every event of every command. */
export const CliEvent = z.discriminatedUnion('event', [
  Ready,
  z.object({
    event: z.literal('link'),
    peer: z.string(),
    state: z.enum(['up', 'down']),
    reason: z.string().nullable(),
  }),
  z.object({ event: z.literal('disk') }).extend(DiskInfo.shape),
  z.object({ event: z.literal('disk_gone'), serial: z.string(), label: z.string() }),
  z.object({ event: z.literal('unit') }).extend(UnitInfo.shape),
  z.object({ event: z.literal('unit_removed'), unit: z.string() }),
  z.object({
    event: z.literal('client'),
    state: z.enum(['attached', 'detached']),
    unit: z.string(),
    remote: z.string(),
    reason: z.string().nullable(),
  }),
  z.object({
    event: z.literal('stats'),
    interval_ms: z.number(),
    /** The two global figures of xdisk. */
    active_requests: z.number(),
    last_offset: z.number(),
    units: z.array(UnitStats),
  }),
  z.object({
    event: z.literal('progress'),
    phase: z.enum(['copy', 'verify']),
    done_bytes: z.number(),
    size_bytes: z.number(),
    rate_bytes: z.number(),
    eta_seconds: z.number().nullable(),
  }),
  z.object({ event: z.literal('benchmark_result') }).extend(BenchmarkResult.shape),
  Done,
]);
export type CliEvent = z.infer<typeof CliEvent>;

import { z } from 'zod';
import { Writers } from './events.ts';
import { AddressText, Bytes, Id, Label, PathText, PeerText, Time, UnitName } from './model/common.ts';
import { Contents, FileEntry, Target } from './model/contents.ts';
import { Event, ObjectKind, Severity } from './model/event.ts';
import { ExportCheck } from './model/export.ts';
import { FiguresBatch, HISTORY_COLUMNS, HistorySeries } from './model/figures.ts';
import { ConfigVersion, Hello, LogLine } from './model/host.ts';
import { PeerStage, PeerTest } from './model/peer.ts';
import { Layout, LayoutKey, LayoutValue, Settings, SettingsPatch } from './model/settings.ts';
import { TablesBatch } from './model/tables.ts';
import { AllowedKeys, FingerprintText, TrustList } from './model/trust.ts';
import { DetachPlan, UnitClient, UnitOptions } from './model/unit.ts';

/**
 * The contract between a host and its pages: every command with its input, output and time-out, and every
 * event with its payload. Types, checks on both sides and both transports derive from this file. Any call
 * may end with any ErrorCode (errors.ts) and can be cancelled (wire.ts).
 */

const nothing = z.object({});

interface Call<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType> {
  readonly input: I;
  readonly output: O;
  /** What is told while it runs. */
  readonly progress: P;
  readonly timeoutMs: number;
}

function call<I extends z.ZodType, O extends z.ZodType>(
  input: I,
  output: O,
  timeoutMs?: number,
): Call<I, O, z.ZodNever>;
function call<I extends z.ZodType, O extends z.ZodType, P extends z.ZodType>(
  input: I,
  output: O,
  timeoutMs: number,
  progress: P,
): Call<I, O, P>;
function call(input: z.ZodType, output: z.ZodType, timeoutMs = 10_000, progress: z.ZodType = z.never()) {
  return { input, output, progress, timeoutMs };
}

/** Keys of rows on screen: at most what a page can show, or everything of a kind. */
const Watched = z.union([z.literal('all'), z.array(Id).max(512)]);

const PeerInput = z.object({
  address: AddressText,
  name: Label.nullable(),
  auto_connect: z.boolean(),
  /** Allow a plain link to another host. */
  insecure_plain: z.boolean(),
  /** The key somebody compared and confirmed; with one the link has TLS wherever it goes. */
  fingerprint: FingerprintText.nullable().optional(),
});

const ExportInput = z.object({
  /** Path of a file or block device, or `memory:SIZE`. */
  source: PathText,
  label: Label.nullable(),
  serial: Label.nullable(),
  block_bytes: z.union([z.literal(512), z.literal(4096)]).nullable(),
  read_only: z.boolean(),
  /** Keys that may use it over TLS. */
  allow: AllowedKeys.optional(),
  /** How many clients may have it open for writing; without it one. */
  writers: Writers.optional(),
});

const CopyInput = z.object({
  /** A unit's name, `dmsg://HOST:PORT/SERIAL`, an NBD URI or a path of the host. */
  from: PathText,
  to: PathText,
  verify: z.boolean(),
  /** Replace the content of a file or unit that has some. */
  overwrite: z.boolean(),
  /** Bytes per second; null: as fast as it goes. */
  rate_limit_bytes: Bytes.min(1024).nullable(),
});

const EventFilter = z.object({
  kind: ObjectKind.nullable(),
  object_id: Id.nullable(),
  severity: Severity.nullable(),
  text: z.string().max(200),
  from: Time.nullable(),
  to: Time.nullable(),
});
export type EventFilter = z.infer<typeof EventFilter>;

export const COMMANDS = {
  'session.hello': call(nothing, Hello),
  /** What this page shows: nothing is pushed to a hidden page, and figures only of rows on screen. */
  'session.watch': call(
    z.object({
      visible: z.boolean(),
      units: Watched,
      /** Units whose paths are on screen. */
      paths_of: z.array(UnitName).max(512),
      exports: Watched,
      peers: Watched,
      /** Figure keys whose latency distribution is on screen. */
      latency: z.array(Id).max(16),
    }),
    nothing,
  ),

  /** Connect, introduce, look and leave: nothing is saved. */
  'peers.test': call(PeerInput, PeerTest, 30_000, PeerStage),
  'peers.add': call(PeerInput, z.object({ id: Id })),
  'peers.update': call(
    z.object({
      id: Id,
      name: Label.optional(),
      auto_connect: z.boolean().optional(),
      /** The key somebody compared and confirmed. */
      fingerprint: FingerprintText.nullable().optional(),
    }),
    nothing,
  ),
  'peers.connect': call(z.object({ id: Id }), nothing),
  'peers.disconnect': call(z.object({ id: Id }), nothing),
  'peers.forget': call(z.object({ id: Id }), nothing),

  /** Drop the memory of a disk nobody offers. */
  'disks.forget': call(z.object({ id: Id }), nothing),

  'units.attach': call(z.object({ disk_id: Id, options: UnitOptions }), z.object({ unit: UnitName }), 15_000),
  'units.detach_plan': call(z.object({ unit: UnitName }), DetachPlan),
  /** `label` must be the unit's own where `force` is set. The options are those to undo it with. */
  'units.detach': call(
    z.object({ unit: UnitName, force: z.boolean(), label: z.string().nullable() }),
    z.object({ disk_id: Id, options: UnitOptions }),
    15_000,
  ),
  'units.update': call(z.object({ unit: UnitName, options: UnitOptions.partial() }), nothing),
  'units.clients': call(z.object({ unit: UnitName }), z.object({ clients: z.array(UnitClient) })),
  'units.path': call(
    z.object({ unit: UnitName, path: Id, action: z.enum(['prefer', 'disable', 'reinstate', 'test']) }),
    z.object({ rtt_ms: z.number().nullable() }),
  ),
  /** Let the number of a unit not attached now go to others. */
  'units.forget_number': call(z.object({ serial: PeerText }), nothing),

  'exports.check': call(ExportInput, ExportCheck),
  'exports.create': call(ExportInput, z.object({ id: Id })),
  'exports.set_online': call(z.object({ id: Id, online: z.boolean() }), nothing, 30_000),
  /**
   * Who may use it, from now on: links and sessions without the right end at once. How many clients may write it,
   * from the next open on. What is not given stays as it is.
   */
  'exports.update': call(
    z.object({ id: Id, allow: AllowedKeys.optional(), writers: Writers.optional() }),
    nothing,
  ),
  /** `force` ends the sessions peers have. */
  'exports.remove': call(z.object({ id: Id, force: z.boolean() }), nothing, 30_000),

  'trust.list': call(nothing, TrustList),
  /** Trust a key no more, whatever pins and lists say: its links end at once. */
  'trust.revoke': call(z.object({ fingerprint: FingerprintText }), nothing),
  /** Forget pins and a revocation of a key: peers that show it are asked about again. */
  'trust.forget': call(z.object({ fingerprint: FingerprintText }), nothing),

  'jobs.copy': call(CopyInput, z.object({ id: Id }), 30_000),
  /** `label` must be the unit's own where `write` is set: its content is lost. */
  'jobs.benchmark': call(
    z.object({
      unit: UnitName,
      seconds: z.number().min(1).max(60),
      write: z.boolean(),
      label: z.string().nullable(),
    }),
    z.object({ id: Id }),
  ),
  'jobs.cancel': call(z.object({ id: Id }), nothing),
  'jobs.dismiss': call(z.object({ id: Id }), nothing),

  'contents.inspect': call(z.object({ target: Target }), Contents, 20_000),
  /** Bytes as base64, for the hex view; a range of whole blocks. */
  'contents.read': call(
    z.object({ target: Target, offset: Bytes, length: z.number().int().min(1).max(65_536) }),
    z.object({ offset: Bytes, data: z.string() }),
    20_000,
  ),
  'files.list': call(
    z.object({ path: PathText.nullable() }),
    z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(FileEntry),
      cut: z.boolean(),
    }),
  ),

  /** Newest first; `before` is the id of the last one had. */
  'events.query': call(
    z.object({
      filter: EventFilter,
      before: z.number().int().nullable(),
      limit: z.number().int().min(1).max(1000),
    }),
    z.object({ events: z.array(Event), more: z.boolean() }),
  ),
  'log.tail': call(
    z.object({ lines: z.number().int().min(1).max(2000) }),
    z.object({ lines: z.array(LogLine) }),
  ),
  'history.read': call(
    z.object({
      keys: z.array(Id).min(1).max(16),
      from: Time,
      to: Time,
      /** At most this many steps. */
      points: z.number().int().min(10).max(4000),
      columns: z.array(z.enum(HISTORY_COLUMNS)).min(1).max(HISTORY_COLUMNS.length),
    }),
    z.object({ series: z.array(HistorySeries) }),
  ),

  'settings.update': call(SettingsPatch, Settings),
  'layout.set': call(z.object({ key: LayoutKey, value: LayoutValue }), nothing),
  /** The config as text, without secrets. */
  'config.export': call(nothing, z.object({ text: z.string() })),
  /** `dry_run` tells what would change. */
  'config.import': call(
    z.object({ text: z.string().max(1 << 20), dry_run: z.boolean() }),
    z.object({ changes: z.array(z.string()) }),
    30_000,
  ),
  'config.versions': call(nothing, z.object({ versions: z.array(ConfigVersion) })),
  'config.restore': call(
    z.object({ id: z.string().max(64) }),
    z.object({ changes: z.array(z.string()) }),
    30_000,
  ),

  /** A memory disk exported, attached and under a light load. */
  'demo.start': call(nothing, z.object({ unit: UnitName }), 15_000),
  'demo.stop': call(nothing, nothing, 15_000),

  /** What a diagnostics bundle would hold, to look through before it is saved. */
  'diagnostics.preview': call(
    nothing,
    z.object({ files: z.array(z.object({ name: z.string(), text: z.string() })) }),
    30_000,
  ),

  /** The system's file picker, where the window has one; null: cancelled. */
  'shell.pick_path': call(
    z.object({
      title: z.string().max(200),
      kind: z.enum(['open', 'save']),
      suggestion: z.string().max(4096),
    }),
    z.object({ path: z.string().nullable() }),
    3_600_000,
  ),
} as const;

export type CommandName = keyof typeof COMMANDS;
export type Input<C extends CommandName> = z.infer<(typeof COMMANDS)[C]['input']>;
export type Output<C extends CommandName> = z.infer<(typeof COMMANDS)[C]['output']>;
export type Progress<C extends CommandName> = z.infer<(typeof COMMANDS)[C]['progress']>;

export const EVENTS = {
  /** State, when it changes; several changes within a tenth of a second are one batch. */
  tables: TablesBatch,
  /** Live figures, at most once a second. */
  figures: FiguresBatch,
  /** New events of the journal, and older ones whose count grew. */
  journal: z.object({ events: z.array(Event) }),
  settings: z.object({ settings: Settings }),
  layout: z.object({ layout: Layout }),
  /** The shell asks the page to show something: from a menu, a notification, a tray. */
  show: z.object({
    /** A page's name; empty: where it is. */
    page: z.string().max(64),
    object_id: Id.nullable(),
    dialog: z.enum(['add_peer', 'export', 'copy', 'palette', 'help', 'about']).nullable(),
  }),
} as const;

export type EventName = keyof typeof EVENTS;
export type Payload<E extends EventName> = z.infer<(typeof EVENTS)[E]>;

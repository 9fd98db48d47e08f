import { z } from 'zod';
import { Time } from './common.ts';
import { Layout, Settings } from './settings.ts';
import { FingerprintText } from './trust.ts';

/** Something this host may or may not be able to do; where not, why, and what to run to change that. */
export const Capability = z.object({
  available: z.boolean(),
  reason: z.string().nullable(),
  fix: z.string().nullable(),
});
export type Capability = z.infer<typeof Capability>;

/** What a page learns first. */
export const Hello = z.object({
  version: z.string(),
  commit: z.string().nullable(),
  /** Name of the machine the host runs on. */
  machine: z.string(),
  platform: z.enum(['linux', 'darwin', 'win32', 'freebsd', 'other']),
  started_at: Time,
  /** Where config, history and events are kept. */
  state_directory: z.string(),
  capabilities: z.object({
    /** The window has the system's file pickers (`shell.pick_path`); otherwise use `files.list`. */
    native_picker: Capability,
    /** Units as /dev/nbdN. */
    kernel_nbd: Capability,
    /** Naming the processes behind NBD clients. */
    process_names: Capability,
    tray: Capability,
  }),
  settings: Settings,
  layout: Layout,
  /** Nothing is configured: offer the first-run page. */
  empty: z.boolean(),
  /** Since the config was read: problems people should know, such as a corrupt file kept aside. */
  notices: z.array(z.string()),
  /** Address of the metrics, if they are on. */
  metrics: z.string().nullable(),
  /** The key by which peers know this host; null where it cannot be used, which a notice explains. */
  fingerprint: FingerprintText.nullable(),
});
export type Hello = z.infer<typeof Hello>;

/** An earlier version of the config file. */
export const ConfigVersion = z.object({
  id: z.string().max(64),
  at: Time,
  /** What the next version changed, one line each. */
  changes: z.array(z.string()),
});
export type ConfigVersion = z.infer<typeof ConfigVersion>;

export const LogLine = z.object({
  at: Time,
  level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
  text: z.string(),
});
export type LogLine = z.infer<typeof LogLine>;

import { z } from 'zod';
import { AddressText } from './common.ts';

/** What can be set, each with its default. Kept in the config file. */
export const Settings = z.object({
  theme: z.enum(['system', 'light', 'dark', 'contrast']).default('system'),
  units: z.enum(['iec', 'si']).default('iec'),
  /** Time zone of shown times. */
  clock: z.enum(['local', 'utc']).default('local'),
  /** Addresses exports are offered on. */
  export_listen: z.array(AddressText).max(16).default(['127.0.0.1:10987']),
  /** Routers exports are offered to. */
  export_connect: z.array(AddressText).max(16).default([]),
  /** Where units are served over NBD; `unix:PATH` or `tcp:ADDR:PORT`. Empty: a socket in the state directory. */
  nbd_listen: z.string().max(300).default(''),
  /** Allow plain links to other hosts, for exports and NBD. */
  insecure_plain: z.boolean().default(false),
  /** Address of the Prometheus metrics; empty: off. */
  metrics_listen: z.string().max(300).default(''),
  notifications: z.enum(['all', 'problems', 'off']).default('problems'),
  /** Days the finest-grained, the middle and the coarse history are kept are fixed; this drops all of it. */
  history: z.boolean().default(true),
  close_to_tray: z.boolean().default(true),
  /** The start page has been seen. */
  welcomed: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;

/** Layout of tables and pages, per key: kept with the config, of no meaning to the host. */
export const LayoutKey = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/);
export const LayoutValue = z.json();
export type LayoutValue = z.infer<typeof LayoutValue>;
export const Layout = z.record(LayoutKey, LayoutValue);
export type Layout = z.infer<typeof Layout>;

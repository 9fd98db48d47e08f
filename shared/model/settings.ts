import { z } from 'zod';
import { AddressText } from './common.ts';
import { SetLimits } from './limits.ts';

const fields = {
  theme: z.enum(['system', 'light', 'dark', 'contrast']),
  units: z.enum(['iec', 'si']),
  /** Time zone of shown times. */
  clock: z.enum(['local', 'utc']),
  /** Addresses exports are offered on. */
  export_listen: z.array(AddressText).max(16),
  /** Routers exports are offered to. */
  export_connect: z.array(AddressText).max(16),
  /** Where units are served over NBD; `unix:PATH` or `tcp:ADDR:PORT`. Empty: a socket in the state directory. */
  nbd_listen: z.string().max(300),
  /** Allow plain links to other hosts, for exports and NBD. */
  insecure_plain: z.boolean(),
  /** Address of the Prometheus metrics; empty: off. */
  metrics_listen: z.string().max(300),
  /** Limits per peer other than usual; they hold for links that stand as well. A patch replaces all of them. */
  limits: SetLimits,
  notifications: z.enum(['all', 'problems', 'off']),
  /** Keep the history of figures: 1 s for an hour, 10 s for a day, 1 min for 30 days. */
  history: z.boolean(),
  close_to_tray: z.boolean(),
  /** The start page has been seen. */
  welcomed: z.boolean(),
};

/** What can be set, each with its default. Kept in the config file. */
export const Settings = z.object({
  theme: fields.theme.default('system'),
  units: fields.units.default('iec'),
  clock: fields.clock.default('local'),
  export_listen: fields.export_listen.default(['127.0.0.1:10987']),
  export_connect: fields.export_connect.default([]),
  nbd_listen: fields.nbd_listen.default(''),
  insecure_plain: fields.insecure_plain.default(false),
  metrics_listen: fields.metrics_listen.default(''),
  limits: fields.limits.default({}),
  notifications: fields.notifications.default('problems'),
  history: fields.history.default(true),
  close_to_tray: fields.close_to_tray.default(true),
  welcomed: fields.welcomed.default(false),
});
export type Settings = z.infer<typeof Settings>;

/** A change of some settings. Without the defaults: what is left out stays as it is. */
export const SettingsPatch = z.object(fields).partial();
export type SettingsPatch = z.infer<typeof SettingsPatch>;

/** Layout of tables and pages, per key: kept with the config, of no meaning to the host. */
export const LayoutKey = z.string().regex(/^[a-z][a-z0-9_.-]{0,63}$/);
export const LayoutValue = z.json();
export type LayoutValue = z.infer<typeof LayoutValue>;
export const Layout = z.record(LayoutKey, LayoutValue);
export type Layout = z.infer<typeof Layout>;

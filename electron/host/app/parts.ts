import type { PeerLimits } from '../../../shared/limits.ts';
import type { Settings } from '../../../shared/model/settings.ts';
import type { Registry } from '../../xdisk/registry.ts';
import type { ConfigStore } from '../config/config-store.ts';
import type { Gateway } from '../gateway.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Journal } from '../journal/journal.ts';
import type { LinkSetup } from '../link-setup.ts';
import type { Trust } from '../trust/trust.ts';
import type { Disks } from './disks.ts';
import type { Exports } from './exports.ts';
import type { AppHostOptions } from './options.ts';
import type { PathBook } from './path-book.ts';
import type { Peers } from './peers.ts';
import type { Tables } from './tables.ts';
import type { Units } from './units.ts';

/** What the handlers of commands work with. */
export interface AppParts {
  readonly options: AppHostOptions;
  readonly startedAt: number;
  readonly config: ConfigStore;
  readonly trust: Trust;
  /** What a peer may cost now; follows the settings. */
  readonly limits: PeerLimits;
  readonly tables: Tables;
  readonly peers: Peers;
  readonly disks: Disks;
  readonly book: PathBook;
  readonly units: Units;
  readonly registry: Registry;
  readonly exports: Exports;
  readonly gateway: Gateway;
  readonly jobs: Jobs;
  readonly journal: Journal;
  readonly history: HistoryStore;
  /** Address of the metrics, if they are on. */
  readonly metricsAddress: string | null;
  /** Why something the settings ask for does not stand, for people. */
  readonly notices: readonly string[];
  readonly settings: Settings;
  /** How links outside the configured peers are made. */
  linkSetup(insecurePlain: boolean): LinkSetup;
  startDemo(): Promise<string>;
  stopDemo(): Promise<void>;
  readonly demoRuns: boolean;
}

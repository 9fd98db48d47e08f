import { isDeepStrictEqual } from 'node:util';
import type { EventName, Payload } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { Layout, Settings } from '../../../shared/model/settings.ts';
import type { Unit as UnitRow } from '../../../shared/model/unit.ts';
import type { Handlers } from '../api/handlers.ts';
import { PageSession, type PageTransport } from '../api/page-session.ts';
import { AppCore } from './app-core.ts';
import { configHandlers } from './handlers/config.ts';
import { exportHandlers } from './handlers/exports.ts';
import { jobHandlers } from './handlers/jobs.ts';
import { peerHandlers } from './handlers/peers.ts';
import { recordHandlers } from './handlers/records.ts';
import { sessionHandlers } from './handlers/session.ts';
import { trustHandlers } from './handlers/trust.ts';
import { unitHandlers } from './handlers/units.ts';
import type { AppHostOptions } from './options.ts';
import { PageFeeds } from './page-feeds.ts';
import { Pulse } from './pulse.ts';

export type { AppHostOptions, ShellServices } from './options.ts';

/** Everything the app does, behind the contract: the one object main.ts and serve.ts make. */
export interface AppHost {
  /** Connect a page. Hand what it sends to `receive`, and call `close` when it is gone. */
  connect(transport: PageTransport): PageSession;
  /** Push an event to all pages. */
  broadcast<E extends EventName>(event: E, payload: Payload<E>): void;
  /** Hear of new events of the journal. @returns a disposer */
  onEvents(listener: (events: readonly Event[]) => void): () => void;
  /** Titles of jobs that run, for the question at quitting. */
  readonly runningJobs: readonly string[];
  readonly settings: Settings;
  /** The units as last told, for the tray. */
  readonly units: readonly UnitRow[];
  /** Nothing is configured. */
  readonly isEmpty: boolean;
  /** Start the demo, as `demo.start`. */
  startDemo(): Promise<void>;
  /** Save everything, detach, withdraw, close. */
  close(): Promise<void>;
}

/**
 * Start the host on a state directory, which must be this process's alone (see StateLock).
 * @throws HostError `local` where the directory cannot be used
 */
export function startAppHost(options: AppHostOptions): Promise<AppHost> {
  return connectPages(new AppCore(options));
}

/** Start a core, and let pages connect to it. */
export async function connectPages(core: AppCore): Promise<AppHost> {
  const { options } = core;
  const feeds: PageFeeds = new PageFeeds(core.tables, () => pulse.sample);
  const pulse = new Pulse(core, feeds);
  const handlers: Handlers = {
    ...sessionHandlers(core, feeds),
    ...peerHandlers(core),
    ...unitHandlers(core),
    ...exportHandlers(core),
    ...jobHandlers(core),
    ...recordHandlers(core),
    ...configHandlers(core),
    ...trustHandlers(core),
  };
  core.tables.onChanges((changes) => feeds.changed(changes));
  core.journal.onEvents((events) => feeds.happened(events));
  core.config.onChange((config, before) => {
    if (!isDeepStrictEqual(config.settings, before.settings)) {
      feeds.broadcast('settings', { settings: structuredClone(config.settings) as Settings });
    }
    if (!isDeepStrictEqual(config.layout, before.layout)) {
      feeds.broadcast('layout', { layout: structuredClone(config.layout) as Layout });
    }
  });
  await core.start();
  pulse.start();
  return {
    connect(transport) {
      const session = new PageSession(transport, handlers, options.log, {
        closed: (gone) => feeds.remove(gone),
      });
      feeds.add(session);
      return session;
    },
    broadcast: (event, payload) => feeds.broadcast(event, payload),
    onEvents: (listener) => core.journal.onEvents(listener),
    get runningJobs() {
      return core.jobs.running;
    },
    get settings() {
      return core.settings;
    },
    get units() {
      return [...core.tables.rows('units').values()];
    },
    get isEmpty() {
      return core.isEmpty;
    },
    async startDemo() {
      await core.startDemo();
    },
    async close() {
      feeds.close();
      pulse.stop();
      await core.close();
    },
  };
}

import { UnavailableError } from '../../../electron/host/api/call-error.ts';
import type { Handlers } from '../../../electron/host/api/handlers.ts';
import { PageSession } from '../../../electron/host/api/page-session.ts';
import type { AppHost, AppHostOptions } from '../../../electron/host/app/app-host.ts';
import { COMMANDS, type EventName, type Payload } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import type { Capability, Hello } from '../../../shared/model/host.ts';
import { Settings } from '../../../shared/model/settings.ts';
import { report } from '../stand-in/reports.ts';

/**
 * A host that does as the test says, in the place of the app's own: real page sessions, of whose commands a
 * few work. `scriptedHost(name, value)` is the way to it.
 */
const can: Capability = { available: true, reason: null, fix: null };

class ScriptedHost implements AppHost {
  settings = Settings.parse({});
  runningJobs: string[] = [];
  readonly units = [];
  readonly isEmpty = true;
  readonly #options: AppHostOptions;
  readonly #sessions = new Set<PageSession>();
  readonly #listeners = new Set<(events: readonly Event[]) => void>();
  readonly #handlers: Handlers;
  #closing: 'works' | 'hangs' | 'fails' = 'works';

  constructor(options: AppHostOptions) {
    this.#options = options;
    const unavailable = async () => {
      throw new UnavailableError('this host of a test cannot do that');
    };
    const all = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, unavailable]));
    this.#handlers = {
      ...(all as unknown as Handlers),
      'session.hello': async () => this.#hello(),
      'session.watch': async () => ({}),
      'config.export': async () => ({ text: 'x'.repeat(1 << 20) }),
      'config.import': async ({ text }) => ({ changes: [String(text.length)] }),
      'shell.pick_path': async (input) => ({ path: (await options.shell?.pickPath(input)) ?? null }),
    };
  }

  readonly scripted = (name: string, value: unknown): unknown => {
    switch (name) {
      case 'events':
        for (const listener of this.#listeners) listener(value as Event[]);
        return;
      case 'jobs':
        this.runningJobs = value as string[];
        return;
      case 'settings':
        this.settings = { ...this.settings, ...(value as Partial<Settings>) };
        return this.broadcast('settings', { settings: this.settings });
      case 'units':
        return this.broadcast('tables', {
          snapshot: true,
          at: Date.now(),
          units: { rows: value as never, gone: [] },
        });
      case 'closing':
        this.#closing = value as 'works' | 'hangs' | 'fails';
        return;
      case 'sessions':
        return [...this.#sessions].map(({ name: who }) => who);
      case 'backlogs':
        return [...this.#sessions].map(({ backlogBytes }) => backlogBytes);
      case 'shell':
        return { tray: this.#options.shell?.tray, version: this.#options.version };
      default:
        throw new Error(`no step ${name}`);
    }
  };

  connect: AppHost['connect'] = (transport) => {
    const session = new PageSession(transport, this.#handlers, this.#options.log, {
      closed: (gone) => {
        this.#sessions.delete(gone);
        report({ event: 'scripted', what: 'session closed', value: gone.name });
      },
    });
    this.#sessions.add(session);
    report({ event: 'scripted', what: 'session', value: session.name });
    return session;
  };

  broadcast<E extends EventName>(event: E, payload: Payload<E>): void {
    for (const session of this.#sessions) session.emit(event, payload);
  }

  onEvents(listener: (events: readonly Event[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async startDemo(): Promise<void> {}

  async close(): Promise<void> {
    report({ event: 'scripted', what: 'close', value: this.#closing });
    if (this.#closing === 'fails') throw new Error('the disk is full');
    if (this.#closing === 'hangs') await new Promise(() => {});
  }

  #hello(): Hello {
    const { version, stateDirectory, commit } = this.#options;
    return {
      version,
      commit,
      machine: 'test',
      platform: 'linux',
      started_at: 0,
      state_directory: stateDirectory,
      capabilities: { native_picker: can, kernel_nbd: can, process_names: can, tray: can },
      settings: this.settings,
      layout: {},
      empty: true,
      notices: [],
      metrics: null,
      fingerprint: null,
    };
  }
}

export async function startAppHost(options: AppHostOptions): Promise<AppHost> {
  const host = new ScriptedHost(options);
  Object.assign(globalThis, { scriptedHost: host.scripted });
  return host;
}

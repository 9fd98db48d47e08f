import { UnavailableError } from '../../../electron/host/api/call-error.ts';
import type { Handler, Handlers } from '../../../electron/host/api/handlers.ts';
import { PageSession, type PageTransport } from '../../../electron/host/api/page-session.ts';
import type { AppHost } from '../../../electron/host/app/app-host.ts';
import type { Log } from '../../../electron/host/log.ts';
import { COMMANDS, type EventName, type Payload } from '../../../shared/contract.ts';
import { Settings } from '../../../shared/model/settings.ts';

/**
 * A host with real page sessions, of which a few commands work: `session.watch` answers at once,
 * `contents.inspect` not before it is cancelled, `layout.set` takes whatever the contract allows.
 */
export class TestApp implements AppHost {
  readonly sessions = new Set<PageSession>();
  /** Calls that were cancelled. */
  cancelled = 0;
  closed = false;
  demoStarted = false;
  isEmpty = true;
  readonly runningJobs = [];
  readonly units = [];
  readonly settings = Settings.parse({});
  readonly #log: Log;
  readonly #handlers: Handlers;

  constructor(log: Log) {
    this.#log = log;
    const unavailable = async () => {
      throw new UnavailableError('this host of a test cannot do that');
    };
    const all = Object.fromEntries(Object.keys(COMMANDS).map((name) => [name, unavailable]));
    const inspect: Handler<'contents.inspect'> = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          this.cancelled++;
          reject(signal.reason);
        });
      });
    this.#handlers = {
      ...(all as unknown as Handlers),
      'session.watch': async () => ({}),
      'layout.set': async () => ({}),
      'contents.inspect': inspect,
    };
  }

  connect(transport: PageTransport): PageSession {
    const session = new PageSession(transport, this.#handlers, this.#log, {
      closed: (gone) => this.sessions.delete(gone),
    });
    this.sessions.add(session);
    return session;
  }

  broadcast<E extends EventName>(event: E, payload: Payload<E>): void {
    for (const session of this.sessions) session.emit(event, payload);
  }

  onEvents(): () => void {
    return () => {};
  }

  async startDemo(): Promise<void> {
    this.demoStarted = true;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

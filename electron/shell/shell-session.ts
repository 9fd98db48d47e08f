import { z } from 'zod';
import { EVENTS } from '../../shared/contract.ts';
import type { Settings } from '../../shared/model/settings.ts';
import { Health } from '../../shared/model/unit.ts';
import type { ToPage } from '../../shared/wire.ts';
import type { PageSession, PageTransport } from '../host/api/page-session.ts';

/** What the tray needs of a batch: a thousand units are not to be parsed in full for one line of text. */
const UnitsBatch = z.object({
  snapshot: z.boolean(),
  units: z
    .object({ rows: z.array(z.object({ name: z.string(), health: Health })), gone: z.array(z.string()) })
    .optional(),
});

export interface ShellListener {
  /** The health of each unit, when one changed. */
  units(healths: Iterable<Health>): void;
  settings(settings: Settings): void;
}

/**
 * The shell is a page of the host as well, one without a document: tray and window colours follow the same
 * tables and settings the pages show. It watches no figures.
 */
export class ShellSession implements PageTransport {
  readonly name = 'shell';
  readonly backlogBytes = 0;
  readonly #healths = new Map<string, Health>();
  readonly #listener: ShellListener;
  readonly #session: PageSession;

  constructor(host: { connect(transport: PageTransport): PageSession }, listener: ShellListener) {
    this.#listener = listener;
    this.#session = host.connect(this);
    this.#session.receive({ id: 1, command: 'session.hello', input: {} });
    const nothing = { units: [], paths_of: [], exports: [], peers: [], latency: [] };
    this.#session.receive({ id: 2, command: 'session.watch', input: { visible: true, ...nothing } });
  }

  close(): void {
    this.#session.close();
  }

  send(message: ToPage): void {
    if (!('event' in message)) return;
    if (message.event === 'tables') this.#take(UnitsBatch.parse(message.payload));
    if (message.event === 'settings')
      this.#listener.settings(EVENTS.settings.parse(message.payload).settings);
  }

  drop(reason: string): void {
    throw new Error(`the shell broke the rules of its own host: ${reason}`);
  }

  #take({ snapshot, units }: z.infer<typeof UnitsBatch>): void {
    if (snapshot) this.#healths.clear();
    if (units === undefined && !snapshot) return;
    for (const { name, health } of units?.rows ?? []) this.#healths.set(name, health);
    for (const name of units?.gone ?? []) this.#healths.delete(name);
    this.#listener.units(this.#healths.values());
  }
}

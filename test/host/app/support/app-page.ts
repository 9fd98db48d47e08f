import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { PageSession, PageTransport } from '../../../../electron/host/api/page-session.ts';
import { type AppHost, startAppHost } from '../../../../electron/host/app/app-host.ts';
import { LogRing, makeLog } from '../../../../electron/host/log.ts';
import { type CommandName, EVENTS, type Input, type Output } from '../../../../shared/contract.ts';
import type { CallError } from '../../../../shared/errors.ts';
import type { Event } from '../../../../shared/model/event.ts';
import type { FiguresBatch } from '../../../../shared/model/figures.ts';
import {
  emptyMaps,
  rowKey,
  TABLE_NAMES,
  type TableName,
  type TableRows,
} from '../../../../shared/model/tables.ts';
import { ToPage } from '../../../../shared/wire.ts';

const hostsOf = new WeakMap<TestContext, AppHost[]>();

/** A directory of the test, gone with it, after the hosts that use it. */
export function directory(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), 'spandrel-app-'));
  t.after(async () => {
    await Promise.all((hostsOf.get(t) ?? []).map((host) => host.close()));
    rmSync(made, { recursive: true, force: true });
  });
  mkdirSync(join(made, 'state'));
  return made;
}

/** A host in this process on a state directory; closed with the test unless it was before. */
export async function startHost(
  t: TestContext,
  state: string,
  level: 'info' | 'warn' = 'warn',
): Promise<AppHost> {
  const logRing = new LogRing();
  const host = await startAppHost({
    stateDirectory: state,
    log: makeLog(true, level, logRing),
    logRing,
    version: '0.0.0-test',
    commit: null,
  });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= host.close();
    return closing;
  };
  const closable = new Proxy(host, {
    get: (of, key) => (key === 'close' ? close : Reflect.get(of, key, of)),
  });
  hostsOf.set(t, [...(hostsOf.get(t) ?? []), closable]);
  return closable;
}

const WAIT_MS = 15_000;
export const WATCH_ALL: Input<'session.watch'> = {
  visible: true,
  units: 'all',
  paths_of: [],
  exports: 'all',
  peers: 'all',
  latency: [],
};

/** What a failed call threw. */
export class CallFailed extends Error {
  readonly call: CallError;
  constructor(call: CallError) {
    super(`${call.code}: ${call.message}`);
    this.call = call;
  }
}

type Tables = { [T in TableName]: Map<string, TableRows[T]> };

/** Where a page connects to: a host, or a way to one. */
export interface PageDoor {
  connect(transport: PageTransport): Pick<PageSession, 'receive' | 'close'>;
}

/** A page without a window: every message is copied and checked against the contract, as a transport does. */
export class AppPage {
  readonly #session: Pick<PageSession, 'receive' | 'close'>;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #progress = new Map<number, (news: unknown) => void>();
  readonly #changed = new Set<() => void>();
  readonly tables: Tables = emptyMaps();
  readonly figures: FiguresBatch[] = [];
  readonly events: Event[] = [];
  /** Names of the events, as they came. */
  readonly heard: string[] = [];
  dropped: string | undefined;
  /** How long `until` waits, ms. */
  patienceMs = WAIT_MS;
  #lastId = 0;

  constructor(door: PageDoor) {
    this.#session = door.connect({
      name: 'test page',
      backlogBytes: 0,
      send: (message) => this.#received(ToPage.parse(structuredClone(message))),
      drop: (reason) => {
        this.dropped = reason;
        this.#session.close();
      },
    });
  }

  /** A page that shows everything, with the first snapshot in. */
  static async open(door: PageDoor): Promise<AppPage> {
    const page = new AppPage(door);
    await page.call('session.watch', WATCH_ALL);
    return page;
  }

  call<C extends CommandName>(
    command: C,
    input: Input<C>,
    progress: (news: unknown) => void = () => {},
    started: (id: number) => void = () => {},
  ): Promise<Output<C>> {
    const id = ++this.#lastId;
    const answer = new Promise<Output<C>>((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
    });
    this.#progress.set(id, progress);
    this.#session.receive(structuredClone({ id, command, input }));
    started(id);
    return answer;
  }

  /** A call that must fail. */
  async failure<C extends CommandName>(command: C, input: Input<C>): Promise<CallError> {
    try {
      await this.call(command, input);
    } catch (error) {
      assert.ok(error instanceof CallFailed, String(error));
      return error.call;
    }
    assert.fail(`${command} succeeded`);
  }

  receive(raw: unknown): void {
    this.#session.receive(raw);
  }

  close(): void {
    this.#session.close();
  }

  /** What `find` finds, now or after some event. */
  async until<T>(find: () => T | undefined | false, what: string): Promise<T> {
    const deadline = performance.now() + this.patienceMs;
    for (;;) {
      const found = find();
      if (found !== undefined && found !== false) return found;
      const left = deadline - performance.now();
      if (left <= 0) assert.fail(`${what} did not come in ${this.patienceMs} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, left);
        const changed = this.#changed;
        function done(): void {
          clearTimeout(timer);
          changed.delete(done);
          resolve();
        }
        changed.add(done);
      });
    }
  }

  /** The row of a table that fits. */
  row<T extends TableName>(
    table: T,
    fits: (row: TableRows[T]) => boolean,
    what: string,
  ): Promise<TableRows[T]> {
    return this.until(() => [...this.tables[table].values()].find(fits), what);
  }

  #received(message: ToPage): void {
    if ('event' in message) this.#event(message);
    else if ('progress' in message) this.#progress.get(message.id)?.(message.progress);
    else {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if (message.ok) waiting?.resolve(message.value);
      else waiting?.reject(new CallFailed(message.error));
    }
    for (const changed of [...this.#changed]) changed();
  }

  #event({ event, payload }: Extract<ToPage, { event: string }>): void {
    this.heard.push(event);
    if (event === 'tables') this.#apply(EVENTS.tables.parse(payload));
    else if (event === 'figures') this.figures.push(EVENTS.figures.parse(payload));
    else if (event === 'journal') this.events.push(...EVENTS.journal.parse(payload).events);
    else EVENTS[event].parse(payload);
  }

  #apply(batch: ReturnType<typeof EVENTS.tables.parse>): void {
    for (const name of TABLE_NAMES) {
      const table = this.tables[name] as Map<string, TableRows[TableName]>;
      const delta = batch[name];
      if (batch.snapshot) table.clear();
      for (const row of delta?.rows ?? []) {
        table.set((rowKey[name] as (row: TableRows[TableName]) => string)(row as TableRows[TableName]), row);
      }
      for (const key of delta?.gone ?? []) table.delete(key);
    }
  }
}

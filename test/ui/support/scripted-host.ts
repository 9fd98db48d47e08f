import { fileURLToPath } from 'node:url';
import { UnavailableError } from '../../../electron/host/api/call-error.ts';
import type { CallContext, Handler, Handlers } from '../../../electron/host/api/handlers.ts';
import { PageSession, type PageTransport } from '../../../electron/host/api/page-session.ts';
import { makeLog } from '../../../electron/host/log.ts';
import { WebHost } from '../../../electron/web/web-host.ts';
import type { CommandName, EventName, Input, Output, Payload } from '../../../shared/contract.ts';
import type { Event } from '../../../shared/model/event.ts';
import {
  FIGURE_NAMES,
  type FigureName,
  type FigureRow,
  type HISTORY_COLUMNS,
} from '../../../shared/model/figures.ts';
import type { Layout } from '../../../shared/model/settings.ts';
import { Settings } from '../../../shared/model/settings.ts';
import {
  emptyMaps,
  rowKey,
  TABLE_NAMES,
  type TableName,
  type TableRows,
} from '../../../shared/model/tables.ts';

/**
 * A host that tells what a test scripts, behind the real web server and the real page session: what reaches
 * the page has passed the contract. Nothing here reads or writes a disk.
 */

type Rows = { [T in TableName]: TableRows[T][] };
export type Scene = Partial<Rows>;
type Answer<C extends CommandName> = (
  input: Input<C>,
  context: CallContext<C>,
) => Promise<Output<C>> | Output<C>;
type Answers = { [C in CommandName]?: Answer<C> };

const hidden: Input<'session.watch'> = {
  visible: false,
  units: [],
  paths_of: [],
  exports: [],
  peers: [],
  latency: [],
};

export class ScriptedHost {
  readonly #web: WebHost;
  readonly #sessions: Map<PageSession, Input<'session.watch'>>;
  readonly state: State;
  #pulse: NodeJS.Timeout | undefined;

  private constructor(web: WebHost, state: State, sessions: Map<PageSession, Input<'session.watch'>>) {
    this.#web = web;
    this.state = state;
    this.#sessions = sessions;
  }

  /** @param port 0: a free one; give the port of a host that was closed to come back in its place */
  static async start(scene: Scene, answers: Answers = {}, port = 0): Promise<ScriptedHost> {
    const log = makeLog(false, 'warn');
    const sessions = new Map<PageSession, Input<'session.watch'>>();
    const state = new State(scene);
    const handlers = handlersOf(state, answers, (session, watch) => {
      const first = sessions.get(session) === hidden;
      sessions.set(session, watch);
      if (first) session.emit('tables', state.snapshot());
    });
    const web = await WebHost.start(
      {
        listen: { kind: 'tcp', host: '127.0.0.1', port },
        names: [],
        insecurePlain: false,
        pageDirectory: fileURLToPath(new URL('../../../dist/renderer', import.meta.url)),
        log,
      },
      (transport: PageTransport) => {
        const session = new PageSession(transport, handlers, log, { closed: (one) => sessions.delete(one) });
        sessions.set(session, hidden);
        return session;
      },
    );
    return new ScriptedHost(web, state, sessions);
  }

  /** A URL that lets one browser in. */
  url(): string {
    return this.#web.mintUrls()[0];
  }

  /** What the pages watch, as they last said. */
  get watches(): Input<'session.watch'>[] {
    return [...this.#sessions.values()];
  }

  /** Change rows; pages hear of it at once. */
  put<T extends TableName>(table: T, rows: TableRows[T][], gone: string[] = []): void {
    this.state.put(table, rows, gone);
    this.#emit('tables', { snapshot: false, at: Date.now(), [table]: { rows, gone } });
  }

  happen(event: Event): void {
    this.state.events.unshift(event);
    this.#emit('journal', { events: [event] });
  }

  emit<E extends EventName>(event: E, payload: Payload<E>): void {
    this.#emit(event, payload);
  }

  /** Send a batch of figures each second; `stop` leaves the pages without news. */
  pulse(rows: (key: string, at: number) => FigureRow | undefined, intervalMs = 1000): void {
    this.stop();
    this.#pulse = setInterval(() => {
      const at = Date.now();
      for (const [session, watch] of this.#sessions) {
        if (!watch.visible) continue;
        const batch: Payload<'figures'> = { at, interval_ms: intervalMs, rows: {}, latency: {} };
        for (const key of this.state.keysOf(watch)) {
          const row = rows(key, at);
          if (row !== undefined) batch.rows[key] = row;
        }
        for (const key of watch.latency)
          batch.latency[key] = { read: latencyCounts(at), write: latencyCounts(at / 2) };
        session.emit('figures', batch);
      }
    }, intervalMs);
  }

  stop(): void {
    clearInterval(this.#pulse);
  }

  async close(): Promise<void> {
    this.stop();
    await this.#web.close();
  }

  #emit<E extends EventName>(event: E, payload: Payload<E>): void {
    for (const session of this.#sessions.keys()) session.emit(event, payload);
  }
}

/** What there is. */
class State {
  readonly rows: { [T in TableName]: Map<string, TableRows[T]> };
  readonly events: Event[] = [];
  settings = Settings.parse({});
  layout: Layout = {};
  /** Calls pages made, in their order. */
  readonly calls: { command: CommandName; input: unknown }[] = [];

  constructor(scene: Scene) {
    this.rows = emptyMaps();
    for (const table of TABLE_NAMES) this.put(table, (scene[table] ?? []) as TableRows[typeof table][], []);
  }

  put<T extends TableName>(table: T, rows: readonly TableRows[T][], gone: readonly string[]): void {
    const map: Map<string, TableRows[T]> = this.rows[table];
    for (const row of rows) map.set(rowKey[table](row), row);
    for (const key of gone) map.delete(key);
  }

  snapshot(): Payload<'tables'> {
    const all = Object.fromEntries(
      TABLE_NAMES.map((table) => [table, { rows: [...this.rows[table].values()], gone: [] }]),
    );
    return { snapshot: true, at: Date.now(), ...all };
  }

  *keysOf(watch: Input<'session.watch'>): Generator<string> {
    yield 'total';
    for (const [kind, table, wanted] of [
      ['unit', 'units', watch.units],
      ['export', 'exports', watch.exports],
      ['peer', 'peers', watch.peers],
    ] as const)
      for (const id of wanted === 'all' ? this.rows[table].keys() : wanted) yield `${kind}:${id}`;
    for (const name of watch.paths_of)
      for (const path of this.rows.units.get(name)?.paths ?? []) yield `path:${path.id}`;
  }
}

function handlersOf(
  state: State,
  answers: Answers,
  watched: (session: PageSession, watch: Input<'session.watch'>) => void,
): Handlers {
  const scripted: Answers = {
    'session.hello': () => hello(state),
    'session.watch': (watch, { session }) => {
      watched(session, watch);
      return {};
    },
    'events.query': ({ before, limit }) => {
      const events = state.events.filter(({ id }) => before === null || id < before);
      return { events: events.slice(0, limit), more: events.length > limit };
    },
    'settings.update': (change) => {
      state.settings = Settings.parse({ ...state.settings, ...change });
      return state.settings;
    },
    'layout.set': ({ key, value }) => {
      state.layout[key] = value;
      return {};
    },
    'history.read': ({ keys, from, to, points, columns }) => ({
      series: keys.map((key) => historyOf(key, from, to, points, columns)),
    }),
    ...answers,
  };
  const handler =
    <C extends CommandName>(command: C): Handler<C> =>
    async (input, context) => {
      state.calls.push({ command, input });
      const answer = scripted[command] as Answer<C> | undefined;
      if (answer === undefined) throw new UnavailableError(`the scripted host does not answer ${command}`);
      return answer(input, context);
    };
  return new Proxy({} as Handlers, { get: (_, command) => handler(command as CommandName) });
}

function hello(state: State): Output<'session.hello'> {
  const yes = { available: true, reason: null, fix: null };
  const no = { available: false, reason: 'the scripted host has none', fix: null };
  return {
    version: '0.1.0',
    commit: null,
    machine: 'workstation',
    platform: 'linux',
    started_at: Date.now() - 3_600_000,
    state_directory: '/var/lib/spandrel',
    capabilities: { native_picker: no, kernel_nbd: yes, process_names: yes, tray: no },
    settings: state.settings,
    layout: state.layout,
    empty: false,
    notices: [],
    metrics: null,
    fingerprint: null,
  };
}

/** A row of figures, 0 but for those given. */
export function figureRow(values: Partial<Record<FigureName, number>>): FigureRow {
  return FIGURE_NAMES.map((name) => values[name] ?? 0);
}

/** A busy disk: reads and writes that go up and down. */
export function busyRow(key: string, at: number): FigureRow {
  const phase = [...key].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const wave = 1 + Math.sin(at / 20_000 + phase) * 0.5 + Math.sin(at / 3_000 + phase * 2) * 0.1;
  const reads = Math.round(1200 * wave);
  const writes = Math.round(420 * (2 - wave));
  return figureRow({
    reads,
    writes,
    read_bytes: reads * 65_536,
    written_bytes: writes * 32_768,
    await_ms: 0.3 * wave,
    queue_length: reads * 0.0003,
    in_flight: Math.round(wave * 2),
    utilization: Math.min(1, wave * 0.4),
    read_p50_us: 180 * wave,
    read_p99_us: 900 * wave,
    write_p50_us: 260 * wave,
    write_p99_us: 1500 * wave,
    rtt_ms: 0.21 * wave,
  });
}

function historyOf(
  key: string,
  from: number,
  to: number,
  points: number,
  columns: readonly (typeof HISTORY_COLUMNS)[number][],
) {
  const step =
    [1000, 10_000, 60_000, 600_000, 3_600_000].find((ms) => (to - from) / ms <= points) ?? 3_600_000;
  const at: number[] = [];
  for (let time = Math.ceil(from / step) * step; time <= to; time += step) at.push(time);
  const values = (factor: number) =>
    Object.fromEntries(
      columns.map((column) => [
        column,
        // A gap of 20 s in each 5 minutes: nothing was recorded.
        at.map((time) =>
          (time / 1000) % 300 > 280 ? null : (busyRow(key, time)[FIGURE_NAMES.indexOf(column)] ?? 0) * factor,
        ),
      ]),
    );
  return { key, step_ms: step, at, avg: values(1), max: values(1.4) };
}

function latencyCounts(at: number): number[] {
  const peak = 8 + Math.sin(at / 15_000) * 1.5;
  return Array.from({ length: 25 }, (_, bucket) =>
    Math.round(800 * Math.exp(-((bucket - peak) ** 2) / 1.4) + (bucket === 14 ? 1 : 0)),
  );
}

import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Feed } from '../../e2e/support/feed.ts';
import type { Operations, Question, Reply } from '../stand-in/control.ts';
import type { Report } from '../stand-in/reports.ts';
import type { BuiltApp } from './built-app.ts';

/** What calls `after` when it is over: a test, or a suite's Ends. */
export interface Scope {
  after(end: () => unknown): void;
}

/** What a suite has to end: node's own `after` in a hook is over with that hook. */
export class Ends implements Scope {
  readonly #ends: (() => unknown)[] = [];
  after(end: () => unknown): void {
    this.#ends.push(end);
  }
  /** The last started first. */
  readonly run = async (): Promise<void> => {
    for (const end of this.#ends.reverse()) await end();
  };
}
type ReportOf<E extends Report['event']> = Extract<Report, { event: E }>;

export interface StartOptions {
  /** Where the state is kept; a new folder without one. */
  readonly state?: string;
  /** `scripted`: by the test; `real`: the app's own. */
  readonly host?: 'scripted' | 'real';
  /** Whether the desktop draws tray icons. */
  readonly tray?: boolean;
  /** Have the preload script run in frames too, where Electron does not run it. */
  readonly preloadInSubframes?: boolean;
  /** Work areas of the displays: x, y, width, height. */
  readonly displays?: readonly (readonly [number, number, number, number])[];
}

const PATIENCE_MS = 30_000;

/** A state directory that goes with the test. */
export function stateFolder(scope: Scope): string {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-state-'));
  scope.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The app in a process of its own, on the stand-in. */
export class StandInApp {
  readonly reports: Feed<Report>;
  /** Lines of its log. */
  readonly lines: Feed<string>;
  /** The exit code. */
  readonly ended: Promise<number | null>;
  readonly #child;
  readonly #replies = new Map<number, (reply: Reply) => void>();
  #asked = 0;
  #code: number | null | undefined;

  private constructor(app: BuiltApp, state: string, options: StartOptions) {
    const { host = 'scripted', tray = true, displays } = options;
    this.#child = fork(app.start, host === 'scripted' ? [app.main, app.scriptedHost] : [app.main], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: {
        ...process.env,
        SPANDREL_STATE: state,
        SPANDREL_LOG: 'debug',
        PATH: `${busFolder(app.folder, tray)}:${process.env.PATH}`,
        ...(options.preloadInSubframes === true ? { STAND_IN_SUBFRAMES: 'yes' } : {}),
        ...(displays === undefined ? {} : { STAND_IN_DISPLAYS: JSON.stringify(displays) }),
      },
    });
    const describe = () => `exit code ${this.#code}; its log:\n${this.log}`;
    this.reports = new Feed(describe);
    this.lines = new Feed(describe);
    if (this.#child.stderr !== null) {
      createInterface({ input: this.#child.stderr }).on('line', (line) => this.lines.push(line));
    }
    this.#child.on('message', (message: Report | Reply) => {
      if ('event' in message) this.reports.push(message);
      else this.#replies.get(message.reply)?.(message);
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code) => {
        this.#code = code;
        this.reports.end(`it has ended with ${code}`);
        this.lines.end(`it has ended with ${code}`);
        for (const [reply, take] of this.#replies)
          take({ reply, error: `it has ended with ${code}\n${this.log}` });
        resolve(code);
      });
    });
  }

  /** Start it; `loaded` waits for its page. */
  static launch(scope: Scope, app: BuiltApp, options: StartOptions = {}): StandInApp {
    const started = new StandInApp(app, options.state ?? stateFolder(scope), options);
    scope.after(async () => {
      started.#child.kill('SIGKILL');
      await started.ended;
    });
    return started;
  }

  /** Start it and wait until the page has had its first answer. */
  static async start(scope: Scope, app: BuiltApp, options: StartOptions = {}): Promise<StandInApp> {
    const started = StandInApp.launch(scope, app, options);
    await started.next('loaded');
    if (options.host !== 'real') await started.until('heard.some((message) => message.id === 1)');
    return started;
  }

  get log(): string {
    return this.lines.items.join('\n');
  }

  /** The next report of a kind, from the first on unless `since` says otherwise. */
  async next<E extends Report['event']>(
    event: E,
    accept: (report: ReportOf<E>) => boolean = () => true,
    since = 0,
  ): Promise<ReportOf<E>> {
    const found = await this.reports.next(
      (report) => report.event === event && accept(report as ReportOf<E>),
      `the report ${event}`,
      since,
      PATIENCE_MS,
    );
    return found as ReportOf<E>;
  }

  /** The number of reports so far, to wait for what comes after. */
  get now(): number {
    return this.reports.items.length;
  }

  count(event: Report['event']): number {
    return this.reports.items.filter((report) => report.event === event).length;
  }

  async ask<N extends keyof Operations>(
    name: N,
    ...[argument]: Parameters<Operations[N]>
  ): Promise<Awaited<ReturnType<Operations[N]>>> {
    const ask = ++this.#asked;
    const reply = await new Promise<Reply>((resolve) => {
      const error = `no answer in ${PATIENCE_MS} ms\n${this.log}`;
      const timer = setTimeout(() => resolve({ reply: ask, error }), PATIENCE_MS);
      this.#replies.set(ask, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#child.send({ ask, name, argument } satisfies Question, (error) => {
        if (error !== null) resolve({ reply: ask, error: `${error.message}\n${this.log}` });
      });
    });
    this.#replies.delete(ask);
    if ('error' in reply) throw new Error(`${name}: ${reply.error}`);
    return reply.value as Awaited<ReturnType<Operations[N]>>;
  }

  /** Wait until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while ((await this.ask('evaluate', `Boolean(${expression})`)) !== true) {
      if (Date.now() > deadline) throw new Error(`in vain: ${expression}\n${this.log}`);
    }
  }

  /** Wait until the log has a line with this text. */
  async logged(text: string): Promise<void> {
    await this.lines.next((line) => line.includes(text), `the line ${text}`, 0, PATIENCE_MS);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }
}

/** A folder with a session bus's client that says whether there is a tray. */
function busFolder(folder: string, tray: boolean): string {
  const bin = join(folder, tray ? 'bus-with-tray' : 'bus-without-tray');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'gdbus'), `#!/bin/sh\necho '(${tray},)'\n`, { mode: 0o755 });
  return bin;
}

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliEvent } from '../../../shared/events.ts';
import { Child, type Ending } from './child.ts';
import { Feed } from './feed.ts';

/** The program under test, as users run it. */
export const CLI = fileURLToPath(new URL('../../../dist/electron/cli.js', import.meta.url));
if (!existsSync(CLI)) throw new Error(`${CLI} is not there; run: npm run build`);

export type EventKind = CliEvent['event'];
export type EventOf<K extends EventKind> = Extract<CliEvent, { event: K }>;
type Ready = EventOf<'ready'>;
export type CommandName = Ready['command'];
export type ReadyOf<C extends CommandName> = Extract<Ready, { command: C }>;

interface TimedEvent {
  readonly event: CliEvent;
  /** When its line was read, ms of this process's clock. */
  readonly atMs: number;
}

const SHOWN_LINES = 12;

/** A running command with `--json`: its events, each checked by its schema, and its log lines. */
export class Spandrel<C extends CommandName> {
  readonly command: C;
  readonly ready: ReadyOf<C>;
  readonly #child: Child;
  readonly #events: Feed<TimedEvent>;
  readonly #log: Feed<string>;
  readonly #bad: string[];
  #endExpected = false;

  private constructor(command: C, ready: ReadyOf<C>, parts: Parts) {
    this.command = command;
    this.ready = ready;
    this.#child = parts.child;
    this.#events = parts.events;
    this.#log = parts.log;
    this.#bad = parts.bad;
  }

  /** Start a command and wait until it is ready, which must be its first line. */
  static async start<C extends CommandName>(
    command: C,
    args: readonly string[],
    env: NodeJS.ProcessEnv,
    started: (child: Child) => void,
  ): Promise<Spandrel<C>> {
    const parts = launch([command, ...args, '--json'], env);
    started(parts.child);
    const first = await parts.events.next(() => true, 'the ready event');
    const { event } = first;
    assert.ok(event.event === 'ready' && event.command === command, `first line: ${JSON.stringify(event)}`);
    return new Spandrel(command, event as ReadyOf<C>, parts);
  }

  get pid(): number {
    return this.#child.pid;
  }
  /** All events so far. */
  get events(): readonly CliEvent[] {
    return this.#events.items.map(({ event }) => event);
  }
  /** Marks now, for waits that are to see only what comes later. */
  get mark(): number {
    return this.#events.items.length;
  }
  get logMark(): number {
    return this.#log.items.length;
  }
  get logLines(): readonly string[] {
    return this.#log.items;
  }

  /** The first event of a kind that is accepted, from `since` on. */
  async waitForEvent<K extends EventKind>(
    kind: K,
    accept: (event: EventOf<K>) => boolean = () => true,
    since = 0,
  ): Promise<EventOf<K> & { readonly atMs: number }> {
    const fits = ({ event }: TimedEvent): boolean => event.event === kind && accept(event as EventOf<K>);
    const { event, atMs } = await this.#events.next(fits, `the event "${kind}"`, since);
    return { ...(event as EventOf<K>), atMs };
  }

  /** The first log line with all of the texts, from `since` on. */
  waitForLog(texts: readonly string[], since = 0): Promise<string> {
    const fits = (line: string): boolean => texts.every((text) => line.includes(text));
    return this.#log.next(fits, `a log line with ${JSON.stringify(texts)}`, since);
  }

  /** End it in order; it must exit with 0. @returns ms it took */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<number> {
    const startMs = performance.now();
    const ending = await this.endWith(signal);
    assert.deepEqual(ending, { status: 0, signal: null }, `${this.#child.name}\n${this.#child.stderr}`);
    this.check();
    return performance.now() - startMs;
  }

  /** End it without warning. */
  async kill(): Promise<void> {
    await this.endWith('SIGKILL');
  }

  /** Send a signal and wait for the end, however it is. */
  endWith(signal: NodeJS.Signals): Promise<Ending> {
    this.#endExpected = true;
    this.#child.signal(signal);
    return this.#child.ended;
  }

  /** Fails if a line was no event, or if it ended though nobody asked it to. */
  check(): void {
    assert.deepEqual(this.#bad, [], `${this.#child.name}: lines that are no events`);
    const { ending } = this.#child;
    if (ending === undefined || this.#endExpected) return;
    assert.fail(`${this.#child.name} ended with ${ending.signal ?? ending.status}\n${this.#child.stderr}`);
  }
}

interface Parts {
  readonly child: Child;
  readonly events: Feed<TimedEvent>;
  readonly log: Feed<string>;
  readonly bad: string[];
}

function launch(args: readonly string[], env: NodeJS.ProcessEnv): Parts {
  const bad: string[] = [];
  const describe = (): string =>
    [`spandrel ${args.join(' ')}`, ...tail(child.stdout), ...tail(child.stderr)].join('\n  ');
  const events = new Feed<TimedEvent>(describe);
  const log = new Feed<string>(describe);
  const child = new Child(process.execPath, [CLI, ...args], {
    env,
    line: (line) => {
      try {
        events.push({ event: CliEvent.parse(JSON.parse(line)), atMs: performance.now() });
      } catch (error) {
        bad.push(`${line}: ${(error as Error).message}`);
        events.end(`a line is no event: ${bad.at(-1)}`);
      }
    },
    errorLine: (line) => log.push(line),
  });
  const over = (): void => {
    events.end('the process ended');
    log.end('the process ended');
  };
  child.ended.then(over, over);
  return { child, events, log, bad };
}

/** What a command says to its user: standard error without the log, whose lines begin with a time. */
export function messagesOf(lines: readonly string[]): string[] {
  return lines.filter((line) => line !== '' && !/^(\[\d\d:|\{"level")/.test(line));
}

function tail(text: string): string[] {
  return text.trimEnd().split('\n').slice(-SHOWN_LINES);
}

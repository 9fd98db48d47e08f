import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliEvent } from '../../../shared/events.ts';
import { Child, type Ending } from './child.ts';
import type { After } from './ends.ts';
import { CLI, type CommandName, messagesOf, Spandrel } from './spandrel.ts';

/** What a program that ran to its end left. */
export interface Result extends Ending {
  readonly stdout: string;
  readonly stderr: string;
}

/** The same of a command of ours. */
export interface CliResult extends Result {
  /** Lines of standard error that are not of the log. */
  readonly messages: readonly string[];
}

/** nbdsh needs the system's own python, where another one may stand in front; mke2fs is root's. */
const PATH = `/usr/bin:/bin:/usr/sbin:/sbin:${process.env.PATH}`;
const TOOL_MS = 60_000;

/** The files and processes of one test. When the test is over, however, they are gone. */
export class Sandbox {
  readonly directory = mkdtempSync(join(tmpdir(), 'spandrel-e2e-'));
  readonly #children: Child[] = [];
  readonly #commands: { check(): void }[] = [];

  readonly #ends: (() => void)[] = [];

  constructor(t: After) {
    mkdirSync(this.path('state'));
    t.after(() => this.#clean());
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Call this when the test is over. */
  after(end: () => void): void {
    this.#ends.push(end);
  }

  /** A new file of zeros, sparse. @returns its path */
  file(name: string, sizeBytes: number): string {
    const path = this.path(name);
    writeFileSync(path, '');
    truncateSync(path, sizeBytes);
    return path;
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, PATH, SPANDREL_STATE: this.path('state'), SPANDREL_LOG: '' };
  }

  /** Start a command with `--json` and wait until it is ready. */
  async start<C extends CommandName>(command: C, ...args: string[]): Promise<Spandrel<C>> {
    const started = await Spandrel.start(command, args, this.env, (child) => this.#children.push(child));
    this.#commands.push(started);
    return started;
  }

  /** Start a program. */
  spawn(program: string, ...args: string[]): Child {
    const child = new Child(program, args, { env: this.env });
    this.#children.push(child);
    return child;
  }

  /** Run a program to its end. */
  async run(program: string, ...args: string[]): Promise<Result> {
    return resultOf(this.spawn(program, ...args));
  }

  /** Run a program that must end with 0. @returns what it printed */
  async runOk(program: string, ...args: string[]): Promise<string> {
    const { status, signal, stdout, stderr } = await this.run(program, ...args);
    assert.equal(status, 0, `${program} ${args.join(' ')}: ${signal ?? status}\n${stdout}${stderr}`);
    return stdout;
  }

  /** Run a command of ours to its end. */
  async cli(...args: string[]): Promise<CliResult> {
    const result = await this.run(process.execPath, CLI, ...args);
    return { ...result, messages: messagesOf(result.stderr.split('\n')) };
  }

  /** Run a command of ours that must end with 0. @returns the events it printed */
  async events(...args: string[]): Promise<CliEvent[]> {
    const { status, stdout, stderr } = await this.cli(...args, '--json');
    assert.equal(status, 0, `spandrel ${args.join(' ')}: ${status}\n${stderr}`);
    const lines = stdout.split('\n').filter((line) => line !== '');
    return lines.map((line) => CliEvent.parse(JSON.parse(line)));
  }

  async #clean(): Promise<void> {
    for (const end of this.#ends) end();
    const running = this.#children.filter((child) => child.ending === undefined);
    const problems: unknown[] = [];
    for (const command of this.#commands) {
      try {
        command.check();
      } catch (error) {
        problems.push(error);
      }
    }
    for (const child of running) child.signal('SIGKILL');
    await Promise.allSettled(running.map((child) => child.ended));
    rmSync(this.directory, { recursive: true, force: true });
    if (problems.length > 0) throw problems[0];
  }
}

/** Wait for the end of a program that ends by itself. */
export async function resultOf(child: Child): Promise<Result> {
  child.stdin.end();
  const timer = setTimeout(() => child.signal('SIGKILL'), TOOL_MS);
  const ending = await child.ended;
  clearTimeout(timer);
  return { ...ending, stdout: child.stdout, stderr: child.stderr };
}

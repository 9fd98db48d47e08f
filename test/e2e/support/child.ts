import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';

const alive = new Set<ChildProcess>();

// Whatever way the tests end, what they started does too.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

/** How a process ended. */
export interface Ending {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Hears each line of standard output, as it comes. */
  readonly line?: (line: string) => void;
  /** Hears each line of standard error. */
  readonly errorLine?: (line: string) => void;
}

/** A process started by a test, with its output kept. */
export class Child {
  readonly name: string;
  /** Ended, and all its output read. */
  readonly ended: Promise<Ending>;
  readonly #process: ChildProcess;
  #stdout = '';
  #stderr = '';
  #ending: Ending | undefined;
  readonly #waiting: (() => void)[] = [];

  constructor(command: string, args: readonly string[], options: ChildOptions = {}) {
    this.name = [command, ...args].join(' ');
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env: options.env ?? process.env });
    this.#process = child;
    alive.add(child);
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdout.on('data', (text: Buffer) => {
      this.#stdout += text;
      for (const heard of this.#waiting.splice(0)) heard();
    });
    child.stderr.on('data', (text: Buffer) => {
      this.#stderr += text;
    });
    if (options.line !== undefined) createInterface({ input: child.stdout }).on('line', options.line);
    if (options.errorLine !== undefined) {
      createInterface({ input: child.stderr }).on('line', options.errorLine);
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${command} cannot be started`, { cause: error })));
      child.once('close', (status, signal) => {
        alive.delete(child);
        this.#ending = { status, signal };
        for (const heard of this.#waiting.splice(0)) heard();
        resolve(this.#ending);
      });
    });
    // Who does not wait for the end hears of a failed start by what does not come.
    this.ended.catch(() => alive.delete(child));
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }
  get stdin(): Writable {
    return this.#process.stdin as Writable;
  }
  /** Everything printed so far. */
  get stdout(): string {
    return this.#stdout;
  }
  get stderr(): string {
    return this.#stderr;
  }
  /** Resolves when it prints something more, or ends. */
  get heard(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
  /** How it ended; undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Until more is printed on standard output. */
  printed(): Promise<void> {
    return new Promise((resolve) => this.#process.stdout?.once('data', () => resolve()));
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer, type NetConnectOpts } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A host with a thousand units saves each as it is attached. */
const READY_MS = 60_000;
const RETRY_MS = 20;
const TERM_MS = 3_000;

const alive = new Set<ChildProcess>();

// Whatever way this process ends, its children do too.
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A program we started. Its standard error goes to ours. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #stdout = '';
  /** Why it could not be started. */
  #spawnError: Error | undefined;

  constructor(command: string, args: readonly string[]) {
    this.#name = [command, ...args].join(' ');
    this.#process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    alive.add(this.#process);
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('close', resolve).once('error', (error) => {
        this.#spawnError = error;
        resolve();
      });
    });
    void this.#ended.then(() => alive.delete(this.#process));
  }

  /** Process id, 0 where it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Run to the end. @returns its standard output @throws Error unless it exits with 0 */
  async output(): Promise<string> {
    await this.#ended;
    if (this.#process.exitCode === 0) return this.#stdout;
    throw this.#failure(`ended with ${this.#process.signalCode ?? this.#process.exitCode}`);
  }

  /** The first line it prints. @throws Error where it ends before, or takes too long */
  firstLine(): Promise<string> {
    return this.#until(async () => {
      const end = this.#stdout.indexOf('\n');
      return end < 0 ? undefined : this.#stdout.slice(0, end);
    });
  }

  /** Until it takes connections. @throws Error where it ends before, or takes too long */
  async listening(where: NetConnectOpts): Promise<void> {
    await this.#until(async () => ((await connects(where)) ? true : undefined));
  }

  /** End it, by force where it does not obey. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), TERM_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ask `probe` until it finds something. */
  async #until<T>(probe: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const found = await probe();
      if (found !== undefined) return found;
      if (!alive.has(this.#process)) throw this.#failure('ended before it was ready');
      if (Date.now() > deadline) throw this.#failure(`not ready after ${READY_MS} ms`);
      await delay(RETRY_MS);
    }
  }

  #failure(problem: string): Error {
    return new Error(`${this.#name}: ${this.#spawnError?.message ?? problem}`, { cause: this.#spawnError });
  }
}

function connects(where: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(where);
    socket
      .once('error', () => resolve(false))
      .once('connect', () => {
        socket.destroy();
        resolve(true);
      });
  });
}

/** A TCP port of 127.0.0.1 that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

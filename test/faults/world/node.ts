import type { Sandbox } from '../../e2e/support/sandbox.ts';

/** A process of a world, which can be killed and started again in the same place. */
export interface Running {
  readonly pid: number;
  kill(): Promise<void>;
  /** End in order. */
  stop(): Promise<unknown>;
}

/** One place of a world for a process. */
export class Node {
  readonly name: string;
  readonly #launch: () => Promise<Running>;
  #running: Running | undefined;
  #paused = false;

  constructor(name: string, launch: () => Promise<Running>) {
    this.name = name;
    this.#launch = launch;
  }

  get isUp(): boolean {
    return this.#running !== undefined && !this.#paused;
  }

  /** Does nothing where it runs. */
  async start(): Promise<void> {
    this.resume();
    this.#running ??= await this.#launch();
  }

  async kill(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#paused = false;
    await running?.kill();
  }

  /** End it in order. */
  async stop(): Promise<void> {
    this.resume();
    const running = this.#running;
    this.#running = undefined;
    await running?.stop();
  }

  pause(): void {
    if (this.#running === undefined) return;
    this.#paused = true;
    process.kill(this.#running.pid, 'SIGSTOP');
  }

  resume(): void {
    if (!this.#paused || this.#running === undefined) return;
    this.#paused = false;
    process.kill(this.#running.pid, 'SIGCONT');
  }
}

/** Start a script of the tests that prints "ready", and can be told things on its standard input. */
export async function startScript(box: Sandbox, path: string, ...args: string[]): Promise<Script> {
  const child = box.spawn(process.execPath, '--import', 'tsx', path, ...args);
  while (!child.stdout.includes('ready')) {
    if (child.ending !== undefined) throw new Error(`${child.name}: ${child.stderr}`);
    await Promise.race([child.printed(), child.ended]);
  }
  const kill = async (): Promise<void> => {
    child.signal('SIGKILL');
    await child.ended;
  };
  return { pid: child.pid, kill, stop: kill, tell: (line) => void child.stdin.write(`${line}\n`) };
}

export interface Script extends Running {
  tell(line: string): void;
}

import { fileURLToPath } from 'node:url';
import { Child } from '../../e2e/support/child.ts';
import type { Sandbox } from '../../e2e/support/sandbox.ts';
import type { Running } from '../../faults/world/node.ts';
import { Snapshot } from '../process/snapshot.ts';

/** A script of `process/` that runs, and can be asked what it holds. */
export class Soaked implements Running {
  /** The first line it said. */
  readonly greeting: string;
  readonly #child: Child;
  readonly #waiting: ((line: string) => void)[];

  private constructor(child: Child, greeting: string, waiting: ((line: string) => void)[]) {
    this.#child = child;
    this.greeting = greeting;
    this.#waiting = waiting;
  }

  /** @param script its name in `process/` */
  static async start(box: Sandbox, script: string, ...args: string[]): Promise<Soaked> {
    const path = fileURLToPath(new URL(`../process/${script}.ts`, import.meta.url));
    const waiting: ((line: string) => void)[] = [];
    const flags = ['--expose-gc', '--expose-internals', '--import', 'tsx'];
    const child = new Child(process.execPath, [...flags, path, ...args], {
      env: box.env,
      line: (line) => waiting.shift()?.(line),
    });
    box.after(() => child.signal('SIGKILL'));
    const greeting = await answered(child, waiting);
    return new Soaked(child, greeting, waiting);
  }

  get pid(): number {
    return this.#child.pid;
  }

  async snapshot(): Promise<Snapshot> {
    this.#child.stdin.write('snapshot\n');
    return Snapshot.parse(JSON.parse(await answered(this.#child, this.#waiting)));
  }

  async kill(): Promise<void> {
    this.#child.signal('SIGKILL');
    await this.#child.ended;
  }

  stop(): Promise<void> {
    return this.kill();
  }
}

/** @throws Error where it ends instead */
async function answered(child: Child, waiting: ((line: string) => void)[]): Promise<string> {
  const line = new Promise<string>((resolve) => waiting.push(resolve));
  const ended = child.ended.then(() => undefined);
  const answer = await Promise.race([line, ended]);
  if (answer === undefined) throw new Error(`${child.name} has ended: ${child.stderr}`);
  return answer;
}

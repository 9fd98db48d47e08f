import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { Child } from '../../e2e/support/child.ts';
import { Feed } from '../../e2e/support/feed.ts';
import type { LoadBox } from './load-box.ts';

/** A script of `process/` at work. */
export class Worker<R> {
  readonly #child: Child;
  readonly #lines: Feed<string>;
  readonly #report: z.ZodType<R>;

  private constructor(child: Child, lines: Feed<string>, report: z.ZodType<R>) {
    this.#child = child;
    this.#lines = lines;
    this.#report = report;
  }

  /** Start one and wait until it is at work. @param script its name in `process/` */
  static async start<R>(
    box: LoadBox,
    report: z.ZodType<R>,
    script: string,
    ...args: (string | number)[]
  ): Promise<Worker<R>> {
    const path = fileURLToPath(new URL(`../process/${script}.ts`, import.meta.url));
    const lines = new Feed<string>((): string => child.stderr);
    const child = new Child(process.execPath, ['--import', 'tsx', path, ...args.map(String)], {
      env: box.env,
      line: (line) => lines.push(line),
    });
    box.after(() => child.signal('SIGKILL'));
    const over = (): void => lines.end(`${script} has ended`);
    child.ended.then(over, over);
    await lines.next((line) => line === 'ready', `the start of ${script}`);
    return new Worker(child, lines, report);
  }

  /** What happened since the last report. */
  async report(): Promise<R> {
    const since = this.#lines.items.length;
    this.#child.stdin.write('report\n');
    return this.#report.parse(JSON.parse(await this.#lines.next(() => true, 'a report', since)));
  }

  async stop(): Promise<void> {
    this.#child.signal('SIGKILL');
    await this.#child.ended;
  }
}

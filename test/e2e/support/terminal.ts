import type { Child } from './child.ts';
import type { Sandbox } from './sandbox.ts';
import { CLI } from './spandrel.ts';

/** Then it is killed: whoever waits for something of it fails. */
const WAIT_MS = 30_000;

/** A command of ours on a pseudo-terminal, which util-linux's `script` makes, and somebody who types there. */
export class Terminal {
  readonly child: Child;
  #read = 0;

  constructor(box: Sandbox, ...args: string[]) {
    const command = [process.execPath, CLI, ...args].map((word) => `'${word}'`).join(' ');
    // -e: the command's exit code is that of `script`; -f: what is printed is here at once.
    this.child = box.spawn('script', '-qefc', command, '/dev/null');
    const timer = setTimeout(() => this.child.signal('SIGKILL'), WAIT_MS);
    this.child.ended.finally(() => clearTimeout(timer)).catch(() => {});
  }

  /** Wait for a text that was not waited for yet. */
  async shows(text: string): Promise<void> {
    const { child } = this;
    for (;;) {
      const at = child.stdout.indexOf(text, this.#read);
      if (at >= 0) {
        this.#read = at + text.length;
        return;
      }
      if (child.ending !== undefined) throw new Error(`"${text}" was not shown:\n${child.stdout}`);
      await child.heard;
    }
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** Wait for the end. @returns the exit code */
  async end(): Promise<number | null> {
    return (await this.child.ended).status;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type HolePuncher, mergePunches, type Punch } from './puncher.ts';

/**
 * One line `OFFSET LENGTH` in, one line `0` (punched) or another status out. Only numbers made here reach the
 * shell; the file is its descriptor 3, so no path does, and a file renamed or replaced meanwhile is no danger.
 * As descriptor 4 the tool holds the pipe of the answers, so that its end is not seen before the tool's.
 */
const SCRIPT = `while read -r offset length; do
  "$1" --punch-hole --offset "$offset" --length "$length" /proc/self/fd/3 </dev/null 4>&1 >/dev/null
  echo $?
done`;

interface Shell {
  readonly process: ChildProcess;
  readonly lines: Socket;
  readonly answers: Socket;
}

/** More ranges than a link has requests are not queued but refused, which a discard may be. */
const MAX_WAITING = 1024;

/**
 * Punches with fallocate(1) of util-linux, on Linux. A child process costs a large Node process tens of
 * milliseconds of its event loop (fork copies the page tables: 35 ms with 1 GiB resident, measured), so one
 * small shell is started at the first punch and starts the tool, for 1.2 ms each. What comes while it is
 * busy is merged into as few ranges as possible.
 *
 * The shell is given one range at a time: had it a list, it would go on with it after this process was
 * killed, and clear what another process has written there since.
 *
 * The first failure ends it: a file system without holes stays one.
 */
export class FallocatePuncher implements HolePuncher {
  readonly #fd: number;
  readonly #tool: string;
  /** From the first punch on. It keeps the process alive only while there is something to punch. */
  #shell: Shell | undefined;
  #exited: Promise<void> | undefined;
  #waiting: Punch[] = [];
  /** The first is with the shell, the others are next. */
  #running: Punch[] = [];
  #hasFailed = false;

  /** @param tool the fallocate program, looked up in the PATH */
  constructor(fd: number, tool = 'fallocate') {
    this.#fd = fd;
    this.#tool = tool;
  }

  punch(offset: number, length: number, done: (punched: boolean) => void): void {
    if (this.#hasFailed || this.#waiting.length >= MAX_WAITING) {
      queueMicrotask(() => done(false));
      return;
    }
    this.#waiting.push({ offset, length, tell: [done] });
    if (this.#running.length === 0) this.#runNext();
  }

  async close(): Promise<void> {
    if (this.#shell === undefined) return;
    this.#keepAlive(true);
    this.#shell.lines.end();
    await this.#exited;
  }

  #runNext(): void {
    if (this.#running.length === 0) {
      this.#running = mergePunches(this.#waiting);
      this.#waiting = [];
    }
    const [next] = this.#running;
    this.#keepAlive(next !== undefined);
    if (next === undefined) return;
    this.#shell ??= this.#startShell();
    this.#shell.lines.write(`${next.offset} ${next.length}\n`);
  }

  #startShell(): Shell {
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', this.#tool], {
      stdio: ['pipe', 'pipe', 'ignore', this.#fd],
      // Out of the terminal's process group: an interrupt is ours to handle, and we may still be punching.
      detached: true,
    });
    const lines = shell.stdin as Socket;
    const answers = shell.stdout as Socket;
    let text = '';
    answers.setEncoding('latin1').on('data', (piece: string) => {
      const complete = (text + piece).split('\n');
      text = complete.pop() ?? '';
      for (const line of complete) this.#onAnswer(line === '0');
    });
    // A shell that is gone shows in 'close', which comes after all its answers.
    lines.on('error', () => {});
    shell.on('error', () => this.#fail());
    this.#exited = new Promise((resolve) => {
      shell.on('close', () => {
        this.#fail();
        resolve();
      });
    });
    return { process: shell, lines, answers };
  }

  #onAnswer(punched: boolean): void {
    const punch = this.#running.shift();
    if (punched) this.#runNext();
    for (const tell of punch?.tell ?? []) tell(punched);
    if (!punched) this.#fail();
  }

  /** Whether the event loop waits for the shell. Its pipe and its end both count. */
  #keepAlive(on: boolean): void {
    for (const handle of this.#shell === undefined ? [] : [this.#shell.process, this.#shell.answers]) {
      if (on) handle.ref();
      else handle.unref();
    }
  }

  #fail(): void {
    this.#hasFailed = true;
    this.#keepAlive(false);
    for (const { tell } of [...this.#running.splice(0), ...this.#waiting.splice(0)]) {
      for (const done of tell) done(false);
    }
  }
}

/** The puncher this system has for an open file, or null. */
export function openPuncher(fd: number): HolePuncher | null {
  return process.platform === 'linux' ? new FallocatePuncher(fd) : null;
}

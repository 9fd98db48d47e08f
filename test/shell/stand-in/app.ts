import { EventEmitter } from 'node:events';
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { App } from 'electron';

/** An event whose default can be prevented, as Electron's listeners get it. */
export class CancellableEvent {
  defaultPrevented = false;
  readonly preventDefault = (): void => {
    this.defaultPrevented = true;
  };
}

/** What an app does to end: to close its windows, and the browser behind them. */
export interface Endings {
  /** @returns false where a window does not let itself be closed */
  closeWindows(): boolean;
  closeBrowser(): Promise<void>;
}

type Used =
  | 'quit'
  | 'exit'
  | 'setPath'
  | 'getPath'
  | 'setAppUserModelId'
  | 'setName'
  | 'enableSandbox'
  | 'isPackaged';

export class StandInApp extends EventEmitter implements Pick<App, Used | 'requestSingleInstanceLock'> {
  readonly isPackaged = false;
  isReady = false;
  endings: Endings | null = null;
  sandboxed = false;
  readonly #paths = new Map<string, string>();
  readonly #ready = new Promise<void>((resolve) => this.once('ready', () => resolve()));
  #ending = false;

  /** The main module is loaded: Electron is not ready before that. */
  becomeReady(): void {
    if (this.#ending) return;
    this.isReady = true;
    this.emit('ready', new CancellableEvent(), {});
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  enableSandbox(): void {
    if (this.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.sandboxed = true;
  }

  setAppUserModelId(): void {}
  setName(): void {}

  setPath(name: string, path: string): void {
    if (!isAbsolute(path)) throw new Error('Path must be absolute');
    if (!existsSync(path)) throw new Error(`Failed to set path: ${path} is not there`);
    this.#paths.set(name, path);
  }

  getPath(name: string): string {
    const path = this.#paths.get(name);
    if (path === undefined) throw new Error(`the stand-in has no path ${name}`);
    return path;
  }

  /** By a file in userData with the id of the process; who comes second leaves a file beside it. */
  requestSingleInstanceLock(): boolean {
    const folder = this.getPath('userData');
    const file = join(folder, 'stand-in.lock');
    const first = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (first !== 0 && isAlive(first)) {
      writeFileSync(join(folder, `second-${process.pid}`), '');
      return false;
    }
    writeFileSync(file, String(process.pid));
    watch(folder, (_change, name) => {
      if (name === null || !name.startsWith('second-') || !existsSync(join(folder, name))) return;
      rmSync(join(folder, name), { force: true });
      this.emit('second-instance', new CancellableEvent(), [], folder, {});
    }).unref();
    return true;
  }

  quit(): void {
    if (this.#ending) return;
    const event = new CancellableEvent();
    this.emit('before-quit', event);
    if (event.defaultPrevented || this.endings?.closeWindows() === false) return;
    const last = new CancellableEvent();
    this.emit('will-quit', last);
    if (!last.defaultPrevented) this.exit(0);
  }

  exit(code = 0): void {
    if (this.#ending) return;
    this.#ending = true;
    this.emit('quit', new CancellableEvent(), code);
    const closed = this.endings?.closeBrowser() ?? Promise.resolve();
    closed.finally(() => process.exit(code));
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export const app = new StandInApp();

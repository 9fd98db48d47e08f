import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, BrowserWindow as ElectronWindow, Rectangle } from 'electron';
import { app, CancellableEvent } from './app.ts';
import { report } from './reports.ts';
import { StandInWebContents } from './web-contents.ts';

type Used =
  | 'show'
  | 'hide'
  | 'focus'
  | 'restore'
  | 'maximize'
  | 'isMinimized'
  | 'isMaximized'
  | 'getNormalBounds'
  | 'loadURL'
  | 'close'
  | 'destroy'
  | 'isDestroyed';

/** A window nobody sees: its state, and a page of Chromium for its contents. */
export class StandInBrowserWindow extends EventEmitter implements Pick<ElectronWindow, Used> {
  static readonly all: StandInBrowserWindow[] = [];
  static getFocusedWindow(): StandInBrowserWindow | null {
    return StandInBrowserWindow.all.find(({ focused }) => focused) ?? null;
  }

  readonly options: BrowserWindowConstructorOptions;
  readonly webContents: StandInWebContents;
  bounds: Rectangle;
  visible = false;
  minimized = false;
  maximized = false;
  focused = false;
  #destroyed = false;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    if (!app.isReady) throw new Error('Cannot create BrowserWindow before app is ready');
    const { width = 800, height = 600, x = 100, y = 80, webPreferences = {} } = options;
    const { contextIsolation, sandbox, nodeIntegration, preload } = webPreferences;
    if (contextIsolation === false || nodeIntegration === true || sandbox !== true || preload === undefined)
      throw new Error('the stand-in knows sandboxed, isolated pages with a preload script only');
    this.options = options;
    this.bounds = { x, y, width, height };
    this.visible = options.show !== false;
    this.webContents = new StandInWebContents(preload, { width, height });
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'));
    StandInBrowserWindow.all.push(this);
    report({ event: 'window', what: 'created' });
  }

  show(): void {
    this.visible = true;
    this.focused = true;
    report({ event: 'window', what: 'show' });
  }
  hide(): void {
    this.visible = false;
    this.focused = false;
    report({ event: 'window', what: 'hide' });
  }
  focus(): void {
    this.focused = true;
    report({ event: 'window', what: 'focus' });
  }
  restore(): void {
    this.minimized = false;
  }
  maximize(): void {
    this.maximized = true;
    report({ event: 'window', what: 'maximize' });
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  getNormalBounds(): Rectangle {
    return { ...this.bounds };
  }
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }

  close(): void {
    const event = new CancellableEvent();
    this.emit('close', event);
    if (!event.defaultPrevented) this.destroy();
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    StandInBrowserWindow.all.splice(StandInBrowserWindow.all.indexOf(this), 1);
    this.webContents.destroy().catch(() => {});
    this.emit('closed');
    report({ event: 'window', what: 'closed' });
    if (StandInBrowserWindow.all.length > 0) return;
    if (app.listenerCount('window-all-closed') === 0) app.quit();
    else app.emit('window-all-closed');
  }
}

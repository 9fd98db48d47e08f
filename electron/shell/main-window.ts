import type { PageSession } from '../host/api/page-session.ts';
import { START_URL } from './origin.ts';
import { PageRecovery } from './page-recovery.ts';
import type { Show } from './pages.ts';
import type { Placement, Rectangle, WindowState } from './window-state.ts';

/** The parts of Electron's BrowserWindow the window's life needs. */
export interface AppWindow {
  on(event: 'close', listener: (event: { preventDefault(): void }) => void): unknown;
  on(event: 'ready-to-show' | 'closed' | 'session-end', listener: () => void): unknown;
  show(): void;
  hide(): void;
  focus(): void;
  restore(): void;
  maximize(): void;
  isMinimized(): boolean;
  isMaximized(): boolean;
  getNormalBounds(): Rectangle;
  loadURL(url: string): Promise<void>;
  readonly webContents: {
    on(
      event: 'render-process-gone',
      listener: (event: unknown, details: { reason: string }) => void,
    ): unknown;
  };
}

export interface MainWindowOptions<W extends AppWindow> {
  create(placement: Placement): W;
  /** Where it should be. */
  place(): Placement;
  save(state: WindowState): void;
  /** What closing it means now. */
  closing(): 'hide' | 'quit' | 'close';
  quit(): void;
  /** Quit without asking: the system is going down. */
  quitNow(): void;
  /** Something to note in the log. */
  note(text: string, error?: unknown): void;
}

/** The one window: it opens where it was, closes to the tray, and comes back after a crash. */
export class MainWindow<W extends AppWindow> {
  readonly #options: MainWindowOptions<W>;
  readonly #recovery = new PageRecovery();
  #window: W | null = null;
  #session: PageSession | null = null;
  /** What to show as soon as there is a page to show it. */
  #pending: Show | null = null;

  constructor(options: MainWindowOptions<W>) {
    this.#options = options;
  }

  /** The window, for dialogs that belong to it. */
  get current(): W | null {
    return this.#window;
  }

  /** Bring it to the front, making it where there is none. */
  raise(): void {
    const window = this.#window;
    if (window === null) {
      this.#open();
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  }

  /** Raise it and have its page show something. */
  show(what: Show): void {
    if (this.#session !== null) this.#session.emit('show', what);
    else this.#pending = what;
    this.raise();
  }

  /** A page has begun to speak. */
  pageStarted(session: PageSession): void {
    this.#session = session;
    if (this.#pending !== null) session.emit('show', this.#pending);
    this.#pending = null;
  }

  /** The page's session is over: another document is shown, or none. */
  pageEnded(): void {
    this.#session = null;
  }

  /**
   * The page crashed or broke the rules: the start page takes its place, because what was shown may be the
   * cause, unless that has been tried too often.
   */
  pageFailed(why: string): void {
    const again = this.#recovery.failed();
    this.#options.note(
      `the window's page ${why}; ${again ? 'loading it again' : 'giving up, it fails again and again'}`,
    );
    if (again && this.#window !== null) this.#load(this.#window);
  }

  /** Remember where it is. */
  save(): void {
    const window = this.#window;
    if (window === null) return;
    try {
      this.#options.save({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    } catch (error) {
      this.#options.note('the place of the window is not kept', error);
    }
  }

  #open(): void {
    const placement = this.#options.place();
    const window = this.#options.create(placement);
    this.#window = window;
    window.on('ready-to-show', () => {
      if (placement.maximized) window.maximize();
      window.show();
    });
    window.on('close', (event) => {
      this.save();
      const closing = this.#options.closing();
      if (closing === 'close') return;
      event.preventDefault();
      if (closing === 'hide') window.hide();
      else this.#options.quit();
    });
    window.on('closed', () => {
      this.#window = null;
    });
    window.on('session-end', () => this.#options.quitNow());
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') this.pageFailed(`is gone (${reason})`);
    });
    this.#load(window);
  }

  #load(window: W): void {
    window
      .loadURL(START_URL)
      .catch((error: unknown) => this.#options.note('the page cannot be loaded', error));
  }
}

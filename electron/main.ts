import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  Notification,
  nativeTheme,
  powerMonitor,
  protocol,
  screen,
  session,
  shell,
  Tray,
} from 'electron';
import type { Settings } from '../shared/model/settings.ts';
import type { Health } from '../shared/model/unit.ts';
import { type AppHost, startAppHost } from './host/app/app-host.ts';
import { buildInfo } from './host/build-info.ts';
import { LogRing, makeLog } from './host/log.ts';
import { stateDirectory } from './host/state-file.ts';
import { type ShowAnswer, StateLock } from './host/state-lock.ts';
import { IpcPages } from './ipc.ts';
import { type GuardActions, guardContents, guardSession } from './shell/guards.ts';
import { MainWindow } from './shell/main-window.ts';
import { applicationMenu } from './shell/menu.ts';
import { type Notice, Notifier, systemClock } from './shell/notifier.ts';
import { APP_SCHEME, isAppUrl } from './shell/origin.ts';
import { PageFiles } from './shell/page-files.ts';
import { Quitter, quitQuestion } from './shell/quitter.ts';
import { ShellSession } from './shell/shell-session.ts';
import { hasTray, healthSummary, trayMenu } from './shell/tray.ts';
import { MIN_HEIGHT, MIN_WIDTH, type Placement, place, WindowStateFile } from './shell/window-state.ts';

/**
 * The desktop app: Electron's parts put together around the host. What there is to decide is in shell/,
 * which does not know Electron.
 */

const APP_ID = 'org.spandrel.Spandrel';
const PRELOAD = join(import.meta.dirname, 'preload.cjs');
const PAGE_FOLDER = join(import.meta.dirname, '../renderer');
const ICON_FOLDER = join(import.meta.dirname, '../../build/window');
const icon = (name: string) => join(ICON_FOLDER, `${name}.png`);

const logRing = new LogRing();
const log = makeLog(false, 'info', logRing);
const state = stateDirectory();
const isMac = process.platform === 'darwin';

const guardActions: GuardActions = {
  openExternal: (url) => {
    shell.openExternal(url).catch((error: unknown) => log.warn(error, `${url} cannot be opened`));
  },
  refused: (what) => log.warn(`refused: ${what}`),
};

/** Windows, menu, tray and notifications of a host that runs. */
class Desktop {
  readonly #host: AppHost;
  readonly #lock: StateLock;
  readonly #place = new WindowStateFile(join(state, 'window.json'));
  readonly #window: MainWindow<BrowserWindow>;
  readonly #tray: Tray | null;
  #traySummary = '';
  /** Notifications on screen: Electron forgets the click on one that is collected. */
  readonly #notices = new Set<Notification>();
  readonly quitter = new Quitter({
    runningJobs: () => this.#host.runningJobs,
    ask: (jobs) => this.#askToQuit(jobs),
    close: async () => {
      await this.#host.close();
      await this.#lock.release();
    },
    exit: () => app.exit(0),
    note: (error, text) => log.error(error, text),
  });

  constructor(host: AppHost, lock: StateLock, canTray: boolean) {
    this.#host = host;
    this.#lock = lock;
    this.#window = new MainWindow<BrowserWindow>({
      create: (placement) => this.#createWindow(placement),
      place: () =>
        place(
          this.#place.load(),
          screen.getAllDisplays().map(({ workArea }) => workArea),
        ),
      save: (windowState) => this.#place.save(windowState),
      closing: () => this.#closing(),
      quit: () => app.quit(),
      quitNow: () => void this.quitter.now(),
      note: (text, error) => log.warn(error, text),
    });
    const devTools = !app.isPackaged;
    const show = this.#window.show.bind(this.#window);
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(applicationMenu({ platform: process.platform, devTools, show })),
    );
    this.#tray = canTray ? this.#createTray() : null;
    this.#updateTray([]);
    followTheme(host.settings);
    new ShellSession(host, { units: (healths) => this.#updateTray(healths), settings: followTheme });
    const notifier = new Notifier(
      (notice) => this.#notify(notice),
      () => host.settings.notifications,
      systemClock,
    );
    host.onEvents((events) => notifier.hear(events));
  }

  raise(): void {
    this.#window.raise();
  }

  /** Somebody wants to quit. */
  quit(): void {
    this.#window.save();
    void this.quitter.request();
  }

  #closing(): 'hide' | 'quit' | 'close' {
    if (this.quitter.isClosing) return 'close';
    if (this.#tray !== null && this.#host.settings.close_to_tray) return 'hide';
    // On macOS an app stays when its window closes, and makes a new one when it is activated.
    return isMac ? 'close' : 'quit';
  }

  #createWindow({ maximized: _, ...bounds }: Placement): BrowserWindow {
    const window = new BrowserWindow({
      ...bounds,
      minWidth: MIN_WIDTH,
      minHeight: MIN_HEIGHT,
      title: 'Spandrel',
      icon: icon('icon'),
      show: false,
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#14181D' : '#FFFFFF',
      webPreferences: {
        preload: PRELOAD,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
      },
    });
    new IpcPages(window.webContents, this.#host, log, {
      started: (pageSession) => this.#window.pageStarted(pageSession),
      ended: () => this.#window.pageEnded(),
      dropped: (reason) => this.#window.pageFailed(`broke the rules (${reason})`),
    });
    return window;
  }

  #createTray(): Tray {
    const tray = new Tray(icon(isMac ? 'trayTemplate' : 'tray'));
    // On macOS a click opens the menu.
    if (!isMac) tray.on('click', () => this.raise());
    return tray;
  }

  #updateTray(healths: Iterable<Health>): void {
    const summary = healthSummary(healths);
    if (this.#tray === null || summary === this.#traySummary) return;
    this.#traySummary = summary;
    this.#tray.setToolTip(`Spandrel – ${summary}`);
    const actions = { raise: () => this.raise(), quit: () => app.quit() };
    this.#tray.setContextMenu(Menu.buildFromTemplate(trayMenu(summary, actions)));
  }

  #notify({ title, body, show }: Notice): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    this.#notices.add(notification);
    notification.on('click', () => this.#window.show(show));
    notification.on('close', () => this.#notices.delete(notification));
    notification.show();
  }

  async #askToQuit(jobs: readonly string[]): Promise<boolean> {
    this.raise();
    const question = {
      type: 'question' as const,
      title: 'Quit Spandrel',
      ...quitQuestion(jobs),
      buttons: ['Keep Running', 'Quit'],
      defaultId: 0,
      cancelId: 0,
    };
    const parent = this.#window.current;
    const answer =
      parent === null ? dialog.showMessageBox(question) : dialog.showMessageBox(parent, question);
    return (await answer).response === 1;
  }
}

/** Dialogs, menus and title bar follow the theme of the pages. */
function followTheme({ theme }: Pick<Settings, 'theme'>): void {
  nativeTheme.themeSource = theme === 'contrast' ? 'system' : theme;
}

async function pickPath(options: { title: string; kind: 'open' | 'save'; suggestion: string }) {
  const { title, kind, suggestion } = options;
  const common = suggestion === '' ? { title } : { title, defaultPath: suggestion };
  const parent = BrowserWindow.getFocusedWindow();
  if (kind === 'save') {
    const { canceled, filePath } = await (parent === null
      ? dialog.showSaveDialog(common)
      : dialog.showSaveDialog(parent, common));
    return canceled ? null : filePath;
  }
  const { canceled, filePaths } = await (parent === null
    ? dialog.showOpenDialog(common)
    : dialog.showOpenDialog(parent, common));
  return canceled ? null : (filePaths[0] ?? null);
}

function answer(files: PageFiles, request: Request): Response {
  if (!isAppUrl(request.url)) return new Response(null, { status: 404 });
  const { status, headers, body } = files.answer(request.method, new URL(request.url).pathname);
  return new Response(request.method === 'HEAD' ? null : body, { status, headers });
}

let desktop: Desktop | null = null;

async function start(): Promise<void> {
  guardSession(session.defaultSession, guardActions);
  const files = new PageFiles(PAGE_FOLDER);
  protocol.handle(APP_SCHEME, (request) => answer(files, request));
  const canTray = await hasTray(process.platform);
  const lock = await StateLock.take(state, async () => {
    desktop?.raise();
    return { kind: 'window' };
  });
  if (lock instanceof StateLock) {
    const services = { pickPath, tray: canTray };
    const host = await startAppHost({ stateDirectory: state, log, logRing, ...buildInfo(), shell: services });
    desktop = new Desktop(host, lock, canTray);
    powerMonitor.on('shutdown', () => void desktop?.quitter.now());
    desktop.raise();
  } else leaveTo(lock);
}

/** Another host has the state: there is one app, and it is that. */
function leaveTo(other: ShowAnswer): void {
  if (other.kind === 'serve') {
    const where = `It is served to browsers at ${other.address}.`;
    dialog.showErrorBox(
      'Spandrel is running already',
      `${where} Use it there, or end "spandrel serve" first.`,
    );
  }
  app.exit(0);
}

function giveUp(error: unknown): void {
  log.fatal(error, 'Spandrel cannot start');
  dialog.showErrorBox('Spandrel cannot start', error instanceof Error ? error.message : String(error));
  app.exit(1);
}

// Started by its file, not as a package, it would be called Electron in menus and notifications.
app.setName('Spandrel');
app.enableSandbox();
protocol.registerSchemesAsPrivileged([
  { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
]);
// Electron's own files, and with them the lock of the single instance, belong to the state they are about.
const electronFiles = join(state, 'electron');
mkdirSync(electronFiles, { recursive: true, mode: 0o700 });
app.setPath('userData', electronFiles);
if (process.platform === 'win32') app.setAppUserModelId(APP_ID);

if (app.requestSingleInstanceLock()) {
  app.on('web-contents-created', (_event, contents) => guardContents(contents, guardActions));
  app.on('second-instance', () => desktop?.raise());
  app.on('activate', () => desktop?.raise());
  app.on('before-quit', (event) => {
    if (desktop === null) return;
    event.preventDefault();
    desktop.quit();
  });
  // The window decides what its end means; without this Electron would quit by itself.
  app.on('window-all-closed', () => {});
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => (desktop === null ? app.exit(0) : void desktop.quitter.now()));
  }
  // To await it here would be for ever: Electron is ready when this module is loaded.
  app.whenReady().then(start).catch(giveUp);
} else app.quit();

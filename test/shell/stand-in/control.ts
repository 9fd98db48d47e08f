import { app } from './app.ts';
import { StandInBrowserWindow } from './browser-window.ts';
import { closeBrowser, outside } from './chromium.ts';
import {
  clickNotification,
  nativeTheme,
  openDialogs,
  powerMonitor,
  StandInMenu,
  StandInTray,
} from './desktop.ts';
import { session } from './session.ts';

/** What a test can ask of the stand-in, by name. Everything crosses as JSON. */
export const operations = {
  /** The window as it is. */
  window: () => {
    const { visible, focused, minimized, maximized, bounds, options } = theWindow();
    return { visible, focused, minimized, maximized, bounds, options: JSON.parse(JSON.stringify(options)) };
  },
  windows: () => StandInBrowserWindow.all.length,
  closeWindow: () => theWindow().close(),
  minimize: () => {
    theWindow().minimized = true;
  },
  moveWindow: (bounds: { x: number; y: number; width: number; height: number }) => {
    theWindow().bounds = bounds;
  },

  /** Run an expression in the page, or in the world of its preload script. */
  evaluate: (expression: string): Promise<unknown> => theWindow().webContents.evaluate(expression, 'page'),
  evaluateIsolated: (expression: string): Promise<unknown> =>
    theWindow().webContents.evaluate(expression, 'preload'),
  press: async (keys: string): Promise<void> => (await thePage()).keyboard.press(keys),
  url: () => theWindow().webContents.mainFrame.url,
  crash: async (): Promise<void> => {
    // It never ends: the page is gone.
    (await thePage()).goto('chrome://crash').catch(() => {});
  },
  /** Load a page of the outside world in the window, past all guards. */
  intrude: async (page: { url: string; html: string }): Promise<void> => {
    outside.set(page.url, page.html);
    await theWindow().loadURL(page.url);
  },
  /** What the permission handlers say to a URL that asks. */
  permission: (asked: { name: string; url: string }) =>
    session.defaultSession.permission(asked.name, asked.url),
  allows: (url: string) => session.defaultSession.allows(url),
  spellChecker: () => session.defaultSession.spellChecker,

  /** Labels, roles and keys of the application menu. */
  menu: () =>
    (StandInMenu.application?.items ?? []).map(({ label, submenu }) => ({
      label,
      items: (submenu as { label?: string; role?: string; accelerator?: string }[]).map((item) => ({
        label: item.label ?? item.role ?? '',
        accelerator: item.accelerator ?? '',
      })),
    })),
  clickMenu: (path: string[]) => StandInMenu.application?.click(path),
  pressMenu: (accelerator: string) => StandInMenu.application?.press(accelerator),
  trayMenu: () => StandInTray.all[0]?.menu?.items.map(({ label }) => label ?? '') ?? null,
  clickTray: (label: string) => StandInTray.all[0]?.menu?.click([label]),
  clickTrayIcon: () => StandInTray.all[0]?.emit('click'),
  clickNotification: (at: number) => clickNotification(at),
  /** Answer the dialog that has been open longest. */
  answerDialog: (answer: unknown) => openDialogs.shift()?.(answer as never),
  theme: () => nativeTheme.themeSource,
  quit: () => app.quit(),
  shutdown: () => powerMonitor.emit('shutdown'),
  sandboxed: () => app.sandboxed,
  /** Have the scripted host, where there is one, do something. */
  script: (step: { name: string; value: unknown }): unknown => {
    const { scriptedHost } = globalThis as { scriptedHost?: (name: string, value: unknown) => unknown };
    if (scriptedHost === undefined) throw new Error('the host is not scripted');
    return scriptedHost(step.name, step.value);
  },
} satisfies Record<string, (argument: never) => unknown>;

export type Operations = typeof operations;
export interface Question {
  readonly ask: number;
  readonly name: keyof Operations;
  readonly argument: unknown;
}
export type Reply =
  | { readonly reply: number; readonly value: unknown }
  | { readonly reply: number; readonly error: string };

function theWindow(): StandInBrowserWindow {
  const [window] = StandInBrowserWindow.all;
  if (window === undefined) throw new Error('there is no window');
  return window;
}

function thePage() {
  return theWindow().webContents.page();
}

app.endings = {
  closeWindows: () => {
    for (const window of [...StandInBrowserWindow.all]) window.close();
    return StandInBrowserWindow.all.length === 0;
  },
  closeBrowser,
};

process.on('message', async ({ ask, name, argument }: Question) => {
  try {
    const run = operations[name] as (argument: unknown) => unknown;
    process.send?.({ reply: ask, value: (await run(argument)) ?? null } satisfies Reply);
  } catch (error) {
    process.send?.({
      reply: ask,
      error: error instanceof Error ? error.message : String(error),
    } satisfies Reply);
  }
});
// The test is gone: so is what it started.
process.on('disconnect', () => process.exit(1));

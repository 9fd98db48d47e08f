import { EventEmitter } from 'node:events';
import type {
  Dialog,
  Display,
  Menu as ElectronMenu,
  Notification as ElectronNotification,
  Tray as ElectronTray,
  MenuItemConstructorOptions,
  MessageBoxReturnValue,
  NativeTheme,
  OpenDialogReturnValue,
  SaveDialogReturnValue,
  Screen,
  Shell,
} from 'electron';
import { app, CancellableEvent } from './app.ts';
import { StandInBrowserWindow } from './browser-window.ts';
import { type DialogKind, report } from './reports.ts';

/** A menu as it was made, which a test looks at and clicks. */
export class StandInMenu {
  static application: StandInMenu | null = null;
  readonly items: readonly MenuItemConstructorOptions[];

  private constructor(items: readonly MenuItemConstructorOptions[]) {
    this.items = items;
  }
  static buildFromTemplate(template: MenuItemConstructorOptions[]): StandInMenu {
    for (const { type, role, label } of template)
      if (type !== 'separator' && role === undefined && label === undefined)
        throw new Error('an item of a menu has a label, a role or is a separator');
    return new StandInMenu(template);
  }
  static setApplicationMenu(menu: StandInMenu | null): void {
    StandInMenu.application = menu;
  }

  /** Click an item by the labels that lead to it; roles do what Electron has them do. */
  click(path: readonly string[]): void {
    let items = this.items;
    let item: MenuItemConstructorOptions | undefined;
    for (const name of path) {
      item = items.find(({ label, role }) => (label ?? role)?.replace('&', '') === name);
      items = (item?.submenu ?? []) as readonly MenuItemConstructorOptions[];
    }
    if (item === undefined) throw new Error(`no item ${path.join(' > ')}`);
    this.#run(item);
  }

  /** Press its keys. */
  press(accelerator: string): void {
    const all = this.items.flatMap(({ submenu }) => (submenu ?? []) as MenuItemConstructorOptions[]);
    const item = all.find((one) => one.accelerator === accelerator);
    if (item === undefined) throw new Error(`nothing has the keys ${accelerator}`);
    this.#run(item);
  }

  #run(item: MenuItemConstructorOptions): void {
    if (item.enabled === false) throw new Error(`${item.label} is disabled`);
    if (item.role === 'quit') app.quit();
    else if (item.role === 'close') StandInBrowserWindow.getFocusedWindow()?.close();
    else item.click?.(null as never, undefined, null as never);
  }
}
StandInMenu satisfies Record<
  keyof Pick<typeof ElectronMenu, 'buildFromTemplate' | 'setApplicationMenu'>,
  unknown
>;

export class StandInTray
  extends EventEmitter
  implements Record<keyof Pick<ElectronTray, 'setToolTip'>, unknown>
{
  static readonly all: StandInTray[] = [];
  readonly image: string;
  menu: StandInMenu | null = null;

  constructor(image: string) {
    super();
    this.image = image;
    StandInTray.all.push(this);
  }
  setToolTip(tooltip: string): void {
    report({ event: 'tray', tooltip });
  }
  setContextMenu(menu: StandInMenu | null): void {
    this.menu = menu;
  }
}

export class StandInNotification
  extends EventEmitter
  implements Pick<ElectronNotification, 'title' | 'body' | 'show'>
{
  static readonly shown: StandInNotification[] = [];
  static isSupported(): boolean {
    return true;
  }
  readonly title: string;
  readonly body: string;

  constructor({ title = '', body = '' }: { title?: string; body?: string }) {
    super();
    this.title = title;
    this.body = body;
  }
  show(): void {
    StandInNotification.shown.push(this);
    report({ event: 'notification', title: this.title, body: this.body });
  }
}

/** Dialogs that wait for the test to answer them. */
export const openDialogs: ((answer: never) => void)[] = [];

function ask<T>(kind: DialogKind, args: readonly unknown[]): Promise<T> {
  const options = (args.length > 1 ? args[1] : args[0]) as Record<string, unknown>;
  return new Promise<T>((resolve) => {
    openDialogs.push(resolve as (answer: never) => void);
    report({ event: 'dialog', kind, options: JSON.parse(JSON.stringify(options)) });
  });
}

type Args = [unknown, unknown?];

export const dialog = {
  showMessageBox: (...args: Args) => ask<MessageBoxReturnValue>('message', args),
  showOpenDialog: (...args: Args) => ask<OpenDialogReturnValue>('open', args),
  showSaveDialog: (...args: Args) => ask<SaveDialogReturnValue>('save', args),
  showErrorBox: (title, content) => report({ event: 'dialog', kind: 'error', options: { title, content } }),
} satisfies Pick<Dialog, 'showMessageBox' | 'showOpenDialog' | 'showSaveDialog' | 'showErrorBox'>;

export const shell = {
  openExternal: async (url) => report({ event: 'external', url }),
} satisfies Pick<Shell, 'openExternal'>;

const displays = JSON.parse(process.env.STAND_IN_DISPLAYS ?? '[[0,0,1920,1040]]') as [
  number,
  number,
  number,
  number,
][];

export const screen = {
  getAllDisplays: () =>
    displays.map(([x, y, width, height]) => ({ workArea: { x, y, width, height } }) as Display),
} satisfies Pick<Screen, 'getAllDisplays'>;

export const nativeTheme = {
  themeSource: 'system' as NativeTheme['themeSource'],
  get shouldUseDarkColors(): boolean {
    return this.themeSource === 'dark';
  },
} satisfies Pick<NativeTheme, 'themeSource' | 'shouldUseDarkColors'>;

export const powerMonitor = new EventEmitter();

/** Click a notification by its place in the order they came. */
export function clickNotification(at: number): void {
  StandInNotification.shown[at]?.emit('click', new CancellableEvent());
}

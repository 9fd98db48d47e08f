import { PAGES, type Show, showDialog, showPage } from './pages.ts';

/** An item of a menu, as far as ours go: Electron's template takes it as it is. */
export interface MenuItem {
  readonly label?: string;
  readonly type?: 'separator';
  readonly role?: Role;
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly submenu?: MenuItem[];
  readonly click?: () => void;
}
type Role =
  | 'about'
  | 'services'
  | 'hide'
  | 'hideOthers'
  | 'unhide'
  | 'quit'
  | 'close'
  | 'undo'
  | 'redo'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'selectAll'
  | 'reload'
  | 'toggleDevTools'
  | 'resetZoom'
  | 'zoomIn'
  | 'zoomOut'
  | 'togglefullscreen'
  | 'minimize'
  | 'zoom'
  | 'front';

export interface MenuOptions {
  readonly platform: NodeJS.Platform;
  /** For whoever works on the app. */
  readonly devTools: boolean;
  /** Ask the page to show something, in a window raised for it. */
  show(what: Show): void;
}

const separator: MenuItem = { type: 'separator' };
const roles = (...names: Role[]): MenuItem[] => names.map((role) => ({ role }));

/** The application menu, in the places and with the words of the platform. */
export function applicationMenu({ platform, devTools, show }: MenuOptions): MenuItem[] {
  const mac = platform === 'darwin';
  const item = (label: string, what: Show, accelerator?: string): MenuItem => ({
    label,
    click: () => show(what),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const about = item('About Spandrel', showDialog('about'));
  const settings = item('Settings…', showPage('settings'), 'CmdOrCtrl+,');

  const app: MenuItem = {
    label: 'Spandrel',
    submenu: [
      about,
      separator,
      settings,
      separator,
      ...roles('services'),
      separator,
      ...roles('hide', 'hideOthers', 'unhide'),
      separator,
      ...roles('quit'),
    ],
  };
  const file: MenuItem = {
    label: '&File',
    submenu: [
      item('Add Peer…', showDialog('add_peer'), 'CmdOrCtrl+N'),
      item('Export…', showDialog('export'), 'CmdOrCtrl+E'),
      item('Copy…', showDialog('copy'), 'CmdOrCtrl+Shift+C'),
      ...(mac ? [] : [separator, settings]),
      separator,
      ...roles('close'),
      ...(mac ? [] : roles('quit')),
    ],
  };
  const edit: MenuItem = {
    label: '&Edit',
    submenu: [...roles('undo', 'redo'), separator, ...roles('cut', 'copy', 'paste', 'selectAll')],
  };
  const view: MenuItem = {
    label: '&View',
    submenu: [
      ...PAGES.map(([page, label], index) => item(label, showPage(page), `CmdOrCtrl+${index + 1}`)),
      separator,
      item('Command Palette…', showDialog('palette'), 'CmdOrCtrl+K'),
      item('Events', showPage('activity'), 'CmdOrCtrl+L'),
      separator,
      ...roles('resetZoom', 'zoomIn', 'zoomOut'),
      separator,
      ...roles('togglefullscreen'),
      ...(devTools ? [separator, ...roles('reload', 'toggleDevTools')] : []),
    ],
  };
  const window: MenuItem = {
    label: '&Window',
    submenu: mac ? [...roles('minimize', 'zoom'), separator, ...roles('front')] : roles('minimize', 'close'),
  };
  const help: MenuItem = {
    label: '&Help',
    submenu: [item('Keyboard Map', showDialog('help'), 'F1'), ...(mac ? [] : [separator, about])],
  };
  return [...(mac ? [app] : []), file, edit, view, window, help];
}

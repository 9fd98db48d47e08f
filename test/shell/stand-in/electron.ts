/**
 * A stand-in for the module `electron`: it runs the real main.ts and preload.ts, compiled, in plain Node with
 * a real Chromium for the pages, where Electron's binary cannot be had. Real are: the page and its sandboxed
 * process, the separate world of the preload script with a contextBridge of copies between the two, the
 * content security policy, the structured clone of every message both ways, every guard (they decide about
 * requests, navigations, windows and permissions of the page), and what main.ts does with all of it.
 *
 * Where it is weaker than Electron:
 * - `app://spandrel/` is `https://spandrel.app.test/` to Chromium, so scripts see that in `location`.
 * - Permissions are asked of the handlers for each kind before a page is loaded, not when it asks.
 * - A window that is refused is closed at once; `window.open` returns it, not null.
 * - `will-redirect` never comes (nothing here redirects), nor does anything about webviews.
 * - Keys of menus are pressed by the test, not in the page, which in Electron gets them first.
 * - A hidden window's page does not know that it is hidden.
 * - Windows, tray, notifications and dialogs are states and reports; nothing is drawn by a system.
 * - The sandboxed preload script has `require('electron')` and no polyfills of Node.
 * - Fuses and the archive of the packaged app are not looked at.
 *
 * Its parts are held to Electron's own types where they have the same methods.
 */
export { app } from './app.ts';
export { StandInBrowserWindow as BrowserWindow } from './browser-window.ts';
export {
  dialog,
  nativeTheme,
  powerMonitor,
  StandInMenu as Menu,
  StandInNotification as Notification,
  StandInTray as Tray,
  screen,
  shell,
} from './desktop.ts';
export { protocol, session } from './session.ts';

import './control.ts';

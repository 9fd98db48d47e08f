import { documentationUrl } from './external-links.ts';
import { isAppUrl } from './origin.ts';

/** The parts of Electron the guards need, so that they stand without it. */
interface Cancellable {
  preventDefault(): void;
}
interface Navigation extends Cancellable {
  readonly url: string;
}
export interface GuardedContents {
  on(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect',
    listener: (event: Navigation) => void,
  ): unknown;
  on(event: 'will-attach-webview', listener: (event: Cancellable) => void): unknown;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: 'deny' }): void;
}
export interface GuardedSession {
  readonly webRequest: {
    onBeforeRequest(
      listener: (details: { url: string }, answer: (response: { cancel: boolean }) => void) => void,
    ): void;
  };
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      answer: (granted: boolean) => void,
      details: { requestingUrl: string },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (contents: unknown, permission: string, requestingOrigin: string) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  setSpellCheckerEnabled(enable: boolean): void;
  on(event: 'will-download', listener: (event: Cancellable, item: { getURL(): string }) => void): unknown;
}

export interface GuardActions {
  /** Open a checked link in the system's browser. */
  openExternal(url: string): void;
  /** Something was refused. */
  refused(what: string): void;
}

/**
 * What no page may do, whatever it is: leave our origin, open windows, hold a webview. A link to our
 * documentation that asks for a window gets the system's browser instead.
 */
export function guardContents(contents: GuardedContents, actions: GuardActions): void {
  const stay = (event: Navigation) => {
    if (isAppUrl(event.url)) return;
    event.preventDefault();
    actions.refused(`navigation to ${event.url}`);
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    actions.refused('a webview');
  });
  contents.setWindowOpenHandler(({ url }) => {
    const link = documentationUrl(url);
    if (link === null) actions.refused(`a window for ${url}`);
    else actions.openExternal(link);
    return { action: 'deny' };
  });
}

/** Copying text to the clipboard is the one thing our pages need leave for. */
const mayUse = (permission: string, url: string) =>
  permission === 'clipboard-sanitized-write' && isAppUrl(url);

const hasScheme = (url: string, scheme: string) => URL.canParse(url) && new URL(url).protocol === scheme;

/** Saved as a file by a page of ours: an object URL of our origin. */
const isOwnBlob = (url: string) => hasScheme(url, 'blob:') && isAppUrl(new URL(url).pathname);

/** What no session may do: load anything that is not ours, get permissions or devices, fetch dictionaries. */
export function guardSession(session: GuardedSession, actions: GuardActions): void {
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    const ours = isAppUrl(url) || isOwnBlob(url) || hasScheme(url, 'devtools:');
    if (!ours) actions.refused(`a request for ${url}`);
    answer({ cancel: !ours });
  });
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    const granted = mayUse(permission, requestingUrl);
    if (!granted) actions.refused(`the permission ${permission}`);
    answer(granted);
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, item) => {
    if (isOwnBlob(item.getURL())) return;
    event.preventDefault();
    actions.refused(`a download of ${item.getURL()}`);
  });
}

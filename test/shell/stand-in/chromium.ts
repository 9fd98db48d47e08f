import type { Browser, BrowserContext, Page, Request as PageRequest, Route } from 'playwright';
import { launch as launchChromium } from '../../ui/support/chromium.ts';
import { report } from './reports.ts';
import { handlerOf, session, toElectron } from './session.ts';

/** A page that loads: whoever has it says whether a navigation may go on. */
export interface Navigator {
  /** @returns whether to go on */
  navigates(url: string, isMainFrame: boolean): boolean;
}

/** Chromium's names of permissions, by Electron's. */
const PERMISSIONS: readonly (readonly [string, string])[] = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['media', 'camera'],
  ['media', 'microphone'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-sanitized-write', 'clipboard-write'],
  ['idle-detection', 'idle-detection'],
  ['local-fonts', 'local-fonts'],
  ['window-management', 'window-management'],
];

let launched: Promise<{ browser: Browser; context: BrowserContext }> | null = null;
const navigators = new Map<Page, Navigator>();
/** Pages of the outside world, by URL: for attacks that get past all guards. */
export const outside = new Map<string, string>();

function launch(): Promise<{ browser: Browser; context: BrowserContext }> {
  launched ??= (async () => {
    // Nothing but what is routed below is ever loaded.
    const browser = await launchChromium('--host-resolver-rules=MAP * ~NOTFOUND');
    const context = await browser.newContext({ acceptDownloads: true });
    await context.route('**/*', serve);
    return { browser, context };
  })();
  return launched;
}

export async function newPage(navigator: Navigator, size: { width: number; height: number }): Promise<Page> {
  const { context } = await launch();
  const page = await context.newPage();
  navigators.set(page, navigator);
  await page.setViewportSize(size);
  page.on('close', () => navigators.delete(page));
  return page;
}

export async function closeBrowser(): Promise<void> {
  if (launched === null) return;
  const { browser } = await launched;
  await browser.close();
}

/** Chromium asks nobody: what the session's handlers say of our origin is set before its page is loaded. */
export async function setPermissions(url: string, browserUrl: string): Promise<void> {
  const { context } = await launch();
  const { defaultSession } = session;
  const granted: string[] = [];
  for (const [electronName, name] of PERMISSIONS) {
    const allowed = defaultSession.checks(electronName, url);
    if (allowed && (await defaultSession.permission(electronName, url)).request) granted.push(name);
  }
  // All others are denied by this.
  await context.grantPermissions(granted, { origin: new URL(browserUrl).origin });
}

/** Every request of every page: guards first, then the handler of its scheme, and nothing else. */
async function serve(route: Route): Promise<void> {
  const request = route.request();
  const url = toElectron(request.url());
  const frame = frameOf(request);
  // A window of its own, which the handler of window.open has to allow: ours never does.
  if (frame === null) return route.abort('aborted');
  const navigator = navigators.get(frame.page());
  if (request.isNavigationRequest() && navigator !== undefined) {
    const isMainFrame = frame.parentFrame() === null;
    if (!navigator.navigates(url, isMainFrame)) {
      report({ event: 'navigation-refused', url });
      return route.abort('aborted');
    }
  }
  const page = outside.get(url);
  if (page !== undefined) return route.fulfill({ status: 200, contentType: 'text/html', body: page });
  if (!(await session.defaultSession.allows(url))) return route.abort('blockedbyclient');
  const handler = handlerOf(url);
  if (handler === undefined) {
    report({ event: 'network', url });
    return route.abort('namenotresolved');
  }
  const response = await handler(new Request(url, { method: request.method() }));
  const body = Buffer.from(await response.arrayBuffer());
  await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
}

function frameOf(request: PageRequest) {
  try {
    const frame = request.frame();
    return navigators.has(frame.page()) ? frame : null;
  } catch {
    return null;
  }
}

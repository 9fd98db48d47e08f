import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { WebContents, WebFrameMain } from 'electron';
import type { CDPSession, Page } from 'playwright';
import { app, CancellableEvent } from './app.ts';
import { newPage, setPermissions } from './chromium.ts';
import { fromText, toText } from './clone-text.ts';
import { report } from './reports.ts';
import { session, toBrowser, toElectron } from './session.ts';

/** The name Electron gives the world of preload scripts. */
const WORLD = 'Electron Isolated Context';
/** What both worlds run first, as the build of the stand-in left it. */
const script = (name: string) => readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8');
const TOKEN = `stand-in-${crypto.randomUUID()}`;

/** A test may have the preload script run in frames as well, where Electron does not run it. */
const IN_SUBFRAMES = process.env.STAND_IN_SUBFRAMES === 'yes';

type WindowOpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];
let nextId = 1;

class StandInFrame implements Pick<WebFrameMain, 'url' | 'origin'> {
  url = 'about:blank';
  origin = 'null';
}

type Used = 'id' | 'send' | 'isDestroyed' | 'setWindowOpenHandler' | 'loadURL';

/** A page of Chromium as Electron's webContents. */
export class StandInWebContents extends EventEmitter implements Pick<WebContents, Used> {
  readonly id = nextId++;
  readonly ipc = new EventEmitter();
  readonly mainFrame = new StandInFrame();
  readonly session = session.defaultSession;
  readonly #preload: string;
  readonly #size: { width: number; height: number };
  #page: Promise<{ page: Page; cdp: CDPSession }> | null = null;
  #frames = new Map<string, StandInFrame>();
  #mainFrameId = '';
  /** Isolated worlds by their number, with their frame's id. */
  #worlds = new Map<number, string>();
  #expected: string | null = null;
  #openHandler: WindowOpenHandler = () => ({ action: 'allow' });
  #destroyed = false;

  constructor(preload: string, size: { width: number; height: number }) {
    super();
    this.#preload = preload;
    this.#size = size;
    app.emit('web-contents-created', new CancellableEvent(), this);
  }

  /** The page of Chromium. */
  async page(): Promise<Page> {
    this.#page ??= this.#makePage();
    return (await this.#page).page;
  }

  /**
   * Run an expression in the page, or in the world of its preload script. Not by way of Playwright, which
   * would need the page's own builtins.
   */
  async evaluate(expression: string, where: 'page' | 'preload'): Promise<unknown> {
    const [contextId] = [...this.#worlds].find(([, frame]) => frame === this.#mainFrameId) ?? [];
    if (this.#page === null) throw new Error('there is no page');
    const { cdp } = await this.#page;
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      // As if somebody had clicked: what a page may do then it must not be able to do more of.
      userGesture: true,
      ...(where === 'page' || contextId === undefined ? {} : { contextId }),
    });
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  setWindowOpenHandler(handler: WindowOpenHandler): void {
    this.#openHandler = handler;
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.page();
    this.#expected = url;
    await page.goto(toBrowser(url), { waitUntil: 'load' });
  }

  send(channel: string, ...args: unknown[]): void {
    let text: string;
    try {
      text = toText([channel, ...args]);
    } catch {
      throw new Error('An object could not be cloned.');
    }
    const page = this.#page;
    const [world] = [...this.#worlds].find(([, frame]) => frame === this.#mainFrameId) ?? [];
    if (page === null || world === undefined) return;
    const call = {
      functionDeclaration: '(text) => standInDeliver(text)',
      arguments: [{ value: text }],
      executionContextId: world,
    };
    // The document may be gone by now: then nobody hears it, as in Electron.
    page.then(({ cdp }) => cdp.send('Runtime.callFunctionOn', call)).catch(() => {});
  }

  /** A navigation the page began. @returns whether nobody prevents it */
  navigates(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && url === this.#expected) return true;
    const details = Object.assign(new CancellableEvent(), { url, isMainFrame });
    this.emit('will-frame-navigate', details);
    if (isMainFrame && !details.defaultPrevented) this.emit('will-navigate', details);
    return !details.defaultPrevented;
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    this.emit('destroyed');
    if (this.#page !== null) await (await this.#page).page.close();
  }

  async #makePage(): Promise<{ page: Page; cdp: CDPSession }> {
    const page = await newPage(this, this.#size);
    const cdp = await page.context().newCDPSession(page);
    this.#frames = new Map();
    this.#worlds = new Map();
    this.#listen(page, cdp);
    await cdp.send('Page.enable');
    await cdp.send('Runtime.enable');
    const { frameTree } = await cdp.send('Page.getFrameTree');
    this.#mainFrameId = frameTree.frame.id;
    this.#frames.set(this.#mainFrameId, this.mainFrame);
    await this.#addWorlds(cdp);
    await setPermissions('app://spandrel/', toBrowser('app://spandrel/'));
    return { page, cdp };
  }

  async #addWorlds(cdp: CDPSession): Promise<void> {
    const withToken = (source: string) => source.replaceAll('STAND_IN_TOKEN', JSON.stringify(TOKEN));
    const guard = IN_SUBFRAMES ? 'true' : 'window === window.top';
    const preload = readFileSync(this.#preload, 'utf8');
    const isolated = `if (${guard}) {
      ${withToken(script('isolated-world'))}
      (function (require, module, exports) {${preload}
      })(standInRequire, { exports: {} }, {});
      delete globalThis.standInRequire;
    }`;
    // In this order they run, before any script of the document.
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: withToken(script('main-world')) });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: isolated, worldName: WORLD });
    await cdp.send('Runtime.addBinding', { name: 'standInSend', executionContextName: WORLD });
  }

  #listen(page: Page, cdp: CDPSession): void {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = (context.auxData ?? {}) as { frameId?: string };
      if (frameId === undefined) return;
      if (context.name === WORLD) this.#worlds.set(context.id, frameId);
      if (context.name === '') this.#frame(frameId).origin = originIn(context.origin);
    });
    cdp.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      this.#worlds.delete(executionContextId);
    });
    cdp.on('Runtime.executionContextsCleared', () => this.#worlds.clear());
    cdp.on('Runtime.bindingCalled', ({ payload, executionContextId }) => {
      const frame = this.#worlds.get(executionContextId);
      if (frame !== undefined) this.#message(this.#frame(frame), payload);
    });
    cdp.on('Page.frameNavigated', ({ frame }) => {
      this.#frame(frame.id).url = toElectron(frame.url);
      if (frame.parentId !== undefined) return;
      this.#expected = null;
      this.emit('did-navigate', new CancellableEvent(), this.mainFrame.url, 200, 'OK');
    });
    cdp.on('Page.domContentEventFired', () => this.emit('dom-ready', new CancellableEvent()));
    cdp.on('Page.loadEventFired', () => {
      this.emit('did-finish-load', new CancellableEvent());
      report({ event: 'loaded', url: this.mainFrame.url });
    });
    cdp.on('Page.windowOpen', ({ url }) => {
      const { action } = this.#openHandler({
        url: toElectron(url),
        frameName: '',
        features: '',
        disposition: 'new-window',
        referrer: { url: '', policy: 'no-referrer' },
      });
      report({ event: 'window-open', url: toElectron(url) });
      if (action === 'allow') throw new Error('the stand-in opens no windows for pages');
    });
    page.on('pageerror', (error) => report({ event: 'problem', text: `exception: ${error.message}` }));
    page.on('console', (message) => {
      if (message.type() === 'error') report({ event: 'problem', text: message.text() });
    });
    page.on('popup', (popup) => void popup.close().catch(() => {}));
    page.on('download', (download) => {
      const event = new CancellableEvent();
      const url = download.url().replace(/^blob:(.*)$/, (_, inner: string) => `blob:${toElectron(inner)}`);
      this.session.emit('will-download', event, { getURL: () => url }, this);
      report({ event: 'download', url, allowed: !event.defaultPrevented });
      if (event.defaultPrevented) download.cancel().catch(() => {});
    });
    page.on('crash', () => {
      // Chromium's page is of no use any more: the next URL is loaded in a new one.
      this.#page = null;
      this.emit('render-process-gone', new CancellableEvent(), { reason: 'crashed', exitCode: 1 });
      page.close().catch(() => {});
    });
  }

  #message(frame: StandInFrame, text: string): void {
    const [channel, ...args] = fromText(text) as [string, ...unknown[]];
    this.ipc.emit(channel, { sender: this, senderFrame: frame, ports: [], type: 'frame' }, ...args);
  }

  #frame(id: string): StandInFrame {
    const frame = this.#frames.get(id) ?? new StandInFrame();
    this.#frames.set(id, frame);
    return frame;
  }
}

/** Chromium's word for an origin, as Electron would say it. */
function originIn(origin: string): string {
  return origin === '://' || origin === '' ? 'null' : toElectron(origin);
}

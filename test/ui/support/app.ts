import { writeFileSync } from 'node:fs';
import { after, before, type TestContext } from 'node:test';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright';
import { expect as base } from 'playwright/test';
import type { z } from 'zod';
import type { Config } from '../../../electron/host/config/schema.ts';
import type { SettingsPatch } from '../../../shared/model/settings.ts';
import { Sandbox } from '../../e2e/support/sandbox.ts';
import type { Spandrel } from '../../e2e/support/spandrel.ts';
import { launch, withoutChromium } from './chromium.ts';

/** How long a test waits for something that must come to the page, unless it says otherwise. */
export const PATIENCE_MS = 15_000;

/** Playwright's assertions, which look again until they hold. */
export const expect = base.configure({ timeout: PATIENCE_MS });

/** The browser of a test file. Call it at the top; the function it gives may be called in tests. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  before(async () => {
    if (withoutChromium === false) browser = await launch();
  });
  after(() => browser?.close());
  return () => {
    if (browser === undefined) throw new Error('the browser is there in tests alone');
    return browser;
  };
}

/** What `serve` finds configured. */
export type AppConfig = Partial<Pick<z.input<typeof Config>, 'peers' | 'units' | 'exports'>>;

export interface AppOptions {
  readonly flags?: readonly string[];
  /** What is set before it starts. */
  readonly settings?: SettingsPatch;
  /** What else is configured before it starts, once the sandbox is there. */
  readonly prepare?: (box: Sandbox) => Promise<AppConfig>;
  readonly context?: BrowserContextOptions;
}

/** A `spandrel serve` with a state directory of its own, and a page that is signed in to it. */
export class App {
  readonly box: Sandbox;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page did wrong: exceptions, errors on its console, requests to others. */
  readonly problems: string[] = [];
  #serve: Spandrel<'serve'>;

  private constructor(box: Sandbox, serve: Spandrel<'serve'>, page: Page) {
    this.box = box;
    this.#serve = serve;
    this.page = page;
    this.context = page.context();
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('pageerror', (error) => this.problems.push(`exception: ${error.stack ?? error.message}`));
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (hostname !== '127.0.0.1' && protocol !== 'data:' && protocol !== 'blob:')
        this.problems.push(`request to ${request.url()}`);
    });
  }

  static async start(t: TestContext, browser: Browser, options: AppOptions = {}): Promise<App> {
    const box = new Sandbox(t);
    configure(box, (await options.prepare?.(box)) ?? {}, options.settings);
    const serve = await box.start('serve', '--no-open', ...(options.flags ?? []));
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options.context });
    const app = new App(box, serve, await context.newPage());
    t.after(async () => {
      await context.close();
      base(app.problems, 'what the page did wrong').toEqual([]);
    });
    await app.signIn();
    return app;
  }

  get serve(): Spandrel<'serve'> {
    return this.#serve;
  }
  get url(): string {
    return this.#serve.ready.url;
  }
  /** Of the page, without a path. */
  get origin(): string {
    return new URL(this.url).origin;
  }

  /** Open the URL that was printed, and wait for the page to be live. */
  async signIn(): Promise<void> {
    await this.page.goto(this.url);
    await this.isLive();
  }

  async isLive(): Promise<void> {
    await this.page.getByRole('status').filter({ hasText: 'Engine running' }).waitFor();
  }

  /** Load the page anew. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.isLive();
  }

  /** End `serve` in order, start it again on the same state, and sign in. */
  async restart(): Promise<void> {
    await this.#serve.stop();
    this.#serve = await this.box.start('serve', '--no-open');
    await this.signIn();
  }
}

/** Write the config `serve` finds. Exports get a free port, because the usual one may be taken. */
function configure(box: Sandbox, given: AppConfig, settings: SettingsPatch = {}): void {
  const config: z.input<typeof Config> = {
    version: 1,
    peers: [],
    exports: [],
    units: [],
    detached: [],
    layout: {},
    ...given,
    settings: { export_listen: ['127.0.0.1:0'], ...settings },
  };
  writeFileSync(box.path('state/config.json'), JSON.stringify(config));
}

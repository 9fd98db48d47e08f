import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { Ends, stateFolder } from './support/stand-in-app.ts';

/** The same basic checks as on the stand-in, in Electron itself, wherever its binary is. */

const MAIN = fileURLToPath(new URL('../../dist/electron/main.js', import.meta.url));

/** Why Electron cannot run here, or false. */
function obstacle(): string | false {
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  const named = join(folder, 'path.txt');
  if (!existsSync(named) || !existsSync(join(folder, 'dist', readFileSync(named, 'utf8')))) {
    return 'Electron’s binary is not installed: node node_modules/electron/install.js';
  }
  if (!existsSync(MAIN)) return 'the app is not built: npm run build';
  if (process.platform !== 'linux') return false;
  if (process.getuid?.() === 0) return 'root cannot have Electron’s sandbox';
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return !DISPLAY && !WAYLAND_DISPLAY && 'there is no display';
}

/** What the preload script gives the page. */
interface Bridged {
  spandrel: {
    send(message: unknown): void;
    subscribe(
      listener: (message: { id?: number; ok?: boolean; event?: string; payload?: unknown }) => void,
    ): () => void;
  };
}

describe('the app in Electron', { skip: obstacle() }, () => {
  const ends = new Ends();
  let app: ElectronApplication;
  let page: Page;
  before(async () => {
    app = await _electron.launch({
      args: [MAIN],
      env: { ...process.env, SPANDREL_STATE: stateFolder(ends) },
    });
    page = await app.firstWindow();
    await page.waitForLoadState();
  });
  after(async () => {
    await app?.close();
    await ends.run();
  });

  test('shows its page from its own protocol, which gets the host’s hello', async () => {
    assert.equal(new URL(page.url()).protocol, 'app:');
    const ok = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const { spandrel } = window as unknown as Bridged;
          spandrel.subscribe((message) => message.id === 900_001 && resolve(message.ok));
          spandrel.send({ id: 900_001, command: 'session.hello', input: {} });
        }),
    );
    assert.equal(ok, true);
  });

  test('gives the page nothing of Node', async () => {
    const names = ['require', 'process', 'module', 'Buffer', 'ipcRenderer'];
    const kinds = await page.evaluate((all) => all.map((name) => typeof Reflect.get(window, name)), names);
    assert.deepEqual(kinds, Array(names.length).fill('undefined'));
  });

  test('runs no inline script', async () => {
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.inlineRan = true';
      document.head.append(script);
      return Reflect.get(window, 'inlineRan') ?? null;
    });
    assert.equal(ran, null);
  });

  test('stays where it is and opens no windows', async () => {
    const before = page.url();
    const opened = await page.evaluate(() => {
      location.href = 'https://evil.test/';
      return window.open('https://evil.test/');
    });
    assert.equal(opened, null);
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    assert.equal(page.url(), before);
    assert.equal(app.windows().length, 1);
  });

  test('gives no permissions and loads nothing of others', async () => {
    assert.equal(await page.evaluate(() => Notification.requestPermission()), 'denied');
    assert.equal(await page.evaluate(() => fetch('https://evil.test/').catch(() => 'blocked')), 'blocked');
  });

  test('has its menu push what to show', async () => {
    const heard = page.evaluate(
      () =>
        new Promise((resolve) => {
          const { spandrel } = window as unknown as Bridged;
          spandrel.subscribe((message) => message.event === 'show' && resolve(message.payload));
        }),
    );
    await app.evaluate(({ Menu }) => {
      const view = Menu.getApplicationMenu()?.items.find(({ label }) => label === '&View');
      view?.submenu?.items.find(({ label }) => label === 'Peers')?.click();
    });
    assert.deepEqual(await heard, { page: 'peers', object_id: null, dialog: null });
  });
});

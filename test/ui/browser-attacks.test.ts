import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { App, expect, useBrowser } from './support/app.ts';
import { withoutChromium } from './support/chromium.ts';
import { goTo, PAGE_LABELS } from './support/steps.ts';

describe('attacks from the side of the browser', { skip: withoutChromium }, () => {
  const browser = useBrowser();

  for (const host of ['127.0.0.1', 'localhost']) {
    test(`a page of ${host} at another port neither reads nor speaks with the host`, async (t) => {
      const app = await App.start(t, browser());
      const token = await freshToken(app);
      // The same browser, so that a session is there to be stolen.
      const page = await app.context.newPage();
      await page.goto(`http://${host}:${await evilSite(t)}/`);
      const result = await page.evaluate(
        async ([origin = '', given = '']) => ({
          socket: await new Promise((resolve) => {
            const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`);
            socket.onopen = () => resolve('open');
            socket.onerror = () => resolve('refused');
          }),
          page: await fetch(`${origin}/`, { credentials: 'include' }).then(
            (answer) => answer.text(),
            () => 'refused',
          ),
          session: await fetch(`${origin}/session`, { credentials: 'include' }).then(
            (answer) => answer.status,
            () => 'refused',
          ),
          token: await fetch(`${origin}/session`, {
            method: 'POST',
            credentials: 'include',
            mode: 'no-cors',
            headers: { 'content-type': 'text/plain' },
            body: JSON.stringify({ token: given }),
          }).then(
            (answer) => answer.type,
            () => 'refused',
          ),
        }),
        [app.origin, token],
      );
      assert.equal(result.socket, 'refused');
      assert.equal(result.page, 'refused');
      assert.equal(result.session, 'refused');
      // What an opaque answer says nobody can read; that it did nothing is seen by the token being good still.
      const other = await browser().newContext();
      t.after(() => other.close());
      const good = await other.newPage();
      await good.goto(`${app.origin}/#token=${token}`);
      await expect(good.getByRole('status').filter({ hasText: 'Engine running' })).toBeVisible();
    });
  }

  test('it cannot be framed, opened with a handle, or shown as another site’s image or script', async (t) => {
    const app = await App.start(t, browser());
    const page = await app.context.newPage();
    await page.goto(`http://127.0.0.1:${await evilSite(t)}/`);
    const framed = page.waitForEvent('console', (message) => /frame|X-Frame|ancestor/i.test(message.text()));
    const handle = await page.evaluate(async (origin) => {
      const frame = document.createElement('iframe');
      frame.src = `${origin}/`;
      document.body.append(frame);
      const script = document.createElement('script');
      script.src = `${origin}/main.js`;
      const loaded = new Promise((resolve) => {
        script.onload = () => resolve('loaded');
        script.onerror = () => resolve('refused');
      });
      document.body.append(script);
      return loaded;
    }, app.origin);
    assert.equal(handle, 'refused');
    await framed;
  });

  test('a URL used once lets nobody else in, and says what to do', async (t) => {
    const app = await App.start(t, browser());
    const other = await browser().newContext();
    t.after(() => other.close());
    const page = await other.newPage();
    await page.goto(app.url);
    await expect(page.getByRole('heading', { name: 'This browser has no session' })).toBeVisible();
    await expect(page.getByText('spandrel serve').first()).toBeVisible();
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await page.goto(`${app.origin}/`);
    await expect(page.getByRole('heading', { name: 'This browser has no session' })).toBeVisible();
    // The browser it was for stays in, also by the same URL.
    await app.page.goto('about:blank');
    await app.signIn();
  });

  test('the token is gone from the address bar and the history', async (t) => {
    const { page, url } = await App.start(t, browser());
    const token = new URL(url).hash;
    assert.ok(token.length > 20);
    assert.ok(!page.url().includes(token.slice(1)));
    await page.getByRole('link', { name: 'Peers' }).click();
    await page.goBack();
    assert.ok(!page.url().includes('token'), page.url());
  });

  test('no page asks for anything elsewhere, loads foreign code or leads away', async (t) => {
    const app = await App.start(t, browser());
    const { page } = app;
    await page.getByRole('button', { name: 'Start demo' }).click();
    for (const label of PAGE_LABELS) {
      await goTo(page, label);
      const away = await page
        .locator('a[href]')
        .evaluateAll((links) =>
          links
            .map((link) => (link as HTMLAnchorElement).href)
            .filter((href) => !href.startsWith(location.origin)),
        );
      assert.deepEqual(away, [], `${label} leads away`);
    }
    const elsewhere = `http://127.0.0.1:${await evilSite(t)}`;
    const outcome = await page.evaluate(async (origin) => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      const image = new Image();
      const loading = new Promise((resolve) => {
        image.onload = () => resolve('allowed');
        image.onerror = () => resolve('refused');
      });
      image.src = `${origin}/pixel.png`;
      return {
        fetch: await fetch(`${origin}/`, { mode: 'no-cors' }).then(
          () => 'allowed',
          () => 'refused',
        ),
        image: await loading,
        injected: 'injected' in window,
      };
    }, elsewhere);
    assert.deepEqual(outcome, { fetch: 'refused', image: 'refused', injected: false });
  });
});

/** A token nobody has used. */
async function freshToken(app: App): Promise<string> {
  const [ready] = await app.box.events('serve', '--no-open');
  assert.ok(ready?.event === 'ready' && ready.command === 'serve');
  return new URL(ready.url).hash.slice('#token='.length);
}

/** A site that is not ours. @returns its port */
async function evilSite(t: TestContext): Promise<number> {
  const server = createServer((_, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>evil</title><body>');
  });
  server.listen(0);
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  return address.port;
}

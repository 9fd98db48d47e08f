import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withoutChromium } from '../ui/support/chromium.ts';
import { type BuiltApp, buildApp } from './support/built-app.ts';
import { Ends, StandInApp } from './support/stand-in-app.ts';

/** What a page that has gone bad may not do, in the real main.ts on the stand-in for Electron. */

const ends = new Ends();
let built: BuiltApp;
before(async () => {
  if (withoutChromium === false) built = await buildApp(ends);
});
after(ends.run);

const sessionOf = (app: StandInApp) => app.ask('script', { name: 'sessions', value: null });

describe('the guards of the window', { skip: withoutChromium }, () => {
  const mine = new Ends();
  let app: StandInApp;
  before(async () => {
    app = await StandInApp.start(mine, built);
  });
  after(mine.run);
  const inPage = (expression: string) => app.ask('evaluate', expression);

  for (const url of ['https://evil.test/', 'https://www.dragonflybsd.org/', 'http://127.0.0.1:8080/']) {
    test(`the page cannot leave for ${url}, and its session goes on`, async () => {
      const since = app.now;
      await inPage(`void (location.href = '${url}')`);
      await app.next('navigation-refused', (refused) => refused.url === url, since);
      assert.equal(await app.ask('url'), 'app://spandrel/');
      await app.logged(`refused: navigation to ${url}`);
      assert.deepEqual(await sessionOf(app), ['shell', 'window 1']);
    });
  }

  test('a form cannot be sent elsewhere', async () => {
    const violated = await inPage(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', (event) => resolve(event.effectiveDirective));
      const form = document.createElement('form');
      form.action = 'https://evil.test/form';
      document.body.append(form);
      form.submit();
    })`);
    assert.equal(violated, 'form-action');
    assert.equal(await app.ask('url'), 'app://spandrel/');
  });

  test('the page opens no windows; a link to our documentation goes to the system’s browser', async () => {
    const since = app.now;
    await inPage(`void window.open('https://evil.test/?www.dragonflybsd.org')`);
    await app.next('window-open', ({ url }) => url.startsWith('https://evil.test/'), since);
    await app.logged('refused: a window for https://evil.test/');
    await inPage(`void window.open('https://www.dragonflybsd.org/docs/')`);
    const { url } = await app.next('external');
    assert.equal(url, 'https://www.dragonflybsd.org/docs/');
    assert.equal(app.count('external'), 1);
    assert.equal(await app.ask('windows'), 1);
  });

  test('the page gets no permissions, except to copy text', async () => {
    const asked = `Promise.all(['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read']
      .map(async (name) => (await navigator.permissions.query({ name })).state))`;
    assert.deepEqual(await inPage(asked), Array(5).fill('denied'));
    assert.equal(await inPage('Notification.requestPermission()'), 'denied');
    assert.equal(await inPage(`navigator.clipboard.writeText('xa0').then(() => 'copied', String)`), 'copied');
    assert.match(String(await inPage(`navigator.clipboard.readText().catch(String)`)), /NotAllowedError/);
  });

  test('of all permissions ours alone has one', async () => {
    const permission = (name: string, url: string) => app.ask('permission', { name, url });
    const denied = { request: false, check: false, device: false };
    const granted = { ...denied, request: true, check: true };
    assert.deepEqual(await permission('clipboard-sanitized-write', 'app://spandrel/'), granted);
    assert.deepEqual(await permission('clipboard-sanitized-write', 'app://spandrel.evil/'), denied);
    assert.deepEqual(await permission('clipboard-sanitized-write', 'https://evil.test/'), denied);
    for (const name of [
      'media',
      'geolocation',
      'openExternal',
      'fullscreen',
      'hid',
      'usb',
      'fileSystem',
      'unknown',
    ]) {
      assert.deepEqual(await permission(name, 'app://spandrel/'), denied, name);
    }
  });

  test('requests go to our own origin and nowhere else', async () => {
    for (const url of ['app://spandrel/main.js', 'devtools://devtools/x', 'blob:app://spandrel/1']) {
      assert.equal(await app.ask('allows', url), true, url);
    }
    for (const url of [
      'https://evil.test/',
      'http://127.0.0.1/',
      'app://evil/',
      'app://spandrel.evil/',
      'app://spandrel@evil/',
      'file:///etc/passwd',
      'blob:https://evil.test/1',
      'ws://127.0.0.1/',
    ]) {
      assert.equal(await app.ask('allows', url), false, url);
    }
    assert.equal(app.count('network'), 0);
  });

  test('a path that is no file of the page is not found, however it is written', async () => {
    for (const path of [
      '/nothing.js',
      '/../package.json',
      '/%2e%2e/package.json',
      '/main.js.map',
      '/main.js/',
    ]) {
      assert.equal(await inPage(`fetch('${path}').then(({ status }) => status)`), 404, path);
    }
    assert.equal(await inPage(`fetch('/main.js').then(({ status }) => status)`), 200);
    assert.equal(await inPage(`fetch('/main.js', { method: 'POST' }).then(({ status }) => status)`), 405);
  });

  test('files the page makes itself can be saved, others not', async () => {
    await inPage(`(() => {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob(['a,b']));
      link.download = 'table.csv';
      link.click();
    })()`);
    const { url } = await app.next('download');
    assert.match(url, /^blob:app:\/\/spandrel\//);
    assert.equal((await app.next('download')).allowed, true);
  });
});

describe('messages', { skip: withoutChromium }, () => {
  test('of another origin are refused, though it has the bridge', async (t) => {
    const app = await StandInApp.start(t, built);
    const html = `<script>spandrel.send({ id: 1, command: 'session.hello', input: {} }); document.title = 'sent';</script>`;
    await app.ask('intrude', { url: 'https://evil.test/', html });
    assert.equal(await app.ask('evaluate', 'document.title'), 'sent');
    await app.logged('a message of https://evil.test/ is refused');
    assert.deepEqual(await sessionOf(app), ['shell']);
  });

  test('of a frame in our page are refused, even if it had the bridge', async (t) => {
    const app = await StandInApp.start(t, built, { preloadInSubframes: true });
    await app.ask(
      'evaluate',
      `(() => {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        frame.contentWindow.spandrel.send({ id: 5, command: 'session.hello', input: {} });
      })()`,
    );
    await app.logged('a message of about:blank is refused');
    assert.deepEqual(await sessionOf(app), ['shell', 'window 1']);
    assert.equal(await app.ask('evaluate', 'heard.some((message) => message.id === 5)'), false);
  });

  const cyclic = `(() => { const message = { id: 2 }; message.input = message; return message; })()`;
  const bad = [
    ['that are none of the contract', `{ id: 2, command: 'shell.exec', input: {} }`, 'not of the contract'],
    [
      'that are too large',
      `{ id: 2, command: 'config.import', input: { text: 'x'.repeat(3 << 20) } }`,
      'larger than',
    ],
    ['that refer to themselves', cyclic, 'nested deeper'],
  ] as const;
  for (const [what, message, reason] of bad) {
    test(`${what} end the session, and the page is loaded anew`, async (t) => {
      const app = await StandInApp.start(t, built);
      const since = app.now;
      // What follows on its heels is not heard any more.
      await app.ask(
        'evaluate',
        `spandrel.send(${message}); spandrel.send({ id: 3, command: 'session.hello', input: {} })`,
      );
      await app.next('scripted', (step) => step.what === 'session closed', since);
      await app.logged(reason);
      await app.next('loaded', () => true, since);
      await app.until('heard.some((answer) => answer.id === 1)');
      assert.deepEqual(await sessionOf(app), ['shell', 'window 1']);
      assert.equal(
        app.reports.items.filter((one) => one.event === 'scripted' && one.what === 'session').length,
        3,
      );
    });
  }

  test('as large as the contract allows are heard', async (t) => {
    const app = await StandInApp.start(t, built);
    const input = `{ text: 'x'.repeat(1 << 20), dry_run: true }`;
    await app.ask('evaluate', `spandrel.send({ id: 2, command: 'config.import', input: ${input} })`);
    await app.until('heard.some((message) => message.id === 2)');
    assert.deepEqual(await app.ask('evaluate', 'heard.find((message) => message.id === 2).value.changes'), [
      '1048576',
    ]);
  });

  test('more than a page needs end the session', async (t) => {
    const app = await StandInApp.start(t, built);
    await app.ask('evaluate', `for (let n = 0; n < 2000; n++) spandrel.send({ cancel: 9 })`);
    await app.logged('messages a second');
    await app.next('scripted', (step) => step.what === 'session closed');
  });

  test('from a page that breaks the rules again and again are given up on', async (t) => {
    const app = await StandInApp.start(t, built);
    for (let time = 1; time <= 4; time++) {
      const since = app.now;
      await app.ask('evaluate', 'spandrel.send({ nonsense: true })');
      await app.next('scripted', (step) => step.what === 'session closed', since);
      if (time === 4) break;
      await app.next('loaded', () => true, since);
      await app.until('heard.some((answer) => answer.id === 1)');
    }
    await app.logged('giving up');
    assert.deepEqual(await sessionOf(app), ['shell']);
  });
});

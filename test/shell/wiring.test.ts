import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withoutChromium } from '../ui/support/chromium.ts';
import { buildApp } from './support/built-app.ts';
import { Ends, StandInApp } from './support/stand-in-app.ts';

/** The real main and preload scripts on the stand-in for Electron: what a page gets, and what it cannot reach. */
describe('a page in the window', { skip: withoutChromium }, () => {
  const ends = new Ends();
  let app: StandInApp;
  before(async () => {
    app = await StandInApp.start(ends, await buildApp(ends));
  });
  after(ends.run);
  const inPage = (expression: string) => app.ask('evaluate', expression);

  test('gets the host’s hello over IPC', async () => {
    const hello = (await inPage('heard.find((message) => message.id === 1)')) as {
      ok: boolean;
      value: { version: string };
    };
    assert.equal(hello.ok, true);
    assert.match(hello.value.version, /^\d+\.\d+\.\d+/);
    assert.deepEqual(await app.ask('script', { name: 'sessions', value: null }), ['shell', 'window 1']);
  });

  test('is sandboxed, isolated, without Node, webviews and spell checker', async () => {
    const { options } = await app.ask('window');
    const { preload, ...preferences } = options.webPreferences;
    assert.match(preload, /electron\/preload\.cjs$/);
    assert.deepEqual(preferences, {
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    assert.equal(await app.ask('sandboxed'), true);
    assert.equal(await app.ask('spellChecker'), false);
  });

  test('reaches nothing of Electron or Node but the two functions of the bridge', async () => {
    assert.deepEqual(
      await inPage(
        '[typeof require, typeof process, typeof module, typeof ipcRenderer, typeof electron, typeof Buffer]',
      ),
      Array(6).fill('undefined'),
    );
    assert.deepEqual(await inPage('Object.keys(spandrel)'), ['send', 'subscribe']);
    assert.deepEqual(await inPage('[typeof standInSend, typeof standInDeliver, typeof standInRequire]'), [
      ...Array(3).fill('undefined'),
    ]);
    // Its functions are the page's own: no way into the other world by their constructors.
    assert.equal(await inPage('spandrel.send.constructor === Function'), true);
    assert.equal(await inPage('spandrel.subscribe(() => {}).constructor === Function'), true);
    assert.equal(await inPage('Object.getPrototypeOf(spandrel) === Object.prototype'), true);
  });

  test('cannot replace or change the bridge', async () => {
    const attempts = `(() => {
      const failures = [];
      const attempt = (name, act) => { try { act(); failures.push(name); } catch {} };
      'use strict';
      attempt('define', () => Object.defineProperty(window, 'spandrel', { value: 1 }));
      attempt('member', () => Object.defineProperty(spandrel, 'send', { value: 1 }));
      attempt('extend', () => Object.defineProperty(spandrel, 'more', { value: 1 }));
      window.spandrel = 1;
      return [failures, typeof spandrel.send];
    })()`;
    assert.deepEqual(await inPage(attempts), [[], 'function']);
  });

  test('cannot change the preload script’s world through its own prototypes', async () => {
    // What the page breaks it mends before it answers: this test's own way into it needs that.
    const answers = await inPage(`new Promise((resolve) => {
      const { push, map } = Array.prototype;
      const { call, apply } = Function.prototype;
      const { stringify } = JSON;
      const clone = structuredClone;
      const mend = () => {
        delete Object.prototype.polluted;
        Object.assign(Array.prototype, { push, map });
        Object.assign(Function.prototype, { call, apply });
        JSON.stringify = stringify;
        structuredClone = clone;
      };
      Object.prototype.polluted = 'yes';
      Array.prototype.push = () => { throw new Error('push of the page'); };
      Array.prototype.map = () => ['map of the page'];
      Function.prototype.call = Function.prototype.apply = () => 'call of the page';
      JSON.stringify = () => 'the text of the page';
      structuredClone = () => ({ command: 'demo.start' });
      const stop = spandrel.subscribe((message) => {
        if (message.id !== 20) return;
        const seen = [message.ok, Object.hasOwn(message, 'polluted')];
        mend();
        stop();
        resolve(seen);
      });
      spandrel.send({ id: 20, command: 'session.hello', input: {} });
    })`);
    assert.deepEqual(answers, [true, false]);
    // And what it leaves broken the other world does not see.
    await inPage('Object.prototype.left = 1');
    assert.equal(await app.ask('evaluateIsolated', 'typeof ({}).left'), 'undefined');
    await inPage('delete Object.prototype.left');
  });

  test('gets copies: plain objects of its own, which it may change', async () => {
    const seen = await inPage(`(() => {
      const hello = heard.find((message) => message.id === 1);
      hello.value.settings.units = 'changed';
      return [Object.getPrototypeOf(hello) === Object.prototype, Object.getPrototypeOf(hello.value) === Object.prototype];
    })()`);
    assert.deepEqual(seen, [true, true]);
    await inPage(`spandrel.send({ id: 21, command: 'session.hello', input: {} })`);
    await app.until('heard.some((message) => message.id === 21)');
    assert.equal(await inPage('heard.find((message) => message.id === 21).value.settings.units'), 'iec');
  });

  test('cannot send what cannot be cloned, and hears so', async () => {
    assert.equal(
      await inPage(
        `(() => { try { spandrel.send({ id: 22, run: () => {} }); } catch (error) { return error.message; } })()`,
      ),
      'An object could not be cloned.',
    );
  });

  test('stops hearing when it has itself disposed of', async () => {
    await inPage(
      `window.more = []; window.stop = spandrel.subscribe((message) => more.push(message)); stop();`,
    );
    await inPage(`spandrel.send({ id: 23, command: 'session.hello', input: {} })`);
    await app.until('heard.some((message) => message.id === 23)');
    assert.equal(await inPage('more.length'), 0);
  });

  test('runs no inline script and no eval, and loads nothing of others', async () => {
    assert.deepEqual(await inPage('[typeof inlineRan, typeof evalRan]'), ['undefined', 'undefined']);
    const blocked = await inPage(`(async () => {
      const inline = document.createElement('script');
      inline.textContent = 'window.addedRan = true';
      document.head.append(inline);
      const foreign = document.createElement('script');
      const failed = new Promise((resolve) => { foreign.onerror = () => resolve('blocked'); });
      foreign.src = 'https://evil.test/x.js';
      document.head.append(foreign);
      const fetched = await fetch('https://evil.test/').catch(() => 'blocked');
      return [typeof addedRan, await failed, fetched];
    })()`);
    assert.deepEqual(blocked, ['undefined', 'blocked', 'blocked']);
    assert.equal(app.count('network'), 0);
  });

  test('may make style elements with its nonce, which is new for each load', async () => {
    const styles = `(() => {
      const make = (nonce) => {
        const style = document.createElement('style');
        style.nonce = nonce;
        style.textContent = 'h1 { letter-spacing: 7px }';
        document.head.append(style);
        const spacing = getComputedStyle(document.querySelector('h1')).letterSpacing;
        style.remove();
        return spacing;
      };
      const { content } = document.querySelector('meta[name="csp-nonce"]');
      return [make(content), make('guessed'), content];
    })()`;
    const [mine, guessed, nonce] = (await inPage(styles)) as string[];
    assert.deepEqual([mine, guessed], ['7px', 'normal']);
    assert.match(nonce ?? '', /^[A-Za-z0-9+/]{22}==$/);
  });
});

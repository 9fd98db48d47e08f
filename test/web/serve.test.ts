import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { LogRing } from '../../electron/host/log.ts';
import { type ServeOptions, startServe } from '../../electron/serve.ts';
import { forgetBrowserFile, noBrowserBecause, openBrowser } from '../../electron/web/browser.ts';
import { TestApp } from './support/app.ts';
import { KeptLog, pageFolder } from './support/site.ts';

function optionsFor(t: TestContext, changed: Partial<ServeOptions> = {}): ServeOptions {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'spandrel-serve-'));
  t.after(() => rmSync(stateDirectory, { recursive: true, force: true }));
  return {
    stateDirectory,
    listen: { kind: 'tcp', host: '127.0.0.1', port: 0 },
    names: [],
    insecurePlain: false,
    demo: false,
    log: new KeptLog().log,
    logRing: new LogRing(),
    pageDirectory: pageFolder(t),
    ...changed,
  };
}

async function serving(t: TestContext, options: ServeOptions, app = new TestApp(options.log)) {
  const started = await startServe(options, async () => app);
  assert.ok(started.kind === 'serving');
  t.after(() => started.close());
  return { started, app };
}

async function signsIn(url: string): Promise<number> {
  const { origin, hash } = new URL(url);
  const response = await fetch(`${origin}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token: hash.replace('#token=', '') }),
  });
  return response.status;
}

suite('startServe', () => {
  test('serves, and closes host and address', async (t) => {
    const { started, app } = await serving(t, optionsFor(t));
    const [url] = started.mintUrls();
    assert.equal(new URL(url).host, started.address);
    assert.equal(await signsIn(url), 204);
    await started.close();
    assert.ok(app.closed);
    await assert.rejects(fetch(url));
  });

  test('a second one gets a new URL of the first, each good once', async (t) => {
    const options = optionsFor(t);
    const { started } = await serving(t, options);
    const urls = new Set(started.mintUrls());
    for (let i = 0; i < 2; i++) {
      const second = await startServe(options, () => assert.fail('a second host'));
      assert.ok(second.kind === 'serve');
      assert.equal(second.address, started.address);
      urls.add(second.url);
    }
    assert.equal(urls.size, 3);
    for (const url of urls) assert.deepEqual([await signsIn(url), await signsIn(url)], [204, 401]);
    await started.close();
    await serving(t, options);
  });

  test('one that asks while the first still starts waits for it', async (t) => {
    const options = optionsFor(t);
    let finish: (app: TestApp) => void = () => {};
    const first = startServe(options, () => new Promise((resolve) => (finish = resolve)));
    const second = startServe(options, () => assert.fail('a second host'));
    while (!existsSync(join(options.stateDirectory, 'host.sock')))
      await new Promise((done) => setImmediate(done));
    setImmediate(() => finish(new TestApp(options.log)));
    const started = await first;
    assert.ok(started.kind === 'serving');
    t.after(() => started.close());
    const answer = await second;
    assert.ok(answer.kind === 'serve');
    assert.equal(await signsIn(answer.url), 204);
  });

  test('a host that cannot start leaves nothing behind', async (t) => {
    const options = optionsFor(t);
    await assert.rejects(
      startServe(options, async () => {
        throw new Error('no host');
      }),
      /no host/,
    );
    await serving(t, options);
  });

  test('an address in use is told before a host is started', async (t) => {
    const { started } = await serving(t, optionsFor(t));
    const port = Number(new URL(started.mintUrls()[0]).port);
    const options = optionsFor(t, { listen: { kind: 'tcp', host: '127.0.0.1', port } });
    await assert.rejects(
      startServe(options, () => assert.fail('a host')),
      { code: 'in-use' },
    );
    assert.ok(!existsSync(join(options.stateDirectory, 'host.sock')));
  });

  test('the demo starts where it is asked for and nothing is configured', async (t) => {
    for (const [demo, isEmpty, started] of [
      [true, true, true],
      [true, false, false],
      [false, true, false],
    ] as const) {
      const options = optionsFor(t, { demo });
      const app = new TestApp(options.log);
      app.isEmpty = isEmpty;
      await serving(t, options, app);
      assert.equal(app.demoStarted, started);
    }
  });
});

suite('the browser', () => {
  test('is opened where somebody sits in front', () => {
    const reason = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv, uid = 1000): string | undefined =>
      noBrowserBecause({ platform, env, uid });
    assert.equal(reason('linux', { DISPLAY: ':0' }), undefined);
    assert.equal(reason('linux', { WAYLAND_DISPLAY: 'wayland-0' }), undefined);
    assert.equal(reason('darwin', {}), undefined);
    assert.equal(reason('win32', {}), undefined);
    assert.match(reason('linux', {}) ?? '', /no display/);
    assert.match(reason('linux', { DISPLAY: '' }) ?? '', /no display/);
    assert.match(reason('linux', { DISPLAY: ':0' }, 0) ?? '', /root/);
    for (const name of ['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY']) {
      for (const platform of ['linux', 'darwin'] as const) {
        assert.match(reason(platform, { DISPLAY: 'localhost:10.0', [name]: 'x' }) ?? '', /remote/);
      }
    }
  });

  test('gets the URL in a file of its user, not as an argument', async (t) => {
    const { stateDirectory } = optionsFor(t);
    const url = 'http://127.0.0.1:1/#token=abc';
    let opened = '';
    await openBrowser(url, stateDirectory, async (file) => {
      opened = file;
      assert.ok(!file.includes('abc'));
      assert.equal(statSync(file).mode & 0o777, 0o600);
      assert.ok(readFileSync(file, 'utf8').includes(`content="0; url=${url}"`));
    });
    assert.ok(opened.startsWith(stateDirectory));
    forgetBrowserFile(stateDirectory);
    assert.ok(!existsSync(opened));
    forgetBrowserFile(stateDirectory);
  });
});

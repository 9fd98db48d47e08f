import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { StateLock } from '../../electron/host/state-lock.ts';
import { withoutChromium } from '../ui/support/chromium.ts';
import { type BuiltApp, buildApp } from './support/built-app.ts';
import { type StandInApp as App, Ends, StandInApp, stateFolder } from './support/stand-in-app.ts';

/** Menu, tray, notifications and the window's life, in the real main.ts on the stand-in for Electron. */

const { version: VERSION } = createRequire(import.meta.url)('spandrel/package.json') as { version: string };
const ends = new Ends();
let built: BuiltApp;
before(async () => {
  if (withoutChromium === false) built = await buildApp(ends);
});
after(ends.run);

const script = (app: App, name: string, value: unknown = null) => app.ask('script', { name, value });
const quits = async (app: App): Promise<number | null> => {
  await app.ask('quit').catch(() => {});
  return app.ended;
};
/** The last of the `show` events the page has heard. */
const shown = async (app: App): Promise<unknown> => {
  await app.until(`heard.at(-1)?.event === 'show'`);
  return app.ask('evaluate', 'heard.at(-1).payload');
};

describe('the menu', { skip: withoutChromium }, () => {
  const mine = new Ends();
  let app: App;
  before(async () => {
    app = await StandInApp.start(mine, built);
  });
  after(mine.run);

  const keys: [string, object][] = [
    ['CmdOrCtrl+1', { page: 'overview' }],
    ['CmdOrCtrl+2', { page: 'disks' }],
    ['CmdOrCtrl+3', { page: 'units' }],
    ['CmdOrCtrl+4', { page: 'peers' }],
    ['CmdOrCtrl+5', { page: 'exports' }],
    ['CmdOrCtrl+6', { page: 'performance' }],
    ['CmdOrCtrl+7', { page: 'activity' }],
    ['CmdOrCtrl+8', { page: 'settings' }],
    ['CmdOrCtrl+,', { page: 'settings' }],
    ['CmdOrCtrl+L', { page: 'activity' }],
    ['CmdOrCtrl+N', { dialog: 'add_peer' }],
    ['CmdOrCtrl+E', { dialog: 'export' }],
    ['CmdOrCtrl+K', { dialog: 'palette' }],
    ['F1', { dialog: 'help' }],
  ];
  test('has the page show what its keys say', async () => {
    for (const [accelerator, expected] of keys) {
      await app.ask('evaluate', 'void (heard.length = 0)');
      await app.ask('pressMenu', accelerator);
      assert.deepEqual(
        await shown(app),
        { page: '', object_id: null, dialog: null, ...expected },
        accelerator,
      );
    }
  });

  test('raises the window for it, also from the tray', async () => {
    await app.ask('closeWindow');
    assert.equal((await app.ask('window')).visible, false);
    await app.ask('clickMenu', ['Help', 'About Spandrel']);
    assert.deepEqual(await shown(app), { page: '', object_id: null, dialog: 'about' });
    const { visible, focused } = await app.ask('window');
    assert.deepEqual({ visible, focused }, { visible: true, focused: true });
  });
});

describe('the tray', { skip: withoutChromium }, () => {
  test('shows the health of the units and brings the window back', async (t) => {
    const app = await StandInApp.start(t, built);
    assert.deepEqual(await script(app, 'shell'), { tray: true, version: VERSION });
    assert.deepEqual(await app.ask('trayMenu'), ['No attached disks', '', 'Show Spandrel', 'Quit']);
    await script(app, 'units', [
      { name: 'xa0', health: 'optimal' },
      { name: 'xa1', health: 'degraded' },
      { name: 'xa2', health: 'optimal' },
    ]);
    const summary = '3 attached disks: 1 Degraded, 2 Optimal';
    await app.next('tray', ({ tooltip }) => tooltip === `Spandrel – ${summary}`);
    assert.equal((await app.ask('trayMenu'))?.[0], summary);

    await app.ask('closeWindow');
    assert.equal((await app.ask('window')).visible, false);
    await app.ask('clickTray', 'Show Spandrel');
    assert.equal((await app.ask('window')).visible, true);
    await app.ask('closeWindow');
    await app.ask('clickTrayIcon');
    assert.equal((await app.ask('window')).visible, true);
    await app.ask('clickTray', 'Quit').catch(() => {});
    assert.equal(await app.ended, 0);
  });

  test('is not closed to where the setting says so: closing quits', async (t) => {
    const app = await StandInApp.start(t, built);
    await script(app, 'settings', { close_to_tray: false });
    await app.ask('closeWindow').catch(() => {});
    assert.equal(await app.ended, 0);
    await app.next('scripted', ({ what }) => what === 'close');
  });

  test('is not closed to where the desktop draws none', async (t) => {
    const app = await StandInApp.start(t, built, { tray: false });
    assert.equal(await app.ask('trayMenu'), null);
    assert.deepEqual(await script(app, 'shell'), { tray: false, version: VERSION });
    await app.ask('closeWindow').catch(() => {});
    assert.equal(await app.ended, 0);
  });
});

describe('a second start', { skip: withoutChromium }, () => {
  test('raises the first and ends', async (t) => {
    const state = stateFolder(t);
    const first = await StandInApp.start(t, built, { state });
    await first.ask('minimize');
    const since = first.now;
    const second = StandInApp.launch(t, built, { state });
    assert.equal(await second.ended, 0);
    assert.equal(second.count('window'), 0);
    await first.next('window', ({ what }) => what === 'focus', since);
    const { visible, focused, minimized } = await first.ask('window');
    assert.deepEqual({ visible, focused, minimized }, { visible: true, focused: true, minimized: false });
  });

  test('of "spandrel serve" is told that there is a window, which is raised', async (t) => {
    const state = stateFolder(t);
    const first = await StandInApp.start(t, built, { state });
    await first.ask('closeWindow');
    const answer = await StateLock.take(state, async () => ({ kind: 'window' }));
    assert.deepEqual(answer, { kind: 'window' });
    assert.equal((await first.ask('window')).visible, true);
  });

  test('where "spandrel serve" has the state says where that is, and ends', async (t) => {
    const state = stateFolder(t);
    const lock = await StateLock.take(state, async () => ({
      kind: 'serve',
      url: 'http://127.0.0.1:4711/#token=secret',
      address: '127.0.0.1:4711',
    }));
    assert.ok(lock instanceof StateLock);
    t.after(() => lock.release());
    const app = StandInApp.launch(t, built, { state });
    assert.equal(await app.ended, 0);
    const { options } = await app.next('dialog', ({ kind }) => kind === 'error');
    assert.match(JSON.stringify(options), /served to browsers at 127\.0\.0\.1:4711/);
    assert.doesNotMatch(JSON.stringify(options) + app.log, /secret/);
  });
});

describe('notifications', { skip: withoutChromium }, () => {
  const health = { kind: 'unit', object: 'disk7', object_id: 'xa7', count: 1, notify: true } as const;
  const lost = {
    ...health,
    severity: 'warning',
    text: '1 of 2 paths left',
    from: 'optimal',
    to: 'single_path',
  };

  test('come when a change has lasted, and a click shows the object', async (t) => {
    const app = await StandInApp.start(t, built);
    await script(app, 'events', [lost, { ...lost, notify: false, object: 'disk8', object_id: 'xa8' }]);
    const { title, body } = await app.next('notification');
    assert.deepEqual({ title, body }, { title: 'disk7', body: '1 of 2 paths left' });
    await app.ask('closeWindow');
    await app.ask('clickNotification', 0);
    assert.deepEqual(await shown(app), { page: 'units', object_id: 'xa7', dialog: null });
    assert.equal((await app.ask('window')).visible, true);
    assert.equal(app.count('notification'), 1);
  });
});

describe('quitting', { skip: withoutChromium }, () => {
  const jobs = ['Copy xa0 to /backup/xa0.img', 'Benchmark of xa1'];

  test('asks while jobs run, naming them, and goes on where the answer is no', async (t) => {
    const app = await StandInApp.start(t, built);
    await script(app, 'jobs', jobs);
    await app.ask('closeWindow');
    await app.ask('quit');
    const { options } = await app.next('dialog', ({ kind }) => kind === 'message');
    assert.equal(options.message, '2 jobs are running. Quit and cancel?');
    assert.equal(options.detail, '• Copy xa0 to /backup/xa0.img\n• Benchmark of xa1');
    // The button Enter presses, and Escape, keep everything running.
    assert.deepEqual(
      [options.buttons, options.defaultId, options.cancelId],
      [['Keep Running', 'Quit'], 0, 0],
    );
    assert.equal((await app.ask('window')).visible, true);
    await app.ask('answerDialog', { response: 0 });
    const since = app.now;
    await app.ask('quit');
    await app.next('dialog', ({ kind }) => kind === 'message', since);
    await app.ask('answerDialog', { response: 1 });
    assert.equal(await app.ended, 0);
    assert.equal(
      app.reports.items.filter((one) => one.event === 'scripted' && one.what === 'close').length,
      1,
    );
  });

  test('does not ask when a signal or the system says so', async (t) => {
    for (const end of ['SIGTERM', 'shutdown'] as const) {
      const app = await StandInApp.start(t, built);
      await script(app, 'jobs', jobs);
      if (end === 'SIGTERM') app.signal('SIGTERM');
      else await app.ask('shutdown').catch(() => {});
      assert.equal(await app.ended, 0);
      assert.equal(app.count('dialog'), 0);
      await app.next('scripted', ({ what }) => what === 'close');
    }
  });

  test('says in the log what could not be closed, and ends all the same', async (t) => {
    const app = await StandInApp.start(t, built);
    await script(app, 'closing', 'fails');
    assert.equal(await quits(app), 0);
    assert.match(app.log, /not everything could be closed in order/);
    assert.match(app.log, /the disk is full/);
  });
});

describe('the file picker', { skip: withoutChromium }, () => {
  test('is the system’s: what is picked, or null', async (t) => {
    const app = await StandInApp.start(t, built);
    const pick = async (id: number, kind: 'open' | 'save', answer: object) => {
      const since = app.now;
      const input = JSON.stringify({
        title: 'Disk image',
        kind,
        suggestion: kind === 'save' ? '/tmp/a.img' : '',
      });
      await app.ask('evaluate', `spandrel.send({ id: ${id}, command: 'shell.pick_path', input: ${input} })`);
      const { options } = await app.next('dialog', (dialog) => dialog.kind === kind, since);
      await app.ask('answerDialog', answer);
      await app.until(`heard.some((message) => message.id === ${id})`);
      const { value } = (await app.ask('evaluate', `heard.find((message) => message.id === ${id})`)) as {
        value: unknown;
      };
      return { options, value };
    };
    const open = await pick(2, 'open', { canceled: false, filePaths: ['/data/a.img'] });
    assert.deepEqual(open, { options: { title: 'Disk image' }, value: { path: '/data/a.img' } });
    const save = await pick(3, 'save', { canceled: false, filePath: '/tmp/b.img' });
    assert.deepEqual(save.options, { title: 'Disk image', defaultPath: '/tmp/a.img' });
    assert.deepEqual(save.value, { path: '/tmp/b.img' });
    assert.deepEqual((await pick(4, 'open', { canceled: true, filePaths: [] })).value, { path: null });
  });
});

describe('the window', { skip: withoutChromium }, () => {
  test('opens where it was left, on the displays there are', async (t) => {
    const state = stateFolder(t);
    const first = await StandInApp.start(t, built, { state, tray: false });
    const { bounds, options } = await first.ask('window');
    assert.deepEqual([bounds.width, bounds.height], [1280, 800]);
    assert.deepEqual([options.minWidth, options.minHeight, options.show], [900, 600, false]);
    await first.ask('moveWindow', { x: 2100, y: 50, width: 1400, height: 900 });
    await first.ask('closeWindow').catch(() => {});
    assert.equal(await first.ended, 0);
    assert.ok(existsSync(join(state, 'window.json')));

    const displays = [
      [0, 0, 1920, 1040],
      [1920, 0, 1920, 1040],
    ] as const;
    const second = await StandInApp.start(t, built, { state, tray: false, displays });
    assert.deepEqual((await second.ask('window')).bounds, { x: 2100, y: 50, width: 1400, height: 900 });
    await quits(second);

    const third = await StandInApp.start(t, built, { state, tray: false, displays: [displays[0]] });
    const { options: alone } = await third.ask('window');
    assert.deepEqual([alone.x, alone.y, alone.width, alone.height], [undefined, undefined, 1400, 900]);
  });

  test('is not shown before there is something in it, and in the colour of the theme', async (t) => {
    const app = await StandInApp.start(t, built);
    const events = app.reports.items.filter(({ event }) => event === 'window' || event === 'loaded');
    const [created, loaded, show] = events.map((one) => (one.event === 'window' ? one.what : one.event));
    assert.deepEqual([created, [loaded, show].sort()], ['created', ['loaded', 'show']]);
    assert.equal((await app.ask('window')).options.backgroundColor, '#FFFFFF');
    await script(app, 'settings', { theme: 'dark' });
    assert.equal(await app.ask('theme'), 'dark');
  });

  test('has its page again after a crash', async (t) => {
    const app = await StandInApp.start(t, built);
    const since = app.now;
    await app.ask('crash');
    await app.logged('is gone (crashed); loading it again');
    await app.next('loaded', () => true, since);
    await app.until('heard.some((message) => message.id === 1)');
    assert.deepEqual(await script(app, 'sessions'), ['shell', 'window 1']);
  });
});

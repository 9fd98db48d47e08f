import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { PageSession } from '../../electron/host/api/page-session.ts';
import { type AppWindow, MainWindow } from '../../electron/shell/main-window.ts';
import { showPage } from '../../electron/shell/pages.ts';
import type { WindowState } from '../../electron/shell/window-state.ts';

/** The window's life where the stand-in's tests do not lead: on macOS, before there is a page, when files fail. */

class TestWindow extends EventEmitter implements AppWindow {
  readonly webContents = new EventEmitter();
  readonly steps: string[] = [];
  readonly loaded: string[] = [];
  minimized = false;
  show = () => void this.steps.push('show');
  hide = () => void this.steps.push('hide');
  focus = () => void this.steps.push('focus');
  restore = () => void this.steps.push('restore');
  maximize = () => void this.steps.push('maximize');
  isMinimized = () => this.minimized;
  isMaximized = () => true;
  getNormalBounds = () => ({ x: 1, y: 2, width: 1000, height: 700 });
  loadURL = async (url: string) => void this.loaded.push(url);
}

function setUp(closing: 'hide' | 'quit' | 'close' = 'hide', maximized = false) {
  const windows: TestWindow[] = [];
  const notes: string[] = [];
  const saved: WindowState[] = [];
  const main = new MainWindow<TestWindow>({
    create: () => {
      const window = new TestWindow();
      windows.push(window);
      return window;
    },
    place: () => ({ width: 1000, height: 700, maximized }),
    save: (state) => {
      saved.push(state);
      if (saved.length > 1) throw new Error('no space');
    },
    closing: () => closing,
    quit: () => notes.push('quit'),
    quitNow: () => notes.push('quit now'),
    note: (text) => notes.push(text),
  });
  return { main, windows, notes, saved };
}

function session() {
  const shown: unknown[] = [];
  const emit = (_event: string, payload: unknown) => void shown.push(payload);
  return { session: { emit } as unknown as PageSession, shown };
}

const close = (window: TestWindow | undefined): boolean => {
  let prevented = false;
  window?.emit('close', { preventDefault: () => (prevented = true) });
  return prevented;
};

test('what is to be shown before there is a page is shown by the page, the last of it', () => {
  const { main, windows } = setUp();
  main.show(showPage('peers'));
  main.show(showPage('units', 'xa0'));
  assert.equal(windows.length, 1);
  const { session: first, shown } = session();
  main.pageStarted(first);
  assert.deepEqual(shown, [showPage('units', 'xa0')]);
  main.show(showPage('exports'));
  assert.deepEqual(shown.at(-1), showPage('exports'));
  main.pageEnded();
  main.show(showPage('activity'));
  assert.equal(shown.length, 2);
  const second = session();
  main.pageStarted(second.session);
  assert.deepEqual(second.shown, [showPage('activity')]);
});

test('it is shown when there is something in it, maximised where it was', () => {
  const { main, windows } = setUp('hide', true);
  main.raise();
  assert.deepEqual(windows[0]?.steps, []);
  assert.deepEqual(windows[0]?.loaded, ['app://spandrel/']);
  windows[0]?.emit('ready-to-show');
  assert.deepEqual(windows[0]?.steps, ['maximize', 'show']);
});

test('closing it hides, quits or closes it; closed it is made anew', () => {
  const hiding = setUp('hide');
  hiding.main.raise();
  assert.equal(close(hiding.windows[0]), true);
  assert.deepEqual(hiding.windows[0]?.steps, ['hide']);

  const quitting = setUp('quit');
  quitting.main.raise();
  assert.equal(close(quitting.windows[0]), true);
  assert.deepEqual(quitting.notes, ['quit']);

  const closing = setUp('close');
  closing.main.raise();
  assert.equal(close(closing.windows[0]), false);
  closing.windows[0]?.emit('closed');
  assert.equal(closing.main.current, null);
  closing.main.raise();
  assert.equal(closing.windows.length, 2);
});

test('its place is kept when it closes; where that fails it closes all the same', () => {
  const { main, windows, notes, saved } = setUp('hide');
  main.raise();
  close(windows[0]);
  assert.deepEqual(saved, [{ bounds: { x: 1, y: 2, width: 1000, height: 700 }, maximized: true }]);
  assert.equal(close(windows[0]), true);
  assert.deepEqual(notes, ['the place of the window is not kept']);
});

test('the end of the system’s session ends the app at once', () => {
  const { main, windows, notes } = setUp();
  main.raise();
  windows[0]?.emit('session-end');
  assert.deepEqual(notes, ['quit now']);
});

test('a page that ends in order is not loaded again, one that is gone is', () => {
  const { main, windows } = setUp();
  main.raise();
  windows[0]?.webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  assert.equal(windows[0]?.loaded.length, 1);
  for (let time = 0; time < 5; time++) {
    windows[0]?.webContents.emit('render-process-gone', {}, { reason: 'oom' });
  }
  assert.deepEqual(windows[0]?.loaded, Array(4).fill('app://spandrel/'));
});

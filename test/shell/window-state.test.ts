import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MIN_HEIGHT, MIN_WIDTH, place, WindowStateFile } from '../../electron/shell/window-state.ts';

const LEFT = { x: 0, y: 0, width: 1920, height: 1040 };
const RIGHT = { x: 1920, y: 0, width: 1920, height: 1040 };
const ABOVE = { x: 0, y: -1440, width: 2560, height: 1440 };
const at = (x: number, y: number, width = 1200, height = 800, maximized = false) => ({
  bounds: { x, y, width, height },
  maximized,
});

test('the first time it has its usual size, and the system puts it somewhere', () => {
  assert.deepEqual(place(null, [LEFT]), { width: 1280, height: 800, maximized: false });
  assert.deepEqual(place(null, [{ x: 0, y: 0, width: 1024, height: 700 }]), {
    width: 1024,
    height: 700,
    maximized: false,
  });
});

test('it keeps its place on any of the displays, also partly over the edge', () => {
  for (const state of [at(100, 100), at(2500, 50), at(-1000, 200), at(1800, 100), at(300, -1400)]) {
    assert.deepEqual(place(state, [LEFT, RIGHT, ABOVE]), { ...state.bounds, maximized: false });
  }
});

test('it goes back to a display where nobody could get hold of it', () => {
  for (const [state, areas] of [
    [at(2500, 50), [LEFT]],
    [at(-1100, 200), [LEFT]],
    [at(1800, 200), [LEFT]],
    [at(100, 1030), [LEFT]],
    [at(100, -40), [LEFT]],
  ] as const) {
    const { x, y, width, height } = place(state, [...areas]);
    assert.deepEqual([x, y, width, height], [undefined, undefined, 1200, 800], JSON.stringify(state));
  }
});

test('it is no larger than its display, and then wholly on it', () => {
  const small = { x: 0, y: 24, width: 1024, height: 700 };
  assert.deepEqual(place(at(200, 100, 1400, 900), [small]), {
    x: 0,
    y: 24,
    width: 1024,
    height: 700,
    maximized: false,
  });
});

test('it is never smaller than its smallest size', () => {
  const { width, height } = place(at(10, 10, 300, 200), [LEFT]);
  assert.deepEqual([width, height], [MIN_WIDTH, MIN_HEIGHT]);
});

test('maximised it stays', () => {
  assert.equal(place(at(100, 100, 1200, 800, true), [LEFT]).maximized, true);
  assert.equal(place(at(5000, 100, 1200, 800, true), [LEFT]).maximized, true);
});

test('the file keeps it, for its owner alone; a bad one is as none', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-window-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'window.json');
  assert.equal(new WindowStateFile(path).load(), null);
  new WindowStateFile(path).save(at(1, 2, 1000, 700, true));
  assert.deepEqual(new WindowStateFile(path).load(), at(1, 2, 1000, 700, true));
  assert.equal(statSync(path).mode & 0o777, 0o600);
  for (const bad of [
    '',
    '{',
    '{"bounds":{}}',
    '{"bounds":{"x":0,"y":0,"width":1e9,"height":1},"maximized":1}',
  ]) {
    writeFileSync(path, bad);
    assert.equal(new WindowStateFile(path).load(), null, bad);
  }
  assert.throws(() => new WindowStateFile(join(folder, 'gone/window.json')).save(at(0, 0)));
  assert.equal(readFileSync(path, 'utf8').includes('gone'), false);
});

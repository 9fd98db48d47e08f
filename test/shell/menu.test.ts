import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { applicationMenu, type MenuItem } from '../../electron/shell/menu.ts';
import { PAGES, type Show, showObject } from '../../electron/shell/pages.ts';
import { hasTray, healthSummary } from '../../electron/shell/tray.ts';
import { PAGES as RENDERER_PAGES } from '../../renderer/stores/route.ts';
import { EVENTS } from '../../shared/contract.ts';
import { ObjectKind } from '../../shared/model/event.ts';

const PLATFORMS = ['linux', 'darwin', 'win32'] as const;

function itemsOf(
  platform: NodeJS.Platform,
  show: (what: Show) => void = () => {},
  devTools = false,
): MenuItem[] {
  return applicationMenu({ platform, devTools, show }).flatMap(({ submenu }) => submenu ?? []);
}

test('every item that does something says what the contract allows', () => {
  for (const platform of PLATFORMS) {
    const shown: Show[] = [];
    for (const { click } of itemsOf(platform, (what) => shown.push(what))) click?.();
    assert.ok(shown.length >= 14);
    for (const what of shown) assert.deepEqual(EVENTS.show.parse(what), what);
  }
});

test('no two items have the same keys', () => {
  for (const platform of PLATFORMS) {
    const keys = itemsOf(platform).flatMap(({ accelerator }) => accelerator ?? []);
    assert.deepEqual(keys, [...new Set(keys)], platform);
  }
});

test('quit, about and settings are where the platform has them', () => {
  const labels = (platform: NodeJS.Platform, menu: string) =>
    applicationMenu({ platform, devTools: false, show: () => {} })
      .find(({ label }) => label === menu)
      ?.submenu?.map(({ label, role }) => label ?? role);
  for (const name of ['About Spandrel', 'Settings…', 'quit'])
    assert.ok(labels('darwin', 'Spandrel')?.includes(name));
  for (const platform of ['linux', 'win32'] as const) {
    assert.equal(labels(platform, 'Spandrel'), undefined);
    for (const name of ['Settings…', 'quit']) assert.ok(labels(platform, '&File')?.includes(name));
    assert.ok(labels(platform, '&Help')?.includes('About Spandrel'));
  }
  assert.equal(labels('darwin', '&File')?.includes('quit'), false);
});

test('tools for developers are there for developers alone', () => {
  const roles = (devTools: boolean) => itemsOf('linux', () => {}, devTools).map(({ role }) => role);
  assert.equal(roles(false).includes('toggleDevTools'), false);
  assert.equal(roles(true).includes('toggleDevTools'), true);
});

test('the pages are those of the window, in the order of their keys', () => {
  assert.deepEqual(
    PAGES.map(([page]) => page),
    [...RENDERER_PAGES],
  );
});

test('the object of every kind of event can be shown', () => {
  const names = PAGES.map(([page]) => page as string);
  for (const kind of ObjectKind.options) {
    const show = showObject({ kind, object_id: 'x' });
    assert.ok(names.includes(show.page), kind);
    assert.deepEqual(EVENTS.show.parse(show), show);
  }
});

test('the tray’s line names the worst first', () => {
  assert.equal(healthSummary([]), 'No attached disks');
  assert.equal(healthSummary(['optimal']), '1 attached disk: 1 Optimal');
  assert.equal(
    healthSummary(['optimal', 'failed', 'optimal', 'degraded', 'unknown']),
    '5 attached disks: 1 Failed, 1 Degraded, 1 Unknown, 2 Optimal',
  );
});

test('on Linux there is a tray where the session bus knows one', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel-tray-'));
  const { PATH } = process.env;
  t.after(() => {
    process.env.PATH = PATH;
    rmSync(folder, { recursive: true });
  });
  process.env.PATH = folder;
  assert.equal(await hasTray('linux'), false, 'no client of the bus');
  for (const [script, expected] of [
    ['echo "(true,)"', true],
    ['echo "(false,)"', false],
    ['echo "(true,)"; exit 1', false],
    ['[ "$1" = call ] && [ "$2" = --session ] && echo "(true,)"', true],
  ] as const) {
    writeFileSync(join(folder, 'gdbus'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    assert.equal(await hasTray('linux'), expected, script);
  }
  assert.equal(await hasTray('darwin'), true);
  assert.equal(await hasTray('win32'), true);
});

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../../../electron/host/api/call-error.ts';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { temporaryFolder, temporaryMount } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';
import { fill } from './support/entries.ts';

function layoutIn(directory: string): unknown {
  const { layout } = JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as { layout: unknown };
  return layout;
}

test('layouts are written once a second at most, with the last of each, and make no versions', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  const store = ConfigStore.open(directory, log);
  store.update(fill);
  const inode = () => statSync(join(directory, 'config.json')).ino;
  const versions = store.versions();
  const before = inode();
  for (let width = 0; width < 50; width++) store.setLayout('units.width', width);
  store.setLayout('peers.sort', { by: 'name' });
  assert.equal(store.config.layout['units.width'], 49);
  t.mock.timers.tick(999);
  assert.equal(inode(), before);
  t.mock.timers.tick(1);
  assert.notEqual(inode(), before);
  const wanted = {
    'units.columns': ['name', 'size'],
    rail: true,
    'units.width': 49,
    'peers.sort': { by: 'name' },
  };
  assert.deepEqual(layoutIn(directory), wanted);
  const written = inode();
  store.setLayout('units.width', 49);
  t.mock.timers.tick(5000);
  assert.equal(inode(), written, 'nothing changed, so nothing is written');
  assert.deepEqual(store.versions(), versions);
  assert.deepEqual(lines, []);
});

test('a layout not yet written is written with the next change, or at the end', (t) => {
  const directory = temporaryFolder(t);
  const store = ConfigStore.open(directory, collectedLog().log);
  store.setLayout('a', 1);
  store.update(fill);
  assert.deepEqual(layoutIn(directory), { 'units.columns': ['name', 'size'], rail: true });
  store.setLayout('b', 2);
  store.update((draft) => draft.peers.pop());
  assert.deepEqual(layoutIn(directory), { 'units.columns': ['name', 'size'], rail: true, b: 2 });
  store.setLayout('c', 3);
  store.close();
  assert.deepEqual(layoutIn(directory), { 'units.columns': ['name', 'size'], rail: true, b: 2, c: 3 });
});

test('layouts that become too large are refused', (t) => {
  const store = ConfigStore.open(temporaryFolder(t), collectedLog().log);
  store.setLayout('a', 'x'.repeat(200 << 10));
  assert.throws(
    () => store.setLayout('b', 'x'.repeat(60 << 10)),
    (error) => error instanceof InputError && error.field === 'value',
  );
  assert.deepEqual(Object.keys(store.config.layout), ['a']);
  store.close();
});

test('on a full disk a layout waits for room, and the log says so', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const directory = temporaryMount(t, '16k');
  if (directory === null) return;
  const { log, lines } = collectedLog();
  const store = ConfigStore.open(directory, log);
  store.update(fill);
  store.setLayout('large', 'x'.repeat(20_000));
  t.mock.timers.tick(1000);
  assert.match(
    lines.join(),
    /^warn: the layout is not kept: .*config\.json cannot be written: the disk is full$/,
  );
  store.setLayout('large', 'small');
  store.close();
  assert.equal((layoutIn(directory) as { large: string }).large, 'small');
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { emptyConfig } from '../../../electron/host/config/parse-config.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';
import { fill } from './support/entries.ts';

const DAMAGE: readonly [name: string, damage: (text: string) => string | Buffer, cause: RegExp][] = [
  ['empty', () => '', /line 1, column 1: the text ends where a value should stand/],
  ['cut in half', (text) => text.slice(0, text.length / 2), /line \d+, column \d+: /],
  ['all zeros, as after a power failure', (text) => Buffer.alloc(text.length), /line 1, column 1: /],
  ['a list', () => '[]', /expected object, received array/],
  ['wrong in one value', (text) => text.replace('"dark"', '"beige"'), /settings\.theme: /],
  [
    'of a newer Spandrel',
    (text) => text.replace('"version": 1', '"version": 2'),
    /version: 2 is of a newer Spandrel/,
  ],
  ['far too large', () => Buffer.alloc(17 << 20, ' '), /17825792 bytes/],
];

for (const [name, damage, cause] of DAMAGE) {
  test(`a config that is ${name} is kept aside, and the newest version is used`, (t) => {
    const directory = temporaryFolder(t);
    const path = join(directory, 'config.json');
    const good = ConfigStore.open(directory, collectedLog().log);
    good.update(fill);
    const wanted = good.config;
    good.update((draft) => draft.peers.pop());
    const bad = Buffer.from(damage(readFileSync(path, 'utf8')));
    writeFileSync(path, bad);
    const { log, lines } = collectedLog();
    const store = ConfigStore.open(directory, log);
    assert.deepEqual(store.config, wanted);
    const aside = readdirSync(directory).filter((file) => file.startsWith('config.json.bad-'));
    assert.equal(aside.length, 1);
    assert.deepEqual(readFileSync(join(directory, aside[0] as string)), bad);
    const [notice = ''] = store.notices;
    assert.equal(store.notices.length, 1);
    assert.match(notice, cause);
    assert.ok(notice.startsWith(`${path} is damaged (`) && notice.includes(`kept as ${path}.bad-`), notice);
    assert.match(notice, /What was set until \d{4}-.* is used; later changes are to be made again\.$/);
    assert.deepEqual(lines, [`warn: ${notice}`]);
    const again = ConfigStore.open(directory, log);
    assert.deepEqual(again.notices, []);
    assert.deepEqual(again.config, wanted);
  });
}

test('a version that is damaged too is passed over for an older one', (t) => {
  const directory = temporaryFolder(t);
  const good = ConfigStore.open(directory, collectedLog().log);
  good.update(fill);
  const wanted = good.config;
  good.update((draft) => draft.peers.pop());
  good.update((draft) => draft.peers.pop());
  const [newest] = good.versions();
  writeFileSync(join(directory, 'versions', `${newest?.id}.json`), '{');
  writeFileSync(join(directory, 'config.json'), '{');
  const store = ConfigStore.open(directory, collectedLog().log);
  assert.deepEqual(store.config, wanted);
  assert.equal(store.versions().length, 1);
});

test('without any good version the config is empty, and the notice says so', (t) => {
  const directory = temporaryFolder(t);
  writeFileSync(join(directory, 'config.json'), '{');
  const store = ConfigStore.open(directory, collectedLog().log);
  assert.deepEqual(store.config, emptyConfig());
  assert.match(store.notices.join(), /There is no earlier version, so all is to be set up anew\.$/);
});

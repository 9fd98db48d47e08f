import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { NotFoundError } from '../../../electron/host/api/call-error.ts';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { ConfigVersion } from '../../../shared/model/host.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';
import { fill, peer } from './support/entries.ts';

test('the last ten versions are kept, newest first, each with what the next one changed', (t) => {
  const directory = temporaryFolder(t);
  const store = ConfigStore.open(directory, collectedLog().log);
  const began = Date.now();
  for (let i = 0; i < 13; i++) store.update((draft) => draft.peers.push(peer(`p${i}`)));
  const versions = store.versions();
  assert.deepEqual(
    versions.map(({ changes }) => changes),
    [12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((i) => [`peer added: p${i} (10.0.0.1:987)`]),
  );
  for (const version of versions) {
    assert.deepEqual(ConfigVersion.parse(version), version);
    assert.ok(version.at >= began && version.at <= Date.now() + 20);
  }
  assert.equal(readdirSync(join(directory, 'versions')).length, 10);
  assert.deepEqual(ConfigStore.open(directory, collectedLog().log).versions(), versions);
});

test('other files among the versions are none', (t) => {
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  const store = ConfigStore.open(directory, log);
  store.update(fill);
  const versions = store.versions();
  for (const name of ['notes.txt', '1.json.bak', 'x1.json', '9999999999999999.json']) {
    writeFileSync(join(directory, 'versions', name), '{');
  }
  assert.deepEqual(store.versions(), versions);
  assert.deepEqual(lines, []);
});

test('going back tells what changes, keeps the layout, and can itself be gone back on', (t) => {
  const directory = temporaryFolder(t);
  const store = ConfigStore.open(directory, collectedLog().log);
  store.update(fill);
  const full = store.config;
  store.update((draft) => {
    draft.peers = [];
    draft.settings.theme = 'light';
  });
  store.setLayout('rail', 'narrow');
  const layout = store.config.layout;
  const heard: unknown[] = [];
  store.onChange((config) => heard.push(config));
  const [version] = store.versions();
  assert.deepEqual(store.restore(version?.id ?? ''), [
    'peer added: nas (10.0.0.1:987)',
    'peer added: attic (unix:/run/attic.sock)',
    'setting theme: light -> dark',
  ]);
  assert.deepEqual(store.config, { ...full, layout });
  assert.deepEqual(ConfigStore.open(directory, collectedLog().log).config, store.config);
  assert.equal(heard.length, 1);
  const [undo] = store.versions();
  store.restore(undo?.id ?? '');
  assert.deepEqual(store.config.peers, []);
  store.close();
});

test('a version that is not in the list is not there, whatever its name', (t) => {
  const store = ConfigStore.open(temporaryFolder(t), collectedLog().log);
  store.update(fill);
  for (const id of ['', '1', '../config', '../../etc/passwd', `${store.versions()[0]?.id}.json`]) {
    assert.throws(() => store.restore(id), NotFoundError);
  }
});

test('where the clock was set back, the newest version is still the first', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_790_000_000_000 });
  const store = ConfigStore.open(temporaryFolder(t), collectedLog().log);
  store.update((draft) => draft.peers.push(peer('a')));
  t.mock.timers.setTime(1_700_000_000_000);
  store.update((draft) => draft.peers.push(peer('b')));
  assert.deepEqual(
    store.versions().map(({ changes }) => changes),
    [['peer added: b (10.0.0.1:987)'], ['peer added: a (10.0.0.1:987)']],
  );
});

import assert from 'node:assert/strict';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { emptyConfig } from '../../../electron/host/config/parse-config.ts';
import { ExportConfig } from '../../../electron/host/config/schema.ts';
import { HostError } from '../../../electron/host/host-error.ts';
import { runOrSkip, temporaryFolder, temporaryMount } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';
import { exported, fill, peer } from './support/entries.ts';

/** A store that is closed after the test, without anything in the log. */
function openStore(t: TestContext, directory: string): ConfigStore {
  const { log, lines } = collectedLog();
  const store = ConfigStore.open(directory, log);
  t.after(() => {
    store.close();
    assert.deepEqual(lines, []);
  });
  return store;
}

function fileIn(directory: string): string {
  return join(directory, 'config.json');
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

test('a new directory has an empty config, and nothing is written before there is something to keep', (t) => {
  const directory = join(temporaryFolder(t), 'state');
  const store = openStore(t, directory);
  assert.deepEqual(store.config, emptyConfig());
  assert.equal(store.config.settings.theme, 'system');
  assert.deepEqual(store.notices, []);
  assert.deepEqual(store.versions(), []);
  assert.deepEqual(readdirSync(directory), []);
});

test('a change is on disk when the call returns, for its owner alone, and another start finds it', (t) => {
  const directory = join(temporaryFolder(t), 'state');
  const store = openStore(t, directory);
  store.update(fill);
  assert.deepEqual(JSON.parse(readFileSync(fileIn(directory), 'utf8')), store.config);
  assert.deepEqual(openStore(t, directory).config, store.config);
  assert.equal(modeOf(directory), 0o700);
  assert.equal(modeOf(fileIn(directory)), 0o600);
  store.update((draft) => draft.peers.pop());
  assert.equal(modeOf(fileIn(directory)), 0o600);
  assert.equal(modeOf(join(directory, 'versions')), 0o700);
  for (const { id } of store.versions())
    assert.equal(modeOf(join(directory, 'versions', `${id}.json`)), 0o600);
});

test('listeners get the config before and after, in which sections that did not change are the same', (t) => {
  const store = openStore(t, temporaryFolder(t));
  store.update(fill);
  const heard: string[] = [];
  const dispose = store.onChange((config, before) => {
    assert.equal(config, store.config);
    const keys = Object.keys(config) as (keyof typeof config)[];
    heard.push(keys.filter((key) => config[key] !== before[key]).join());
  });
  store.update((draft) => draft.peers.pop());
  store.update((draft) => {
    draft.settings.units = 'si';
    draft.layout.rail = false;
  });
  store.update(() => {});
  store.setLayout('rail', true);
  dispose();
  store.update((draft) => draft.peers.pop());
  assert.deepEqual(heard, ['peers', 'settings,layout', 'layout']);
});

test('a listener that fails is logged, and keeps neither the change nor the others from going on', (t) => {
  const { log, lines } = collectedLog();
  const store = ConfigStore.open(temporaryFolder(t), log);
  let heard = 0;
  store.onChange(() => {
    throw new Error('no');
  });
  store.onChange(() => heard++);
  store.update(fill);
  assert.equal(heard, 1);
  assert.equal(store.config.peers.length, 2);
  assert.deepEqual(lines, ['error: a listener of the config failed']);
});

test('a change that breaks a rule is refused with its place, and nothing changes', (t) => {
  const directory = temporaryFolder(t);
  const store = openStore(t, directory);
  store.update(fill);
  const before = store.config;
  const text = readFileSync(fileIn(directory), 'utf8');
  store.onChange(() => assert.fail('nothing changed'));
  const refused = (change: Parameters<ConfigStore['update']>[0], message: RegExp) =>
    assert.throws(
      () => store.update(change),
      (error) => error instanceof HostError && error.kind === 'usage' && message.test(error.message),
    );
  refused((draft) => draft.peers.push(peer('x', { name: '' })), /: peers\[2\]\.name: /);
  refused(
    (draft) => draft.peers.push(peer('x', { address: '::1:987' })),
    /peers\[2\]\.address: bad address "::1:987"/,
  );
  refused((draft) => draft.peers.push(peer('nas')), /peers\[2\]: "nas" stands in the list twice/);
  refused((draft) => {
    draft.peers = Array.from({ length: 257 }, (_, i) => peer(`p${i}`));
  }, /peers: .*256/);
  assert.throws(
    () =>
      store.update(() => {
        throw new RangeError('of the caller');
      }),
    /of the caller/,
  );
  assert.equal(store.config, before);
  assert.equal(readFileSync(fileIn(directory), 'utf8'), text);
});

test('on a full disk a change is refused with the name of the file, and made once there is room', (t) => {
  const directory = temporaryMount(t, '64k');
  if (directory === null) return;
  const store = openStore(t, directory);
  store.update(fill);
  const before = store.config;
  const text = readFileSync(fileIn(directory), 'utf8');
  const versions = store.versions();
  // Room for a part of the file: half a config must not take its place.
  const hog = join(directory, 'hog');
  writeFileSync(hog, Buffer.alloc(40 << 10));
  const grow = () =>
    store.update((draft) => {
      draft.peers = Array.from({ length: 200 }, (_, i) => peer(`p${i}`));
    });
  assert.throws(grow, (error) => {
    assert.ok(error instanceof HostError);
    assert.equal(error.kind, 'local');
    assert.equal(error.message, `${fileIn(directory)} cannot be written: the disk is full`);
    return true;
  });
  assert.equal(store.config, before);
  assert.equal(readFileSync(fileIn(directory), 'utf8'), text);
  assert.deepEqual(store.versions(), versions);
  writeFileSync(hog, '');
  grow();
  assert.equal(openStore(t, directory).config.peers.length, 200);
});

test('a read-only state directory is read, and a change refused with the name of the file', (t) => {
  const directory = temporaryMount(t, '64k');
  if (directory === null) return;
  openStore(t, directory).update(fill);
  if (runOrSkip(t, 'mount', '-o', 'remount,ro', directory) === null) return;
  const store = openStore(t, directory);
  assert.equal(store.config.peers.length, 2);
  assert.throws(
    () => store.update((draft) => draft.peers.pop()),
    (error) =>
      error instanceof HostError &&
      error.kind === 'local' &&
      error.message.startsWith(join(directory, 'versions')) &&
      error.message.endsWith(' cannot be written: the file system is read-only'),
  );
  assert.equal(store.config.peers.length, 2);
});

test('a file the system does not let us read is no reason to write over it', (t) => {
  const directory = temporaryFolder(t);
  mkdirSync(fileIn(directory));
  assert.throws(
    () => ConfigStore.open(directory, collectedLog().log),
    (error) =>
      error instanceof HostError && error.kind === 'local' && error.message.includes('it is a directory'),
  );
  assert.ok(statSync(fileIn(directory)).isDirectory());
});

test('a config that is a link stays one, and its target is written', (t) => {
  const folder = temporaryFolder(t);
  const directory = join(folder, 'state');
  mkdirSync(directory);
  writeFileSync(join(folder, 'mine.json'), JSON.stringify(emptyConfig()));
  symlinkSync(join(folder, 'mine.json'), fileIn(directory));
  openStore(t, directory).update(fill);
  assert.ok(lstatSync(fileIn(directory)).isSymbolicLink());
  assert.equal(openStore(t, directory).config.peers.length, 2);
  assert.deepEqual(readdirSync(folder).sort(), ['mine.json', 'state']);
});

test('what a process that was killed left behind is gone with the next start', (t) => {
  const directory = temporaryFolder(t);
  const store = openStore(t, directory);
  store.update(fill);
  store.update((draft) => draft.peers.pop());
  const versions = store.versions();
  // Killed after the version was kept and before the new config was in place.
  writeFileSync(join(directory, 'versions', `${Date.now() + 1000}.json`), store.exportText());
  writeFileSync(join(directory, 'versions', '17.json.draft-1'), '{');
  writeFileSync(join(directory, 'config.json.draft-1'), '{');
  assert.deepEqual(openStore(t, directory).versions(), versions);
  assert.deepEqual(readdirSync(directory).sort(), ['config.json', 'versions']);
  assert.equal(readdirSync(join(directory, 'versions')).length, 2);
});

test('an export kept before writers were counted has one', () => {
  const { writers: _, ...older } = exported('e');
  assert.equal(ExportConfig.parse(older).writers, 'one');
});

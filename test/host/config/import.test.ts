import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { InputError } from '../../../electron/host/api/call-error.ts';
import { ConfigStore } from '../../../electron/host/config/config-store.ts';
import { temporaryFolder } from '../../media/folder.ts';
import { collectedLog } from '../support/log.ts';
import { fill } from './support/entries.ts';

function newStore(t: TestContext): ConfigStore {
  return ConfigStore.open(temporaryFolder(t), collectedLog().log);
}

function filled(t: TestContext): ConfigStore {
  const store = newStore(t);
  store.update(fill);
  return store;
}

test('a config exported and imported elsewhere is the same', (t) => {
  const store = filled(t);
  const other = newStore(t);
  const changes = other.import(store.exportText(), false);
  assert.deepEqual(other.config, store.config);
  assert.equal(other.exportText(), store.exportText());
  assert.ok(
    changes.includes('peer added: nas (10.0.0.1:987)') && changes.includes('setting theme: system -> dark'),
  );
  assert.ok(changes.includes('the layout of pages and tables'));
  assert.equal(other.versions().length, 1);
  assert.deepEqual(other.import(store.exportText(), false), []);
  assert.equal(other.versions().length, 1, 'nothing changed');
});

test('a dry run tells the same and changes nothing', (t) => {
  const directory = temporaryFolder(t);
  const store = ConfigStore.open(directory, collectedLog().log);
  store.update(fill);
  const before = store.config;
  const text = readFileSync(join(directory, 'config.json'), 'utf8');
  const wanted = text.replace('10.0.0.1:987', '10.0.0.2:987');
  store.onChange(() => assert.fail('nothing changed'));
  assert.deepEqual(store.import(wanted, true), ['peer nas: address 10.0.0.1:987 -> 10.0.0.2:987']);
  assert.equal(store.config, before);
  assert.equal(readFileSync(join(directory, 'config.json'), 'utf8'), text);
});

test('what a newer minor version added is dropped, and what it may leave out is filled in', (t) => {
  const store = filled(t);
  const foreign = JSON.parse(store.exportText());
  foreign.tags = ['a'];
  foreign.peers[0].colour = 'red';
  foreign.units[0].options.magic = true;
  foreign.settings = { theme: 'dark' };
  const other = newStore(t);
  other.import(`\uFEFF${JSON.stringify(foreign)}`, false);
  assert.deepEqual(other.config, store.config);
});

test('a text that is no config is refused, with the line or the place', (t) => {
  const store = filled(t);
  const text = store.exportText();
  const change = (edit: (config: ReturnType<typeof JSON.parse>) => void): string => {
    const config = JSON.parse(text);
    edit(config);
    return JSON.stringify(config);
  };
  const refused: readonly [text: string, message: RegExp][] = [
    ['', /^line 1, column 1: /],
    [
      text.replace('"peers":', 'peers:'),
      /^line 3, column 3: a name in double quotes should stand where "peers:" is$/,
    ],
    ['7', /expected object/],
    [change((config) => delete config.version), /^version: /],
    [
      change((config) => (config.version = 3)),
      /^version: 3 is of a newer Spandrel; this one reads version 1$/,
    ],
    [change((config) => delete config.exports), /^exports: /],
    [
      change((config) => (config.peers[1].address = 'nas:99999')),
      /^peers\[1\]\.address: bad address "nas:99999"/,
    ],
    [change((config) => (config.peers[1].address = 7)), /^peers\[1\]\.address: .*expected string/],
    [change((config) => (config.units[0].size_bytes = -1)), /^units\[0\]\.size_bytes: /],
    [
      change((config) => (config.units[1].options.no_path = { kind: 'never' })),
      /^units\[1\]\.options\.no_path/,
    ],
    [
      change((config) => (config.units[1].serial = 'S1')),
      /^units\[1\]: "S1\/1073741824\/512" stands in the list twice$/,
    ],
    [
      change((config) => (config.settings.export_listen = ['x'.repeat(400)])),
      /^settings\.export_listen\[0\]: is too long/,
    ],
    [change((config) => (config.layout = { 'Bad Key': 1 })), /^layout\.Bad Key: /],
    [change((config) => (config.peers = [{}, {}])), /^peers\[0\]\.id: .* \(and 9 more\)$/],
  ];
  for (const [bad, message] of refused) {
    assert.throws(
      () => store.import(bad, false),
      (error) => {
        assert.ok(error instanceof InputError, String(error));
        assert.equal(error.field, 'text');
        assert.match(error.message, message);
        return true;
      },
    );
  }
  assert.equal(store.exportText(), text);
});

test('lists in lists without end are refused, not run out of stack on', (t) => {
  const store = filled(t);
  const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
  const text = store.exportText().replace('"rail": true', `"rail": ${deep}`);
  assert.throws(() => store.import(text, false), /^InputError: layout: is nested too deeply$/);
});

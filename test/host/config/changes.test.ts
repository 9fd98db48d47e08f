import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeChanges } from '../../../electron/host/config/changes.ts';
import { emptyConfig } from '../../../electron/host/config/parse-config.ts';
import type { Config } from '../../../electron/host/config/schema.ts';
import { exported, fill, peer, unit } from './support/entries.ts';

/** The lines for a change of a filled config. */
function changesOf(change: (draft: Config) => void): string[] {
  const before = emptyConfig();
  fill(before);
  const after = structuredClone(before);
  change(after);
  return describeChanges(before, after);
}

test('equal configs have no changes', () => {
  assert.deepEqual(
    changesOf(() => {}),
    [],
  );
});

test('a field that changed is told with its value before and after', () => {
  const lines = changesOf((draft) => {
    draft.peers[0] = peer('nas', { address: '10.0.0.2:987', auto_connect: false });
    draft.exports[0] = exported('scratch', { source: 'memory:1G', label: 'fast' });
    draft.settings.theme = 'light';
    draft.settings.metrics_listen = '127.0.0.1:9100';
    draft.settings.export_connect = ['10.0.0.9:987', '10.0.0.8:987'];
  });
  assert.deepEqual(lines, [
    'peer nas: address 10.0.0.1:987 -> 10.0.0.2:987',
    'peer nas: auto_connect on -> off',
    'export scratch: label scratch -> fast',
    'setting theme: dark -> light',
    'setting export_connect: none -> 10.0.0.9:987, 10.0.0.8:987',
    'setting metrics_listen: none -> 127.0.0.1:9100',
  ]);
});

test("a unit's options are told one by one, under the name people gave it", () => {
  const lines = changesOf((draft) => {
    const [first] = draft.units;
    assert.ok(first !== undefined);
    first.options = { ...first.options, no_path: { kind: 'seconds', seconds: 60 }, alias: 'disk7' };
    first.disabled_paths = ['nas/da0'];
  });
  assert.deepEqual(lines, [
    'unit nas/S1: no_path hold -> seconds 60',
    'unit nas/S1: alias none -> disk7',
    'unit nas/S1: disabled_paths none -> nas/da0',
  ]);
  const before = emptyConfig();
  before.units = [unit('S1', { label: '' })];
  assert.deepEqual(describeChanges(before, emptyConfig()), ['unit removed: S1 (S1)']);
});

test('what was added and removed is told with where it comes from', () => {
  const lines = changesOf((draft) => {
    draft.peers.splice(1, 1);
    draft.exports.push(exported('b', { source: '/dev/sdb' }));
    draft.units = draft.units.filter(({ serial }) => serial !== 'S2');
  });
  assert.deepEqual(lines, [
    'peer removed: attic (unix:/run/attic.sock)',
    'export added: b (/dev/sdb)',
    'unit removed: nas/S2 (S2)',
  ]);
});

test('a change of nothing but order, detached disks or layout is still a change', () => {
  assert.deepEqual(
    changesOf((draft) => draft.peers.reverse()),
    ['the order of entries'],
  );
  assert.deepEqual(
    changesOf((draft) => draft.detached.pop()),
    ['the list of detached disks'],
  );
  assert.deepEqual(
    changesOf((draft) => {
      draft.layout.rail = false;
    }),
    ['the layout of pages and tables'],
  );
});

test('of very many changes the rest is counted', () => {
  const lines = changesOf((draft) => {
    draft.units.push(...Array.from({ length: 1000 }, (_, i) => unit(`X${i}`)));
  });
  assert.equal(lines.length, 201);
  assert.equal(lines.at(-1), 'and 800 more');
});

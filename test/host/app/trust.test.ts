import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Input } from '../../../shared/contract.ts';
import type { PeerStage } from '../../../shared/model/peer.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';

const WANTED = {
  source: 'memory:4M',
  label: null,
  serial: 'T1',
  block_bytes: null,
  read_only: false,
} as const;

function peer(address: string, fingerprint: string | null): Input<'peers.add'> {
  return { address, name: null, auto_connect: true, insecure_plain: false, fingerprint };
}

/** A host that exports to others over TLS, and one that uses it; the address stands for "another host". */
async function setup(t: TestContext, access: 'rw' | 'ro' | null = 'rw') {
  const folder = directory(t);
  const server = await AppPage.open(await startHost(t, join(folder, 'server')));
  const client = await AppPage.open(await startHost(t, join(folder, 'client')));
  const keys = {
    server: (await server.call('session.hello', {})).fingerprint as string,
    client: (await client.call('session.hello', {})).fingerprint as string,
  };
  const allow = access === null ? [] : [{ fingerprint: keys.client, access, name: 'the client' }];
  await server.call('settings.update', { export_listen: ['0.0.0.0:0'] });
  const { id } = await server.call('exports.create', { ...WANTED, allow });
  const { bound } = await server.row('listeners', (row) => row.bound !== null, 'the listener');
  return { folder, server, client, keys, allow, id, address: bound as string };
}

function secure(stages: readonly PeerStage[]): PeerStage | undefined {
  return stages.find(({ stage }) => stage === 'secure');
}

test('a new key is shown to be compared; once confirmed it is pinned, and the link is up', async (t) => {
  const { client, keys, address, server } = await setup(t);
  const first = await client.call('peers.test', peer(address, null));
  assert.ok(first.ok);
  assert.deepEqual(secure(first.stages)?.key, { fingerprint: keys.server, trust: 'unknown', pinned: null });

  const { id } = await client.call('peers.add', peer(address, null));
  const waiting = await client.row('peers', (row) => row.id === id && row.error !== null, 'the refusal');
  assert.ok(waiting.error?.includes(keys.server), waiting.error ?? '');
  assert.deepEqual([waiting.security, waiting.fingerprint, waiting.spans], ['tls', null, 0]);
  await client.call('peers.update', { id, fingerprint: keys.server });
  const up = await client.row('peers', (row) => row.state === 'up' && row.spans === 1, 'the link');
  assert.deepEqual([up.security, up.fingerprint], ['tls', keys.server]);

  const again = await client.call('peers.test', peer(address, null));
  assert.deepEqual(secure(again.stages)?.key, {
    fingerprint: keys.server,
    trust: 'pinned',
    pinned: keys.server,
  });
  const { peers, revoked, fingerprint } = await client.call('trust.list', {});
  assert.deepEqual(
    [peers.map((one) => one.fingerprint), revoked, fingerprint],
    [[keys.server], [], keys.client],
  );
  const exported = await server.row('exports', ({ serial }) => serial === 'T1', 'the export');
  assert.deepEqual(exported.allow, [{ fingerprint: keys.client, access: 'rw', name: 'the client' }]);
});

test('another key than the confirmed one is refused at its field, with both', async (t) => {
  const { client, keys, address } = await setup(t);
  const wrong = await client.call('peers.test', peer(address, keys.client));
  const stage = secure(wrong.stages);
  assert.deepEqual([wrong.ok, stage?.state, stage?.error?.field], [false, 'failed', 'fingerprint']);
  assert.deepEqual(stage?.key, { fingerprint: keys.server, trust: 'changed', pinned: keys.client });
  const { id } = await client.call('peers.add', peer(address, keys.client));
  const row = await client.row('peers', (one) => one.id === id && one.error !== null, 'the refusal');
  assert.match(row.error ?? '', /KEY HAS CHANGED/);
});

test('an export is withdrawn from a key that may not use it any more, and offered again', async (t) => {
  const { server, client, keys, address, id, allow } = await setup(t);
  await client.call('peers.add', peer(address, keys.server));
  const disk = await client.row('disks', ({ serial, offered }) => serial === 'T1' && offered, 'the disk');
  await client.call('units.attach', { disk_id: disk.id, options: UNIT_OPTION_DEFAULTS });
  await client.row('units', ({ health }) => health === 'optimal', 'the unit');
  await server.call('exports.allow', { id, allow: allow.map((key) => ({ ...key, access: 'ro' as const })) });
  await server.row('exports', (row) => row.allow[0]?.access === 'ro', 'the list');
  await server.call('exports.allow', { id, allow: [] });
  await client.row('disks', ({ serial, offered }) => serial === 'T1' && !offered, 'the disk withdrawn');
  await server.call('exports.allow', { id, allow });
  await client.row('disks', ({ serial, offered }) => serial === 'T1' && offered, 'the disk again');
  await client.row('units', ({ health }) => health === 'optimal', 'the unit again');
});

test('a revoked key loses its link at once; forgetting lets it in again', async (t) => {
  const { server, client, keys, address } = await setup(t);
  await client.call('peers.add', peer(address, keys.server));
  await client.row('peers', ({ state }) => state === 'up', 'the link');
  await server.call('trust.revoke', { fingerprint: keys.client });
  await client.row('peers', ({ state }) => state !== 'up', 'its end');
  assert.deepEqual(
    (await server.call('trust.list', {})).revoked.map(({ fingerprint }) => fingerprint),
    [keys.client],
  );
  await server.call('trust.forget', { fingerprint: keys.client });
  await client.row('peers', ({ state }) => state === 'up', 'the link again');
});

test('a config without keys loads, and the allow-lists and keys of another come back after a restart', async (t) => {
  const folder = directory(t);
  const state = join(folder, 'state');
  const old = {
    version: 1,
    peers: [{ id: 'p', name: 'p', address: '127.0.0.1:9', auto_connect: false, insecure_plain: false }],
    exports: [
      {
        id: 'e',
        source: 'memory:1M',
        serial: 'E',
        label: 'e',
        block_bytes: 512,
        read_only: false,
        online: true,
      },
    ],
    units: [],
    detached: [],
    settings: {},
    layout: {},
  };
  writeFileSync(join(state, 'config.json'), JSON.stringify(old));
  const first = await startHost(t, state);
  const page = await AppPage.open(first);
  assert.deepEqual((await page.row('exports', ({ id }) => id === 'e', 'the export')).allow, []);
  assert.equal((await page.row('peers', ({ id }) => id === 'p', 'the peer')).fingerprint, null);
  const fingerprint = `SHA256:${'A'.repeat(43)}`;
  await page.call('exports.allow', { id: 'e', allow: [{ fingerprint, access: 'ro', name: null }] });
  await page.call('peers.update', { id: 'p', fingerprint });
  await first.close();
  const again = await AppPage.open(await startHost(t, state));
  const row = await again.row('exports', ({ id }) => id === 'e', 'the export');
  assert.deepEqual(row.allow, [{ fingerprint, access: 'ro', name: null }]);
  assert.equal((await again.row('peers', ({ id }) => id === 'p', 'the peer')).fingerprint, fingerprint);
  const { text } = await again.call('config.export', {});
  assert.ok(!text.includes('PRIVATE KEY'));
});

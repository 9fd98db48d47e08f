import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../../electron/block/device.ts';
import { NbdClient } from '../../../electron/nbd/client.ts';
import { parseNbdUri } from '../../../electron/nbd/uri.ts';
import type { Input } from '../../../shared/contract.ts';
import type { PeerStage } from '../../../shared/model/peer.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { failure, read, submit, write } from '../../block/support/requests.ts';
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
  await server.call('exports.update', { id, allow: allow.map((key) => ({ ...key, access: 'ro' as const })) });
  await server.row('exports', (row) => row.allow[0]?.access === 'ro', 'the list');
  await server.call('exports.update', { id, allow: [] });
  await client.row('disks', ({ serial, offered }) => serial === 'T1' && !offered, 'the disk withdrawn');
  await server.call('exports.update', { id, allow });
  await client.row('disks', ({ serial, offered }) => serial === 'T1' && offered, 'the disk again');
  await client.row('units', ({ health }) => health === 'optimal', 'the unit again');
});

test('a key that may only read from now on: reads go on, writes fail, and go on again with the right', async (t) => {
  const { server, client, keys, address, id, allow } = await setup(t);
  const peerId = (await client.call('peers.add', peer(address, keys.server))).id;
  const disk = await client.row('disks', ({ serial, offered }) => serial === 'T1' && offered, 'the disk');
  await client.call('units.attach', { disk_id: disk.id, options: UNIT_OPTION_DEFAULTS });
  const { name, nbd } = await client.row(
    'units',
    (row) => row.nbd !== null && row.health === 'optimal',
    'xa0',
  );
  const program = await NbdClient.connect(parseNbdUri(nbd as string));
  t.after(() => program.close());
  const [ones, twos] = [Buffer.alloc(4096, 1), Buffer.alloc(4096, 2)];
  await write(program, 0, ones);
  const unitIs = (readOnly: boolean) =>
    client.row(
      'units',
      (row) => row.read_only === readOnly && row.state === 'open',
      readOnly ? 'read-only' : 'writable',
    );
  assert.equal((await unitIs(false)).guarantee, 'fenced');

  await server.call('exports.update', { id, allow: allow.map((key) => ({ ...key, access: 'ro' as const })) });
  for (let i = 0; i < 3; i++) {
    const error = await failure(submit(program, BlockOp.write, { data: twos }));
    assert.equal(error.code, 'readonly');
  }
  const refused = await unitIs(true);
  assert.deepEqual(
    [refused.read_only_reason, refused.health, refused.guarantee, refused.paths[0]?.access],
    ['refused', 'optimal', null, 'read_only'],
  );
  assert.deepEqual(await read(program, 0, 4096), ones);

  // The same after a loss of the link: the unit finds its path, and holds nothing.
  await client.call('peers.disconnect', { id: peerId });
  await client.row('units', (row) => row.state === 'holding', 'the loss');
  await client.call('peers.connect', { id: peerId });
  assert.deepEqual(await read(program, 0, 4096), ones);
  assert.equal((await failure(submit(program, BlockOp.write, { data: twos }))).code, 'readonly');
  assert.equal((await unitIs(true)).health, 'optimal');

  await server.call('exports.update', { id, allow });
  assert.equal((await unitIs(false)).read_only_reason, null);
  await write(program, 0, twos);
  assert.deepEqual(await read(program, 0, 4096), twos);

  const told = await client.until(() => {
    const found = client.events.filter(({ object, to }) => object === name && to?.startsWith('read-'));
    return found.length >= 2 && found;
  }, 'both events');
  assert.deepEqual(
    told.map(({ to, severity }) => [to, severity]),
    [
      ['read-only', 'warning'],
      ['read-write', 'info'],
    ],
  );
  const { events } = await eventsOf(server, 'export');
  const writes = events.filter(({ to }) => to === 'refused: read-only');
  assert.deepEqual(
    writes.map(({ severity, object_id, count }) => [severity, object_id, count]),
    [['warning', id, 1]],
  );
  assert.ok(writes[0]?.text.includes(keys.client) && /Options/.test(writes[0].text), writes[0]?.text);
});

function eventsOf(page: AppPage, kind: 'export' | 'listener') {
  const filter = { kind, object_id: null, severity: null, text: '', from: null, to: null } as const;
  return page.call('events.query', { filter, before: null, limit: 100 });
}

test('who is refused at a listener is an event, once per peer and reason, with what to do', async (t) => {
  const { folder, server, client, keys, address } = await setup(t);
  const stranger = await AppPage.open(await startHost(t, join(folder, 'stranger')));
  const strange = (await stranger.call('session.hello', {})).fingerprint as string;
  await server.call('trust.revoke', { fingerprint: keys.client });
  for (let i = 0; i < 3; i++) {
    await client.call('peers.test', peer(address, keys.server));
    await stranger.call('peers.test', peer(address, keys.server));
    // A plain client: TLS is not asked for within a machine.
    await stranger.call('peers.test', peer(address.replace('0.0.0.0', '127.0.0.1'), null));
  }
  const wanted = ['not-allowed', 'plain', 'revoked'];
  const told = await server.until(() => {
    const found = server.events.filter(({ kind }) => kind === 'listener');
    return found.length >= wanted.length && found;
  }, 'the events');
  const { events } = await eventsOf(server, 'listener');
  assert.deepEqual(
    events.map(({ to }) => to).sort(),
    wanted.map((reason) => `refused: ${reason}`),
  );
  assert.equal(told.length, wanted.length, 'none comes again');
  for (const [reason, key, fix] of [
    ['not-allowed', strange, /Options/],
    ['plain', '', /--tls/],
    ['revoked', keys.client, /Settings, Security/],
  ] as const) {
    const event = events.find(({ to }) => to === `refused: ${reason}`);
    assert.equal(event?.severity, 'warning');
    assert.equal(event?.object_id, '0.0.0.0:0');
    assert.ok(event.text.includes(key), event.text);
    assert.match(event.text, fix);
  }
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
  await page.call('exports.update', { id: 'e', allow: [{ fingerprint, access: 'ro', name: null }] });
  await page.call('peers.update', { id: 'p', fingerprint });
  await first.close();
  const again = await AppPage.open(await startHost(t, state));
  const row = await again.row('exports', ({ id }) => id === 'e', 'the export');
  assert.deepEqual(row.allow, [{ fingerprint, access: 'ro', name: null }]);
  assert.equal((await again.row('peers', ({ id }) => id === 'p', 'the peer')).fingerprint, fingerprint);
  const { text } = await again.call('config.export', {});
  assert.ok(!text.includes('PRIVATE KEY'));
});

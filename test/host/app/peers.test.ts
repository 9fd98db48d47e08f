import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Input } from '../../../shared/contract.ts';
import type { PeerStage } from '../../../shared/model/peer.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';
import { TestExporter } from './support/exporters.ts';

function input(address: string, more: Partial<Input<'peers.add'>> = {}): Input<'peers.add'> {
  return { address, name: null, auto_connect: true, insecure_plain: false, ...more };
}

async function setup(t: TestContext) {
  const folder = directory(t);
  const host = await startHost(t, join(folder, 'state'));
  return { folder, host, page: await AppPage.open(host) };
}

test('a test of a peer goes step by step, tells what it offers, and saves nothing', async (t) => {
  const { folder, page } = await setup(t);
  const exporter = await TestExporter.start(t, folder, 'a', 'memory:1M', 'S1');
  const news: PeerStage[] = [];
  const result = await page.call('peers.test', input(exporter.address), (stage) =>
    news.push(stage as PeerStage),
  );
  assert.ok(result.ok);
  assert.deepEqual(
    result.stages.map(({ stage, state }) => `${stage} ${state}`),
    ['address ok', 'resolve skipped', 'connect ok', 'secure skipped', 'protocol ok', 'spans ok', 'rtt ok'],
  );
  assert.deepEqual(result.spans, [{ serial: 'S1', label: 'test/S1', size_bytes: 1 << 20, block_bytes: 512 }]);
  assert.ok(result.rtt_ms !== null && result.rtt_ms >= 0);
  assert.deepEqual([...new Set(news.map(({ state }) => state))], ['running', 'ok', 'skipped']);
  assert.equal(page.tables.peers.size, 0);
});

/** A listener that is no peer. */
async function strangers(t: TestContext, hello: string | null, hangUp = false): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    if (hello !== null) socket.write(hello);
    if (hangUp) socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  return `127.0.0.1:${port}`;
}

test('each way a peer can be wrong has its own step, field and message', async (t) => {
  const { folder, page } = await setup(t);
  const closed = await strangers(t, null, true);
  const cases: [string, PeerStage['stage'], string, RegExp][] = [
    ['host:99999', 'address', 'address', /no port/],
    ['', 'address', 'address', /./],
    ['no-such-host.invalid:987', 'resolve', 'address', /unknown host/],
    ['127.0.0.1:1', 'connect', 'address', /refused/],
    [`unix:${join(folder, 'nobody.sock')}`, 'connect', 'address', /no such socket/],
    [
      await strangers(t, `SSH-2.0-OpenSSH_9.2p1${'x'.repeat(100)}\r\n`),
      'protocol',
      'address',
      /something else than DMSG/,
    ],
    [await strangers(t, null), 'protocol', 'address', /does not introduce itself/],
    [closed, 'protocol', 'address', /closed the connection/],
  ];
  const messages = new Set<string>();
  for (const [address, stage, field, message] of cases) {
    if (address === '') continue;
    const { ok, stages } = await page.call('peers.test', input(address));
    assert.equal(ok, false, address);
    const failed = stages.at(-1);
    assert.deepEqual([failed?.stage, failed?.state, failed?.error?.field], [stage, 'failed', field], address);
    assert.match(failed?.detail ?? '', message);
    messages.add(failed?.detail ?? '');
  }
  assert.equal(messages.size, cases.length - 1, 'no two alike');
  const unknown = await page.call('peers.test', input('no-such-host.invalid:987', { insecure_plain: true }));
  assert.equal(unknown.stages.at(-1)?.stage, 'resolve');
  assert.match(unknown.stages.at(-1)?.detail ?? '', /unknown host/);
});

test('a test that is cancelled ends at once', async (t) => {
  const { page } = await setup(t);
  const silent = await strangers(t, null);
  let cancel = (): void => {};
  const news = (stage: unknown): void => {
    if ((stage as PeerStage).stage === 'protocol') cancel();
  };
  let atMs = 0;
  const answer = page.call('peers.test', input(silent), news, (id) => {
    cancel = () => {
      atMs = performance.now();
      page.receive({ cancel: id });
    };
  });
  await assert.rejects(answer, /cancelled/);
  assert.ok(performance.now() - atMs < 500);
});

test('a peer is added, renamed, disconnected, connected, forgotten; its disks come and go', async (t) => {
  const { folder, page } = await setup(t);
  const exporter = await TestExporter.start(t, folder, 'a', 'memory:1M', 'S1');
  const { id } = await page.call('peers.add', input(exporter.address, { name: 'nas' }));
  await page.row('peers', (peer) => peer.id === id && peer.state === 'up' && peer.spans === 1, 'the peer');
  const disk = await page.row('disks', (row) => row.serial === 'S1' && row.offered, 'its disk');
  assert.deepEqual(
    disk.paths.map(({ peer, link, use, access }) => ({ peer, link, use, access })),
    [{ peer: 'nas', link: 'up', use: 'standby', access: 'not_asked' }],
  );
  const twice = await page.failure('peers.add', input(exporter.address));
  assert.deepEqual([twice.code, twice.field], ['usage', 'address']);
  await page.call('peers.update', { id, name: 'nas-2' });
  await page.row('peers', (peer) => peer.name === 'nas-2', 'the new name');
  await page.call('peers.disconnect', { id });
  await page.row('peers', (peer) => peer.state === 'disconnected', 'the end of the link');
  const gone = await page.row('disks', (row) => !row.offered, 'the disk is not offered');
  assert.equal(gone.paths[0]?.link, 'down');
  assert.ok(gone.last_seen >= gone.first_seen);
  await page.call('peers.connect', { id });
  await page.row('disks', (row) => row.offered, 'the disk is back');
  await page.call('peers.forget', { id });
  await page.until(() => page.tables.peers.size === 0, 'the peer is forgotten');
  const missing = await page.failure('peers.connect', { id });
  assert.equal(missing.code, 'not_found');
});

test('a link to another host has TLS, unless a plain one is allowed', async (t) => {
  const { page } = await setup(t);
  for (const [address, plain, security] of [
    ['192.0.2.7:987', false, 'tls'],
    ['192.0.2.8:987', true, 'plain'],
  ] as const) {
    const { id } = await page.call(
      'peers.add',
      input(address, { insecure_plain: plain, auto_connect: false }),
    );
    const row = await page.row('peers', (peer) => peer.id === id, address);
    assert.deepEqual([row.security, row.fingerprint], [security, null]);
  }
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NbdClient } from '../../../electron/nbd/client.ts';
import { parseNbdUri } from '../../../electron/nbd/uri.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';
import { TestExporter } from './support/exporters.ts';

/** A host with a disk offered over two paths. */
async function setup(t: TestContext, readOnly = false) {
  const folder = directory(t);
  const exporters = [
    await TestExporter.start(t, folder, 'a', 'memory:1M', 'S1', readOnly),
    await TestExporter.start(t, folder, 'b', 'memory:1M', 'S1', readOnly),
  ] as const;
  const state = join(folder, 'state');
  const host = await startHost(t, state);
  const page = await AppPage.open(host);
  for (const { address } of exporters) {
    await page.call('peers.add', { address, name: null, auto_connect: true, insecure_plain: false });
  }
  const disk = await page.row('disks', (row) => row.paths.length === 2 && row.offered, 'the disk');
  return { folder, exporters, host, page, disk, state };
}

const OPTIONS = { ...UNIT_OPTION_DEFAULTS, no_path: { kind: 'seconds', seconds: 2 } } as const;

test('one disk over two peers is one unit; losing paths is told step by step, and their return', async (t) => {
  const { exporters, page, disk } = await setup(t);
  const { unit } = await page.call('units.attach', { disk_id: disk.id, options: OPTIONS });
  const attached = await page.row('units', (row) => row.health === 'optimal' && row.nbd !== null, 'the unit');
  assert.deepEqual([unit, attached.name, attached.paths.length], ['xa0', 'xa0', 2]);
  await page.row('units', (row) => row.state === 'idle', 'the first look at it is over');
  const client = await NbdClient.connect(parseNbdUri(attached.nbd as string));
  t.after(() => client.close());
  const open = await page.row('units', (row) => row.state === 'open' && row.users.length === 1, 'the client');
  const active = open.paths.find(({ use }) => use === 'active');
  assert.equal(active?.access, 'granted');

  const [first, second] = exporters[0].address === active?.peer ? exporters : [exporters[1], exporters[0]];
  await first.stop();
  const single = await page.row('units', (row) => row.health === 'single_path', 'one path left');
  assert.ok(single.paths.some((path) => path.peer === second.address && path.link === 'up'));
  await second.stop();
  const holding = await page.row(
    'units',
    (row) => row.health === 'holding' && row.fails_at !== null,
    'holding',
  );
  assert.ok((holding.fails_at ?? 0) > Date.now() - 1000);
  await page.row('units', (row) => row.health === 'failed', 'after two seconds');
  await first.start();
  await second.start();
  const back = await page.row(
    'units',
    (row) => row.health === 'optimal' && row.state === 'open',
    'all is well',
  );
  assert.equal(back.paths.length, 2, 'the paths are those known before');
  assert.deepEqual(back.paths.map(({ id }) => id).sort(), attached.paths.map(({ id }) => id).sort());
  const words = () => page.events.filter(({ kind, notify }) => kind === 'unit' && notify).map(({ to }) => to);
  await page.until(() => words().at(-1) === 'optimal', 'the events');
  assert.deepEqual(words().slice(0, 3), ['single_path', 'holding', 'failed']);
  const lost = page.events.find(({ kind, to }) => kind === 'path' && to === 'lost');
  assert.equal(lost?.severity, 'warning');
  assert.ok(
    page.events.some(({ to, duration_ms }) => to === 'failover' && duration_ms !== null),
    'the stall is told with its length',
  );
});

test('detach: refused while a client has it, with the plan and the holder; by force only with the label', async (t) => {
  const { page, disk } = await setup(t);
  const { unit } = await page.call('units.attach', { disk_id: disk.id, options: OPTIONS });
  const { nbd } = await page.row('units', (row) => row.nbd !== null && row.state === 'idle', 'the unit');
  const client = await NbdClient.connect(parseNbdUri(nbd as string));
  t.after(() => client.close());
  const plan = await page.call('units.detach_plan', { unit });
  assert.deepEqual([plan.busy, plan.clients.length, plan.label], [true, 1, 'test/S1']);
  assert.ok(plan.steps.some(({ blocked_by }) => blocked_by !== null));
  const refused = await page.failure('units.detach', { unit, force: false, label: null });
  assert.equal(refused.code, 'busy');
  assert.equal(refused.holders.length, 1);
  const unlabelled = await page.failure('units.detach', { unit, force: true, label: 'wrong' });
  assert.deepEqual([unlabelled.code, unlabelled.field], ['usage', 'label']);
  assert.equal(page.tables.units.size, 1, 'nothing was torn down');
  const done = await page.call('units.detach', { unit, force: true, label: 'test/S1' });
  await page.until(() => page.tables.units.size === 0, 'the unit is gone');
  const again = await page.call('units.attach', { disk_id: done.disk_id, options: done.options });
  assert.equal(again.unit, unit, 'undone: the same number');
});

test('a restart brings units, options and peers back, also while no peer is there', async (t) => {
  const { exporters, host, page, disk, state } = await setup(t);
  const options = { ...OPTIONS, alias: 'scratch', path_policy: 'nearest' } as const;
  await page.call('units.attach', { disk_id: disk.id, options });
  const before = await page.row('units', (row) => row.state === 'idle' && row.nbd !== null, 'the unit');
  const disabled = before.paths[0]?.id as string;
  await page.call('units.path', { unit: 'xa0', path: disabled, action: 'disable' });
  await page.row('units', (row) => row.paths.some(({ use }) => use === 'disabled'), 'a disabled path');
  await host.close();
  for (const exporter of exporters) await exporter.stop();
  const second = await startHost(t, state);
  const reopened = await AppPage.open(second);
  const waiting = await reopened.row('units', (row) => row.name === 'xa0', 'the unit without its peers');
  assert.deepEqual([waiting.health, waiting.options], ['unknown', options]);
  for (const exporter of exporters) await exporter.start();
  const back = await reopened.row(
    'units',
    (row) => row.paths.length === 2 && row.health === 'optimal',
    'its paths',
  );
  assert.equal(back.nbd, before.nbd);
  assert.deepEqual(
    back.paths.filter(({ use }) => use === 'disabled').map(({ id }) => id),
    [disabled],
  );
});

test('a read-only disk says why, hidden units are not served', async (t) => {
  const { page, disk } = await setup(t, true);
  const { unit } = await page.call('units.attach', {
    disk_id: disk.id,
    options: { ...OPTIONS, exposed: false },
  });
  const row = await page.row('units', (one) => one.read_only, 'the unit, read-only');
  assert.deepEqual([row.read_only_reason, row.nbd], ['refused', null]);
  await page.call('units.update', { unit, options: { exposed: true } });
  await page.row('units', (one) => one.nbd !== null, 'served now');
  const refused = await page.failure('units.update', { unit, options: { read_only: true } });
  assert.equal(refused.field, 'options.read_only');
});

test('contents of a disk are looked at before and after it is attached', async (t) => {
  const { page, disk } = await setup(t);
  for (const target of [{ disk_id: disk.id }, { unit: 'xa0' }]) {
    if ('unit' in target) await page.call('units.attach', { disk_id: disk.id, options: OPTIONS });
    const found = await page.call('contents.inspect', { target });
    assert.deepEqual([found.blank, found.table, found.size_bytes], [true, 'none', 1 << 20]);
    const { data } = await page.call('contents.read', { target, offset: 512, length: 1024 });
    assert.equal(Buffer.from(data, 'base64').length, 1024);
  }
  const beyond = await page.failure('contents.read', {
    target: { unit: 'xa0' },
    offset: 2 << 20,
    length: 512,
  });
  assert.notEqual(beyond.code, 'internal');
});

test('a hidden page is told nothing; seen again it gets what changed', async (t) => {
  const { host, page, disk } = await setup(t);
  await page.call('session.watch', {
    visible: false,
    units: 'all',
    paths_of: [],
    exports: [],
    peers: [],
    latency: [],
  });
  const mark = page.heard.length;
  const other = await AppPage.open(host);
  await page.call('units.attach', { disk_id: disk.id, options: OPTIONS });
  await other.row('units', ({ name }) => name === 'xa0', 'another page sees it');
  await other.until(() => other.figures.length > 2, 'three seconds of figures there');
  assert.deepEqual(page.heard.slice(mark), []);
  await page.call('session.watch', {
    visible: true,
    units: [],
    paths_of: [],
    exports: [],
    peers: [],
    latency: [],
  });
  await page.row('units', ({ name }) => name === 'xa0', 'the unit');
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { AppPage, directory, startHost } from './support/app-page.ts';
import { scrape } from './support/scrape.ts';

const ANY = { kind: null, object_id: null, severity: null, text: '', from: null, to: null };
const PEER = { address: '127.0.0.1:1', name: 'nas', auto_connect: false, insecure_plain: false };

async function setup(t: TestContext) {
  const folder = directory(t);
  const state = join(folder, 'state');
  const host = await startHost(t, state);
  return { folder, state, host, page: await AppPage.open(host) };
}

test('a config is exported, wiped, looked at before import, imported: identical', async (t) => {
  const { folder, page } = await setup(t);
  await page.call('peers.add', PEER);
  await page.call('settings.update', { units: 'si', theme: 'dark' });
  await page.call('layout.set', { key: 'units', value: { sort: 'size' } });
  const { text } = await page.call('config.export', {});
  const other = await AppPage.open(await startHost(t, join(folder, 'other')));
  const look = await other.call('config.import', { text, dry_run: true });
  assert.ok(look.changes.some((line) => line.includes('nas')));
  assert.equal(other.tables.peers.size, 0, 'a dry run changes nothing');
  await other.call('config.import', { text, dry_run: false });
  await other.row('peers', ({ name }) => name === 'nas', 'the peer');
  assert.equal((await other.call('config.export', {})).text, text);
  const bad = await other.failure('config.import', { text: '{"version": 1, "peers": 5}', dry_run: false });
  assert.deepEqual([bad.code, bad.field], ['usage', 'text']);
});

test('an earlier version of the config is gone back to, and the host follows', async (t) => {
  const { page } = await setup(t);
  await page.call('peers.add', PEER);
  const peer = await page.row('peers', ({ name }) => name === 'nas', 'the peer');
  await page.call('peers.forget', { id: peer.id });
  await page.until(() => page.tables.peers.size === 0, 'it is forgotten');
  const { versions } = await page.call('config.versions', {});
  const [newest] = versions;
  assert.ok(newest !== undefined && newest.changes.length > 0);
  await page.call('config.restore', { id: newest.id });
  await page.row('peers', ({ id }) => id === peer.id, 'the peer is back');
});

test('a setting that is wrong is refused at its field and changes nothing; one left out stays', async (t) => {
  const { page } = await setup(t);
  await page.call('settings.update', { units: 'si' });
  const settings = await page.call('settings.update', { clock: 'utc' });
  assert.deepEqual([settings.units, settings.clock], ['si', 'utc']);
  const cases: [object, string][] = [
    [{ export_listen: ['nowhere:99999'] }, 'export_listen'],
    [{ nbd_listen: '0.0.0.0:10809' }, 'nbd_listen'],
    [{ metrics_listen: '0.0.0.0:9736' }, 'metrics_listen'],
    [{ theme: 'pink' }, 'theme'],
  ];
  for (const [patch, field] of cases) {
    const error = await page.failure('settings.update', patch);
    assert.deepEqual([error.code, error.field], ['usage', field], JSON.stringify(patch));
  }
  const hello = await page.call('session.hello', {});
  assert.deepEqual(hello.settings, settings);
});

test('NBD is served to other hosts only while plain links are allowed, whatever way the setting came', async (t) => {
  const { page } = await setup(t);
  await page.call('demo.start', {});
  await page.call('settings.update', { insecure_plain: true, nbd_listen: '0.0.0.0:0' });
  await page.row('units', ({ nbd }) => nbd?.includes('0.0.0.0') === true, 'served to others');
  const { text } = await page.call('config.export', {});
  await page.call('settings.update', { insecure_plain: false });
  await page.row('units', ({ nbd }) => nbd === null, 'served no more');
  // As somebody might edit the file.
  const edited = text.replace('"insecure_plain": true', '"insecure_plain": false');
  assert.notEqual(edited, text);
  await page.call('settings.update', { nbd_listen: '' });
  await page.row('units', ({ nbd }) => nbd !== null, 'served to this machine');
  await page.call('config.import', { text: edited, dry_run: false });
  await page.row('units', ({ nbd }) => nbd === null, 'an imported address is no better');
  const { lines } = await page.call('log.tail', { lines: 50 });
  assert.ok(lines.some(({ text: line }) => line.includes('refusing to serve NBD on 0.0.0.0:0')));
});

test('history, events and diagnostics of the demo; events are there after a restart', async (t) => {
  const { state, host, page } = await setup(t);
  const { unit } = await page.call('demo.start', {});
  const from = Date.now() - 60_000;
  const series = await page
    .until(() => (page.figures.length >= 4 ? true : undefined), 'four seconds')
    .then(() =>
      page.call('history.read', {
        keys: [`unit:${unit}`, 'total'],
        from,
        to: Date.now(),
        points: 100,
        columns: ['reads', 'read_p99_us'],
      }),
    );
  const [own, total] = series.series;
  assert.deepEqual([own?.key, total?.key], [`unit:${unit}`, 'total']);
  const known = own?.avg.reads?.filter((value) => value !== null) ?? [];
  assert.ok(known.length >= 2 && known.some((value) => value > 0));
  assert.ok(
    own?.avg.reads?.some((value) => value === null),
    'before the start there is a gap',
  );
  const files = (await page.call('diagnostics.preview', {})).files.map(({ name }) => name);
  assert.deepEqual(files, ['about.json', 'config.json', 'state.json', 'events.json', 'log.txt']);
  await page.call('demo.stop', {});
  await page.until(() => page.events.some(({ to }) => to === 'detached'), 'its end');
  await host.close();
  const again = await AppPage.open(await startHost(t, state));
  const { events } = await again.call('events.query', {
    filter: { ...ANY, kind: 'unit' },
    before: null,
    limit: 50,
  });
  assert.ok(events.some(({ to }) => to === 'attached') && events.some(({ to }) => to === 'detached'));
  assert.equal((await again.call('session.hello', {})).empty, true, 'nothing of the demo is kept');
});

test('metrics are off until an address is set, and tell the same as the figures', async (t) => {
  const { folder, page } = await setup(t);
  assert.equal((await page.call('session.hello', {})).metrics, null);
  const { unit } = await page.call('demo.start', {});
  const socketPath = join(folder, 'metrics.sock');
  await page.call('settings.update', { metrics_listen: `unix:${socketPath}` });
  await page.until(() => page.figures.length >= 3, 'some figures');
  const text = await scrape(socketPath);
  const reads = new RegExp(`^spandrel_unit_reads_total\\{[^}]*unit="${unit}"[^}]*\\} (\\d+)`, 'm').exec(text);
  assert.ok(Number(reads?.[1]) > 0, text.slice(0, 2000));
  assert.equal((await page.call('session.hello', {})).metrics, `unix:${socketPath}`);
});

test('a copy becomes a job that outlives its page; it can be cancelled, and dismissed', async (t) => {
  const { folder, host, page } = await setup(t);
  const { unit } = await page.call('demo.start', {});
  const to = join(folder, 'copy.img');
  const input = { from: unit, to, verify: false, overwrite: false, rate_limit_bytes: 8 << 20 };
  const { id } = await page.call('jobs.copy', input);
  page.close();
  const other = await AppPage.open(host);
  const running = await other.row('jobs', (job) => job.id === id && job.done_bytes > 0, 'the job goes on');
  assert.equal(running.size_bytes, 256 << 20);
  assert.match(running.command, /^spandrel copy 'dmsg\+unix:/);
  assert.deepEqual(host.runningJobs.length, 1);
  await other.call('jobs.cancel', { id });
  const ended = await other.row('jobs', (job) => job.state === 'cancelled', 'it is cancelled');
  assert.match(ended.summary ?? '', /copy\.img/);
  await other.call('jobs.dismiss', { id });
  await other.until(() => other.tables.jobs.size === 0, 'it is gone');
  const wrong = await other.failure('jobs.copy', { ...input, from: 'xa99' });
  assert.deepEqual([wrong.code, wrong.field], ['usage', 'from']);
});

test('a benchmark measures a unit; writing needs its label', async (t) => {
  const { page } = await setup(t);
  const { unit } = await page.call('demo.start', {});
  const refused = await page.failure('jobs.benchmark', { unit, seconds: 1, write: true, label: 'wrong' });
  assert.equal(refused.code === 'busy' || refused.field === 'label', true);
  const { id } = await page.call('jobs.benchmark', { unit, seconds: 1, write: false, label: null });
  const done = await page.row('jobs', (job) => job.id === id && job.state === 'done', 'the results');
  assert.ok(done.benchmark.length >= 3 && done.benchmark.every((test) => test.requests_per_second > 0));
});

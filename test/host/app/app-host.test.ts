import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { figure } from '../../../shared/model/figures.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';

test('a host with nothing configured: empty, and the demo brings everything to life', async (t) => {
  const host = await startHost(t, join(directory(t), 'state'));
  const page = await AppPage.open(host);
  const hello = await page.call('session.hello', {});
  assert.deepEqual([hello.empty, hello.version, hello.notices], [true, '0.0.0-test', []]);
  const { unit } = await page.call('demo.start', {});
  const row = await page.row('units', (u) => u.name === unit && u.state === 'open', 'the demo unit');
  assert.equal(row.health, 'optimal');
  assert.equal(row.paths.length, 2);
  assert.ok(row.demo);
  await page.row('peers', (peer) => peer.state === 'up' && peer.demo && peer.spans === 1, 'its peer');
  const busy = await page.until(
    () => page.figures.find(({ rows }) => (figure(rows[`unit:${unit}`], 'reads') ?? 0) > 0),
    'reads',
  );
  assert.ok((figure(busy.rows[`unit:${unit}`], 'read_p99_us') ?? 0) > 0);
  assert.equal((await page.call('session.hello', {})).empty, false);
  await page.call('demo.stop', {});
  await page.until(() => page.tables.units.size === 0 && page.tables.peers.size === 0, 'the end of the demo');
  await page.until(() => page.tables.disks.size === 0, 'nothing left of it');
});

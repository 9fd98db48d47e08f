import assert from 'node:assert/strict';
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../../electron/block/device.ts';
import { NbdClient } from '../../../electron/nbd/client.ts';
import { parseNbdUri } from '../../../electron/nbd/uri.ts';
import type { Input } from '../../../shared/contract.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { failure, submit, write } from '../../block/support/requests.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';

function wanted(source: string, more: Partial<Input<'exports.create'>> = {}): Input<'exports.create'> {
  return { source, label: null, serial: null, block_bytes: null, read_only: false, ...more };
}

/** A host that offers its exports on a socket, and a file to offer. */
async function setup(t: TestContext) {
  const folder = directory(t);
  const file = join(folder, 'disk.img');
  writeFileSync(file, '');
  truncateSync(file, 1 << 20);
  const host = await startHost(t, join(folder, 'state'));
  const page = await AppPage.open(host);
  const address = `unix:${join(folder, 'exports.sock')}`;
  await page.call('settings.update', { export_listen: [address] });
  return { folder, file, host, page, address };
}

test('an export is checked, created, used by another host, taken offline and back, removed', async (t) => {
  const { folder, file, page, address } = await setup(t);
  const check = await page.call('exports.check', wanted(file));
  assert.deepEqual([check.size_bytes, check.block_bytes, check.in_use_by], [1 << 20, 512, []]);
  assert.match(check.serial, /^SPN-/);
  assert.equal(page.tables.exports.size, 0, 'a check makes nothing');
  assert.equal(page.tables.listeners.size, 0, 'nothing is listened on without an export');

  const { id } = await page.call('exports.create', wanted(file, { label: 'nas/scratch' }));
  const row = await page.row('exports', (one) => one.state === 'online', 'the export');
  assert.deepEqual([row.id, row.label, row.serial], [id, 'nas/scratch', check.serial]);
  await page.row('listeners', ({ bound }) => bound === address, 'its address');

  const client = await AppPage.open(await startHost(t, join(folder, 'other')));
  await client.call('peers.add', { address, name: null, auto_connect: true, insecure_plain: false });
  const disk = await client.row(
    'disks',
    ({ serial }) => serial === check.serial,
    'the disk at the other host',
  );
  await client.call('units.attach', { disk_id: disk.id, options: UNIT_OPTION_DEFAULTS });
  const unit = await client.row('units', ({ health }) => health === 'optimal', 'the unit');
  assert.equal(unit.size_bytes, 1 << 20);

  await page.call('exports.set_online', { id, online: false });
  await page.row('exports', ({ state }) => state === 'offline', 'offline');
  await page.call('exports.set_online', { id, online: true });
  await page.row('exports', ({ state }) => state === 'online', 'online again');
  await page.call('exports.remove', { id, force: true });
  await page.until(() => page.tables.exports.size === 0, 'no export');
  await client.row('units', ({ health }) => health === 'holding', 'the unit without its disk');
  await page.until(() => page.tables.listeners.size === 0, 'no address listened on');
});

test('what is wrong with an export is told at its field', async (t) => {
  const { folder, file, page } = await setup(t);
  const cases: [Input<'exports.create'>, string, RegExp][] = [
    [wanted(join(folder, 'missing.img')), 'source', /missing\.img/],
    [wanted(folder), 'source', /directory/],
    [wanted('memory:lots'), 'source', /memory:lots/],
    [wanted(file, { serial: 'x'.repeat(200) }), 'serial', /127/],
  ];
  for (const [input, field, message] of cases) {
    for (const command of ['exports.check', 'exports.create'] as const) {
      const error = await page.failure(command, input);
      assert.deepEqual([error.code, error.field], ['usage', field], `${command} ${input.source}`);
      assert.match(error.message, message);
    }
  }
  await page.call('exports.create', wanted(file, { serial: 'TWICE' }));
  const twice = await page.failure('exports.create', wanted('memory:1M', { serial: 'TWICE' }));
  assert.deepEqual([twice.code, twice.field], ['usage', 'serial']);
});

test('an address that is taken is told, and listened on once it is free', async (t) => {
  const { page } = await setup(t);
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const { port } = blocker.address() as { port: number };
  const address = `127.0.0.1:${port}`;
  await page.call('settings.update', { export_listen: [address] });
  await page.call('exports.create', wanted('memory:1M'));
  await page.row('listeners', ({ error }) => error?.includes('already in use') === true, 'the trouble');
  await new Promise((resolve) => blocker.close(resolve));
  await page.row('listeners', ({ bound }) => bound === address, 'the address, tried again');
});

test('exports come back after a restart; one whose file is gone is shown as failed', async (t) => {
  const { folder, file, host, page } = await setup(t);
  await page.call('exports.create', wanted(file, { serial: 'A' }));
  await page.call('exports.create', wanted('memory:1M', { serial: 'B' }));
  await host.close();
  rmSync(file);
  const again = await AppPage.open(await startHost(t, join(folder, 'state')));
  const failed = await again.row('exports', ({ serial }) => serial === 'A', 'the one without its file');
  assert.equal(failed.state, 'failed');
  assert.match(failed.error ?? '', /disk\.img/);
  assert.equal((await again.row('exports', ({ serial }) => serial === 'B', 'the other')).state, 'online');
  writeFileSync(file, Buffer.alloc(1 << 20));
  await again.call('exports.set_online', { id: failed.id, online: true });
  await again.row('exports', ({ serial, state }) => serial === 'A' && state === 'online', 'its file is back');
});

test('a second writer is told why it only reads, and writes once many may', async (t) => {
  const { folder, file, page, address } = await setup(t);
  const { id } = await page.call('exports.create', wanted(file, { serial: 'ONE' }));
  assert.equal((await page.row('exports', ({ state }) => state === 'online', 'the export')).writers, 'one');
  const attach = async (name: string): Promise<{ client: AppPage; open(): Promise<NbdClient> }> => {
    const client = await AppPage.open(await startHost(t, join(folder, name)));
    await client.call('peers.add', { address, name: null, auto_connect: true, insecure_plain: false });
    const disk = await client.row('disks', ({ serial, offered }) => serial === 'ONE' && offered, 'the disk');
    await client.call('units.attach', { disk_id: disk.id, options: UNIT_OPTION_DEFAULTS });
    const unit = await client.row('units', (row) => row.guarantee !== null && row.nbd !== null, 'the unit');
    const open = async (): Promise<NbdClient> => {
      const program = await NbdClient.connect(parseNbdUri(unit.nbd as string));
      t.after(() => program.close());
      return program;
    };
    return { client, open };
  };
  const [first, second] = [await attach('first'), await attach('second')];
  const data = Buffer.alloc(4096, 1);
  await write(await first.open(), 0, data);
  const reader = await second.open();
  assert.equal((await failure(submit(reader, BlockOp.write, { data }))).code, 'readonly');
  const refused = await second.client.row('units', (row) => row.read_only, 'the unit, read-only');
  assert.deepEqual([refused.read_only_reason, refused.health], ['other_writer', 'optimal']);

  await page.call('exports.update', { id, writers: 'many' });
  const row = await page.row('exports', ({ writers }) => writers === 'many', 'the export for many');
  assert.deepEqual(row.allow, [], 'what is not given stays');
  await second.client.row('units', (unit) => !unit.read_only && unit.state === 'open', 'the right to write');
  await write(await second.open(), 0, data);
  const told = await second.client.until(() => {
    const found = second.client.events.filter(({ to }) => to?.startsWith('read-'));
    return found.length >= 2 && found;
  }, 'both events');
  assert.deepEqual(
    told.map(({ to }) => to),
    ['read-only', 'read-write'],
  );
  assert.match(told[0]?.text ?? '', /another client has it open for writing/);
});

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Command, Flag } from '../../../electron/dmsg/constants.ts';
import { parseAddress } from '../../../electron/stream/address.ts';
import { connect } from '../../../electron/stream/connect.ts';
import { Peer } from '../../e2e/support/peer.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';
import { TestExporter } from './support/exporters.ts';

/** A broken limit is a failure, not a wait for ever. */
const LIMIT_MS = 30_000;

async function setup(t: TestContext) {
  const folder = directory(t);
  const page = await AppPage.open(await startHost(t, join(folder, 'state')));
  return { folder, page };
}

/** The page's host exports a disk. @returns where */
async function exporting(page: AppPage): Promise<string> {
  await page.call('settings.update', { export_listen: ['127.0.0.1:0'] });
  await page.call('exports.create', {
    source: 'memory:1M',
    label: null,
    serial: 'L1',
    block_bytes: null,
    read_only: false,
  });
  const { bound } = await page.row('listeners', (row) => row.bound !== null, 'the listener');
  return bound as string;
}

test('limits that are set hold at once, for a link that stands; the journal tells of an end', {
  timeout: LIMIT_MS,
}, async (t) => {
  const { page } = await setup(t);
  const address = await exporting(page);
  const [bad, good] = await Promise.all([
    Peer.introducedOn(await connect(parseAddress(address))),
    Peer.introducedOn(await connect(parseAddress(address))),
  ]);
  t.after(() => good.destroy());
  await page.call('settings.update', { limits: { transactions: 128, control_messages: 1_000_000 } });
  for (let i = 0; i <= 128; i++) bad.send({ cmd: 0x00001a01 | Flag.CREATE, msgid: bad.id() });
  await bad.closed;
  const event = await page.until(
    () => page.events.find(({ cause }) => cause?.includes('limit transactions=128')),
    'the event',
  );
  assert.deepEqual([event.severity, event.kind, event.actor], ['warning', 'host', 'remote']);
  assert.match(event.text, /^127\.0\.0\.1:\d+ at 127\.0\.0\.1:0: a limit per peer was reached/);
  good.send({ cmd: Command.LNK_PING });
  await good.pinged();
});

test('a peer that was dialled is held to the limits: its row and the journal tell the reason', {
  timeout: LIMIT_MS,
}, async (t) => {
  const { folder, page } = await setup(t);
  const other = await TestExporter.start(t, folder, 'other', 'memory:1M', 'S1');
  await page.call('settings.update', { limits: { spans: 1 } });
  const { id } = await page.call('peers.add', {
    address: other.address,
    name: 'other',
    auto_connect: true,
    insecure_plain: false,
  });
  await page.row('peers', (row) => row.id === id && row.state === 'up' && row.spans === 1, 'the peer');
  const source = await AppPage.open(await startHost(t, join(directory(t), 'state')));
  const address = await exporting(source);
  await source.call('exports.create', {
    source: 'memory:1M',
    label: null,
    serial: 'L2',
    block_bytes: null,
    read_only: false,
  });
  await page.call('peers.add', { address, name: 'many', auto_connect: true, insecure_plain: false });
  const row = await page.row(
    'peers',
    (one) => one.name === 'many' && one.state === 'waiting',
    'the end of the link',
  );
  assert.equal(row.error, 'more than 1 spans offered (limit spans=1)');
  await page.until(
    () => page.events.find(({ object, cause }) => object === 'many' && cause?.includes('limit spans=1')),
    'the event',
  );
  assert.equal(page.tables.peers.get(id)?.state, 'up');
});

test('limits out of their range are refused; changes of the config name each', {
  timeout: LIMIT_MS,
}, async (t) => {
  const { page } = await setup(t);
  const error = await page.failure('settings.update', { limits: { transactions: 1 } });
  assert.match(error.message, /transactions is .*from 128 to 1,048,576/);
  await page.call('settings.update', { limits: { spans: 7 } });
  await page.call('settings.update', { limits: { links: 5 } });
  const { versions } = await page.call('config.versions', {});
  assert.deepEqual(versions[0]?.changes, ['setting spans: 7 -> usual', 'setting links: usual -> 5']);
  const { settings } = await page.call('session.hello', {});
  assert.deepEqual(settings.limits, { links: 5 });
});

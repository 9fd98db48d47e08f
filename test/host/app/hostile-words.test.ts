import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { BlockOp } from '../../../electron/block/device.ts';
import { NbdClient } from '../../../electron/nbd/client.ts';
import { parseNbdUri } from '../../../electron/nbd/uri.ts';
import { formatAddress } from '../../../electron/stream/address.ts';
import { printable } from '../../../electron/stream/text.ts';
import { UNIT_OPTION_DEFAULTS } from '../../../shared/model/unit.ts';
import { failure, submit } from '../../block/support/requests.ts';
import { Random } from '../../dmsg/support/random.ts';
import { Net } from '../../target/support/net.ts';
import { parseMetrics } from '../metrics/parse.ts';
import {
  assertPlain,
  assertPlainFolder,
  assertPlainLines,
  assertPlainValue,
  hostileWords,
  startHostile,
  watchPrototypes,
} from '../support/hostile-words.ts';
import { AppPage, directory, startHost } from './support/app-page.ts';
import { scrape } from './support/scrape.ts';

/** What the words of a hostile exporter become on their way to pages, log, journal, metrics and files. */

test('whatever an exporter calls itself, its disks and its errors, it is plain text everywhere, and nothing ends', async (t) => {
  const words = hostileWords(new Random());
  const prototypesStand = watchPrototypes();
  const folder = directory(t);
  const net = new Net(t);
  const address = formatAddress(await startHostile(net, words));
  const state = join(folder, 'state');
  const host = await startHost(t, state, 'info');
  const page = await AppPage.open(host);

  const looked = await page.call(
    'peers.test',
    { address, name: null, auto_connect: true, insecure_plain: false },
    (stage) => assertPlainValue(stage, 'a stage of the test'),
  );
  assert.ok(looked.ok);
  assertPlainValue(looked, 'the test of the peer');

  await page.call('peers.add', { address, name: null, auto_connect: true, insecure_plain: false });
  await page.until(() => page.tables.disks.size === words.length, 'a disk for each word');
  const serials = [...page.tables.disks.values()].map(({ serial }) => serial);
  assert.deepEqual(serials.sort(), words.map(cutToLabel).map(printable).sort());

  const socketPath = join(folder, 'metrics.sock');
  await page.call('settings.update', { metrics_listen: `unix:${socketPath}` });
  for (const { id, serial } of page.tables.disks.values()) {
    const seen = await page.failure('contents.inspect', { target: { disk_id: id } });
    assertPlainValue(seen, `the contents of ${serial}`);
    await page.call('units.attach', { disk_id: id, options: UNIT_OPTION_DEFAULTS });
  }
  await page.until(() => page.tables.units.size === words.length, 'a unit for each word');
  const { nbd } = await page.row('units', (unit) => unit.nbd !== null, 'a unit that is served');
  const client = await NbdClient.connect(parseNbdUri(nbd as string));
  t.after(() => client.close());
  for (let i = 0; i < words.length; i++) {
    const { message } = await failure(submit(client, BlockOp.read, { length: 512 }));
    assertPlain(message, 'an error for a client');
  }
  await page.until(() => page.figures.length >= 2, 'some figures');
  const samples = parseMetrics(await scrape(socketPath));
  for (const { labels } of samples) assertPlainValue(labels, 'labels of a metric');
  assert.ok(samples.filter(({ name }) => name === 'spandrel_unit_info').length >= words.length);

  const { lines } = await page.call('log.tail', { lines: 2000 });
  assertPlainValue(lines, 'the log');
  for (const word of ['\\u{1b}', '\\u{202e}', '/dev/sda', '__proto__'])
    assert.ok(
      lines.some(({ text }) => text.includes(`console: `) && text.includes(word)),
      `${word} in the log`,
    );
  for (const table of Object.values(page.tables)) assertPlainValue(table, 'a table');
  assertPlainValue(page.events, 'the journal');
  assert.ok(page.events.some(({ kind }) => kind === 'disk'));
  assert.equal(page.dropped, undefined);

  const numbers = new Map([...page.tables.units.values()].map(({ disk_id, name }) => [disk_id, name]));
  await client.close();
  await host.close();
  assert.ok(assertPlainFolder(state, /\.ring$/) > 3);
  const again = await AppPage.open(await startHost(t, state));
  await again.until(() => again.tables.units.size === words.length, 'the units of before');
  assert.deepEqual(
    new Map([...again.tables.units.values()].map(({ disk_id, name }) => [disk_id, name])),
    numbers,
  );
  assertPlainLines(JSON.stringify([...again.tables.units.values()]), 'units after a restart');
  prototypesStand();
});

/** What a label has room for. */
function cutToLabel(word: string): string {
  const field = new Uint8Array(127);
  const { written } = new TextEncoder().encodeInto(word, field);
  return Buffer.from(field.subarray(0, written)).toString('utf8');
}

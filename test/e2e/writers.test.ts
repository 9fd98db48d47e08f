import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { NbdClient } from '../../electron/nbd/client.ts';
import { parseNbdUri } from '../../electron/nbd/uri.ts';
import { formatAddress, parseAddress } from '../../electron/stream/address.ts';
import { read, write } from '../block/support/requests.ts';
import { BadLink, BOTH } from '../faults/net/bad-link.ts';
import { addressOf, attached, exported } from './support/disk.ts';
import { Sandbox } from './support/sandbox.ts';
import type { EventOf, Spandrel } from './support/spandrel.ts';

/** Two engines, as processes of their own, that want to write one disk. */

const SERIAL = 'ONE-WRITER';
const DATA = Buffer.alloc(4096, 7);

async function program(t: TestContext, uri: string): Promise<NbdClient> {
  const client = await NbdClient.connect(parseNbdUri(uri));
  t.after(() => client.close());
  return client;
}

const may =
  (reason: EventOf<'unit'>['read_only_reason']) =>
  ({ state, read_only, read_only_reason }: EventOf<'unit'>): boolean =>
    state === 'open' && read_only === (reason !== null) && read_only_reason === reason;

/** An exporter for each flag list, all of one file. */
async function exporters(box: Sandbox, ...flags: readonly string[][]): Promise<Spandrel<'export'>[]> {
  const file = box.file('disk.img', 1 << 20);
  return Promise.all(flags.map((more) => exported(box, file, '--serial', SERIAL, ...more)));
}

for (const where of ['one exporter', 'two exporters of one file'] as const) {
  test(`${where}: the second engine reads, and writes soon after the first was killed`, async (t) => {
    const box = new Sandbox(t);
    const places = await exporters(box, ...(where === 'one exporter' ? [[]] : [[], []]));
    const peers = places.map(addressOf) as [string, ...string[]];
    const first = await attached(box, [peers[0]]);
    await write(await program(t, first.uri), 0, DATA);
    const second = await attached(box, [peers.at(-1) as string]);
    assert.deepEqual(
      [second.client.ready.read_only, second.client.ready.units[0]?.read_only_reason],
      [true, 'other_writer'],
    );
    const reader = await program(t, second.uri);
    assert.deepEqual([reader.readOnly, await read(reader, 0, 4096)], [true, DATA]);
    const mark = second.client.mark;
    const killedMs = performance.now();
    await first.client.kill();
    const { atMs } = await second.client.waitForEvent('unit', may(null), mark);
    t.diagnostic(`may write ${(atMs - killedMs).toFixed(0)} ms after the kill`);
    await write(await program(t, second.uri), 0, Buffer.alloc(4096, 8));
    await second.client.stop();
    for (const place of places) await place.stop();
  });
}

test('with --writers many both write', async (t) => {
  const box = new Sandbox(t);
  const [place] = (await exporters(box, ['--writers', 'many'])) as [Spandrel<'export'>];
  assert.equal(place.ready.exports[0]?.writers, 'many');
  const engines = [await attached(box, [addressOf(place)]), await attached(box, [addressOf(place)])];
  const programs = await Promise.all(engines.map(({ uri }) => program(t, uri)));
  for (const each of programs) await write(each, 0, DATA);
  for (const { client } of engines) await client.stop();
});

test('an engine that was killed comes again as the client it was, though its link is not over', async (t) => {
  const box = new Sandbox(t);
  // The exporter hears nothing of the death, and waits long for the silence to end.
  const [place] = (await exporters(box, ['--limit', 'silent_seconds=60'])) as [Spandrel<'export'>];
  const link = await BadLink.start(parseAddress(addressOf(place), 0));
  t.after(() => link.close());
  const first = await attached(box, [formatAddress(link.address)]);
  await write(await program(t, first.uri), 0, DATA);
  link.blackHole(BOTH, false);
  await first.client.kill();
  const startMs = performance.now();
  const again = await attached(box, [addressOf(place)]);
  t.diagnostic(`again after ${(performance.now() - startMs).toFixed(0)} ms`);
  assert.equal(again.client.ready.read_only, false);
  await write(await program(t, again.uri), 0, DATA);
  await again.client.stop();
});

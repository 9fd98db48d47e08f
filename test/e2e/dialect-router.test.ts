import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CliEvent } from '../../shared/events.ts';
import { randomFile, sha256 } from './support/data.ts';
import { ANY_PORT, addressOf, attached, exported } from './support/disk.ts';
import { without } from './support/needs.ts';
import { Sandbox } from './support/sandbox.ts';
import type { Spandrel } from './support/spandrel.ts';

const MIB = 1 << 20;
const DISK_BYTES = 64 * MIB;

const skip = without('nbdcopy', 'qemu-io');

/** Copy random data in through a gateway and out again; both ends must have it. */
async function inAndOut(box: Sandbox, file: string, uri: string): Promise<void> {
  const source = box.path('random');
  const wanted = await randomFile(source, DISK_BYTES);
  const back = box.path('back');
  await box.runOk('nbdcopy', '--flush', source, uri);
  await box.runOk('nbdcopy', uri, back);
  assert.deepEqual(await Promise.all([sha256(file), sha256(back)]), [wanted, wanted]);
}

/** Hops to each disk a peer offers. */
async function distances(box: Sandbox, peer: string): Promise<(number | null)[]> {
  const events: CliEvent[] = await box.events('spans', peer);
  return events.flatMap((event) => (event.event === 'disk' ? [event.distance] : []));
}

/** A chain of routers, the first of which the exporter connects to. @returns the addresses, in order */
async function routers(box: Sandbox, count: number, ...flags: string[]): Promise<string[]> {
  const addresses: string[] = [];
  for (let i = 0; i < count; i++) {
    const before = addresses.at(-1);
    const towards = before === undefined ? [] : ['--connect', before];
    addresses.push(addressOf(await box.start('route', '--listen', ANY_PORT, ...towards, ...flags)));
  }
  return addresses;
}

for (const hops of [1, 2]) {
  test(`data through ${hops} router${hops > 1 ? 's' : ''}, distance counted`, { skip }, async (t) => {
    const box = new Sandbox(t);
    const chain = await routers(box, hops);
    const [first, last] = [chain[0] as string, chain.at(-1) as string];
    const file = box.file('disk.img', DISK_BYTES);
    const exporter = await box.start('export', file, '--connect', first);
    const { client, uri } = await attached(box, [last]);
    assert.equal(client.ready.units[0]?.distance, hops);
    assert.deepEqual(await distances(box, last), [hops]);
    if (hops > 1) assert.deepEqual(await distances(box, first), [1]);
    await inAndOut(box, file, uri);
    await client.stop();
    await exporter.stop();
  });
}

/** Its messages of up to 1 MiB reach an exporter that takes 64 KiB, which ends the router's link each time. */
for (const [theirs, ours] of [
  ['2014', '2014'],
  ['2014', 'current'],
  ['current', '2014'],
] as const) {
  const title = `a router between an exporter of ${theirs} and a client of ${ours}`;
  test(title, { skip }, async (t) => {
    const box = new Sandbox(t);
    const [router] = await routers(box, 1);
    const file = box.file('disk.img', DISK_BYTES);
    await box.start('export', file, '--connect', router as string, '--dialect', theirs);
    const { uri } = await attached(box, [router as string], '--dialect', ours);
    await inAndOut(box, file, uri);
  });
}

const DIALECTS = ['auto', 'current', '2014'] as const;
type Dialect = (typeof DIALECTS)[number];

for (const theirs of DIALECTS) {
  for (const ours of DIALECTS) {
    const spoken = theirs === 'auto' ? ours : theirs;
    const understood = ours === 'auto' || ours === spoken;
    if (understood) {
      test(`exporter ${theirs}, client ${ours}`, { skip }, (t) => understand(t, theirs, ours, spoken));
    } else test(`exporter ${theirs}, client ${ours}: no common dialect`, (t) => disagree(t, theirs, ours));
  }
}

async function understand(t: TestContext, theirs: Dialect, ours: Dialect, spoken: Dialect): Promise<void> {
  const box = new Sandbox(t);
  const file = box.file('disk.img', DISK_BYTES);
  const exporter = await exported(box, file, '--dialect', theirs);
  const { client, uri } = await attached(box, [addressOf(exporter)], '--dialect', ours);
  await client.waitForLog(['link up', `dialect ${spoken === 'auto' ? 'current' : spoken}`]);
  await inAndOut(box, file, uri);
  await largeRequests(box, uri);
  await client.stop();
  await exporter.stop();
}

/** Requests of more than the 64 KiB a message of 2014 can carry, and not of a multiple of it. */
async function largeRequests(box: Sandbox, uri: string): Promise<void> {
  const commands = ['write -P 0x5a 512 4193792', 'read -P 0x5a 512 4193792', 'read -P 0x5a 65024 66048'];
  const text = await box.runOk('qemu-io', '-f', 'raw', ...commands.flatMap((c) => ['-c', c]), uri);
  assert.doesNotMatch(text, /failed/i);
}

async function disagree(t: TestContext, theirs: Dialect, ours: Dialect): Promise<void> {
  const box = new Sandbox(t);
  const exporter: Spandrel<'export'> = await exported(box, 'memory:16M', '--dialect', theirs);
  const peer = addressOf(exporter);
  const { status, stdout, messages } = await box.cli('attach', peer, '--dialect', ours, '--wait', '2');
  assert.equal(status, 3, messages.join('\n'));
  assert.equal(stdout, '');
  assert.equal(messages.length, 1);
  assert.match(messages[0] ?? '', new RegExp(`${peer}.*dialect`));
  t.diagnostic(messages[0] ?? '');
}

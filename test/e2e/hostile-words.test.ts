import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { NbdClient } from '../../electron/nbd/client.ts';
import { parseNbdUri } from '../../electron/nbd/uri.ts';
import { formatAddress } from '../../electron/stream/address.ts';
import { Random } from '../dmsg/support/random.ts';
import {
  assertPlainFolder,
  assertPlainLines,
  assertPlainValue,
  hostileWords,
  startHostile,
} from '../host/support/hostile-words.ts';
import { Net } from '../target/support/net.ts';
import { Sandbox } from './support/sandbox.ts';

/** What the words of a hostile exporter become on their way through the command line. */

async function setup(t: TestContext) {
  const words = hostileWords(new Random());
  const net = new Net(t);
  const start = async (offered: readonly string[]): Promise<string> =>
    formatAddress(await startHostile(net, offered));
  return { words, start, box: new Sandbox(t) };
}

test('the table has a line for each disk, events and log are plain', async (t) => {
  const { words, start, box } = await setup(t);
  const peer = await start(words);
  const shown = await box.cli('spans', peer);
  assert.equal(shown.status, 0, shown.stderr);
  assert.equal(shown.stdout.split('\n').length, words.length + 1, shown.stdout);
  assertPlainLines(shown.stdout, 'the table');
  assertPlainLines(shown.stderr, 'the log for people');
  const json = await box.cli('spans', peer, '--json');
  assertPlainLines(json.stdout, 'the events');
  assertPlainLines(json.stderr, 'the log for machines');
  const lines = json.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  assert.equal(lines.length, words.length + 1);
  assertPlainValue(lines, 'an event');
});

test('errors of the disk end a copy with one plain line each', async (t) => {
  const { words, start, box } = await setup(t);
  const peer = await start(words);
  for (const [i, serial] of ['__proto__', '=cmd|calc', '../../../../etc/cron.d/x'].entries()) {
    const { status, messages, stderr } = await box.cli(
      'copy',
      `dmsg://${peer}/${encodeURIComponent(serial)}`,
      box.path(`${i}.img`),
    );
    assert.equal(status, 5, stderr);
    assert.equal(messages.length, 1, stderr);
    assertPlainLines(stderr, serial);
  }
});

test('units keep their numbers whatever their serial, and nothing of it becomes a path', async (t) => {
  const { words, start, box } = await setup(t);
  const first = await box.start('attach', await start(words), '--nbd', `unix:${box.path('nbd')}`);
  assert.equal(first.ready.units.length, words.length);
  assertPlainValue(first.ready, 'ready');
  for (const name of [
    'valueOf',
    '__defineGetter__',
    '__lookupGetter__',
    'isPrototypeOf',
    '',
    'xa',
    '../xa0',
    'xa0\n',
  ]) {
    const uri = { address: { kind: 'unix', path: box.path('nbd') }, exportName: name } as const;
    await assert.rejects(NbdClient.connect(uri), { code: 'unknown-export' }, JSON.stringify(name));
  }
  const one = await NbdClient.connect(parseNbdUri(first.ready.nbd as string));
  await one.close();
  const numbers = new Map(first.ready.units.map(({ serial, unit }) => [serial, unit]));
  await first.stop();
  // Whoever comes first takes the lowest number that is free.
  const second = await box.start('attach', await start(['new', ...words.toReversed()]));
  for (const { serial, unit } of second.ready.units) {
    if (serial !== 'new') assert.equal(unit, numbers.get(serial), serial);
  }
  await second.stop();
  assertPlainFolder(box.path('state'), /^$/);
  const { units } = JSON.parse(readFileSync(join(box.path('state'), 'unit-numbers.json'), 'utf8')) as {
    units: object;
  };
  assert.equal(Object.keys(units).length, words.length + 1);
  assert.ok(Object.hasOwn(units, '__proto__'));
});

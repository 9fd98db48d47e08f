import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { OpenFence } from '../../electron/dmsg/open-fence.ts';
import { Attachments } from '../../electron/host/attachments.ts';
import { Child } from '../e2e/support/child.ts';
import { temporaryFolder } from '../media/folder.ts';
import { killWriters } from './support/killed-writer.ts';
import { collectedLog } from './support/log.ts';

const CLAIMER = new URL('support/attachment-claimer.ts', import.meta.url);
const DISK = { serial: 'S1', label: 'nas/disk', sizeBytes: 1 << 20, blockBytes: 512 };

/** The one file that is kept of one disk. */
function fileOf(directory: string): string {
  const folder = join(directory, 'attachments');
  const [name] = readdirSync(folder).filter((entry) => entry.endsWith('.json'));
  assert.ok(name !== undefined);
  return join(folder, name);
}

function change(directory: string, fields: object): void {
  const path = fileOf(directory);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...fields }));
}

/** A process that claims the disk. It lives until the test is over. */
async function claimedElsewhere(
  t: TestContext,
  directory: string,
): Promise<{ child: Child; claim: OpenFence }> {
  const child = new Child(process.execPath, ['--import', 'tsx', fileURLToPath(CLAIMER), directory, 'once']);
  t.after(() => child.signal('SIGKILL'));
  while (!child.stdout.includes('\n')) await Promise.race([child.printed(), child.ended]);
  return { child, claim: JSON.parse(child.stdout) as OpenFence };
}

test('the successor of a killed process is the same client, in a later epoch', async (t) => {
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  const { child, claim } = await claimedElsewhere(t, directory);
  const beside = new Attachments(directory, log).claim(DISK);
  assert.notEqual(beside.client, claim.client, 'while it lives, another one is somebody else');
  child.signal('SIGKILL');
  await child.ended;
  const successor = new Attachments(directory, log).claim(DISK);
  assert.equal(successor.client, claim.client);
  assert.ok(successor.epoch >= claim.epoch + 2 ** 20, 'room for the opens of the one before');
  const other = new Attachments(directory, log).claim({ ...DISK, sizeBytes: 2 << 20 });
  assert.notEqual(other.client, claim.client, 'another disk of the same serial');
  assert.deepEqual(lines, []);
});

test('a pid that came again is not the process it was', (t) => {
  const directory = temporaryFolder(t);
  const { log } = collectedLog();
  const first = new Attachments(directory, log).claim(DISK);
  change(directory, { pid: process.ppid, started: 'long ago' });
  assert.equal(new Attachments(directory, log).claim(DISK).client, first.client);
});

test('a state directory copied to another host is nobody there', (t) => {
  const directory = temporaryFolder(t);
  const { log } = collectedLog();
  const first = new Attachments(directory, log).claim(DISK);
  change(directory, { host: 'another-host' });
  assert.notEqual(new Attachments(directory, log).claim(DISK).client, first.client);
});

test('a damaged file makes a new client, and is told', (t) => {
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  const first = new Attachments(directory, log).claim(DISK);
  writeFileSync(fileOf(directory), '{"version":1,"host":');
  assert.notEqual(new Attachments(directory, log).claim(DISK).client, first.client);
  assert.match(lines.join(), /cannot be read, so it is made anew/);
});

test('where nothing can be kept it works all the same, and is told', (t) => {
  const directory = temporaryFolder(t);
  const { log, lines } = collectedLog();
  writeFileSync(join(directory, 'attachments'), 'a file stands in the way');
  assert.match(new Attachments(directory, log).claim(DISK).client, /^[0-9a-f]{32}$/);
  assert.match(lines.join(), /who attaches S1 is not kept/);
});

test('disks attached long ago are forgotten', (t) => {
  const directory = temporaryFolder(t);
  const { log } = collectedLog();
  mkdirSync(join(directory, 'attachments'));
  for (let i = 0; i < 1_200; i++) writeFileSync(join(directory, 'attachments', `old-${i}.json`), '{}');
  new Attachments(directory, log).claim(DISK);
  assert.ok(readdirSync(join(directory, 'attachments')).length <= 1_001);
});

test('killed at any moment, the epochs of a client never come twice', async (t) => {
  const directory = temporaryFolder(t);
  let highest = 0;
  let client: string | undefined;
  const kills = { script: CLAIMER, kills: 12, lines: [1, 30], turns: 50 } as const;
  await killWriters(
    t,
    kills,
    () => [directory, 'always'],
    (said) => {
      const claims = said.map((line) => JSON.parse(line) as OpenFence);
      client ??= claims[0]?.client;
      for (const claim of claims) {
        assert.equal(claim.client, client);
        assert.ok(claim.epoch > highest, `${claim.epoch} after ${highest}`);
        highest = claim.epoch;
      }
      return existsSync(`${fileOf(directory)}.lock`);
    },
  );
});

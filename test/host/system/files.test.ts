import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { InputError } from '../../../electron/host/api/call-error.ts';
import { listFiles } from '../../../electron/host/system/files.ts';
import { COMMANDS } from '../../../shared/contract.ts';
import { loopDevice, temporaryFile, temporaryFolder, withoutRights } from '../../media/folder.ts';

const MIB = 1 << 20;

/** A listing, checked against the contract. */
async function listed(path: string | null) {
  return COMMANDS['files.list'].output.parse(await listFiles(path));
}

test('folders come first, then files, each by name, numbers by their value', async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ['disk10.img', 'disk2.img', 'Disk1.img', '.hidden']) {
    writeFileSync(join(folder, name), 'x');
  }
  for (const name of ['zoo', 'archive']) mkdirSync(join(folder, name));
  symlinkSync(join(folder, 'archive'), join(folder, 'link to archive'));
  symlinkSync('/nowhere', join(folder, 'broken'));
  const { path, parent, entries, cut } = await listed(folder);
  assert.deepEqual([path, parent, cut], [folder, join(folder, '..'), false]);
  assert.deepEqual(
    entries.map(({ name, kind }) => [name, kind]),
    [
      ['archive', 'folder'],
      ['link to archive', 'folder'],
      ['zoo', 'folder'],
      ['.hidden', 'file'],
      ['broken', 'other'],
      ['Disk1.img', 'file'],
      ['disk2.img', 'file'],
      ['disk10.img', 'file'],
    ],
  );
  const [, , , hidden, broken] = entries;
  assert.deepEqual([hidden?.size_bytes, hidden?.path], [1, join(folder, '.hidden')]);
  assert.ok(Math.abs(Date.now() - (hidden?.modified_at ?? 0)) < 60_000);
  assert.deepEqual([broken?.size_bytes, broken?.modified_at], [null, null]);
});

test('without a path the home folder is listed; the root has no parent', async () => {
  assert.equal((await listed(null)).path, homedir());
  assert.equal((await listed('/')).parent, null);
  assert.equal((await listed('/usr/../usr/.')).path, '/usr');
});

test('a device is listed with its size', async (t) => {
  const device = loopDevice(t, temporaryFile(t, 3 * MIB));
  if (device === null) return;
  const entry = (await listed('/dev')).entries.find(({ path }) => path === device);
  assert.deepEqual([entry?.kind, entry?.size_bytes], ['block_device', 3 * MIB]);
});

test('of a large folder the first 2,000 are listed, and that it is cut is told', async (t) => {
  const folder = temporaryFolder(t);
  for (let i = 0; i < 2005; i++) writeFileSync(join(folder, `file${i}`), '');
  mkdirSync(join(folder, 'z'));
  const { entries, cut } = await listed(folder);
  assert.deepEqual([entries.length, cut], [2000, true]);
  assert.deepEqual([entries[0]?.name, entries[1]?.name, entries.at(-1)?.name], ['z', 'file0', 'file1998']);
});

test('what cannot be listed is told with its path and cause', async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const secret = join(folder, 'secret');
  mkdirSync(secret);
  chmodSync(secret, 0o000);
  const refused = async (path: string, message: string): Promise<void> => {
    await assert.rejects(listFiles(path), (error) => {
      assert.ok(error instanceof InputError && error.field === 'path');
      assert.equal(error.message, message);
      return true;
    });
  };
  await refused(join(folder, 'none'), `${join(folder, 'none')} is not there`);
  await refused(file, `${file} is no folder`);
  await withoutRights(() => refused(secret, `${secret} may not be read by this user`));
});

test('what may not be looked at is listed all the same', async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, 'file'), 'text');
  chmodSync(folder, 0o444); // its names may be read, and no more
  const entries = await withoutRights(async () => (await listed(folder)).entries);
  chmodSync(folder, 0o755);
  assert.deepEqual(
    entries.map(({ name, kind, size_bytes }) => [name, kind, size_bytes]),
    [['file', 'file', null]],
  );
});

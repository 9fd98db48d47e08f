import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type SystemRoots, usesOf } from '../../../electron/host/system/block-uses.ts';
import { spaceWarning, usesOfSource } from '../../../electron/host/system/in-use.ts';
import { deviceOf } from '../../../electron/host/system/kernel-nbd.ts';
import { loopDevice, runOrSkip, temporaryFile, temporaryFolder, temporaryMount } from '../../media/folder.ts';

const MIB = 1 << 20;

/** A file system in a file, as a loop device, or null and the test skipped. */
function loopWithFileSystem(t: TestContext): { file: string; device: string } | null {
  const file = temporaryFile(t, 8 * MIB);
  if (runOrSkip(t, 'mke2fs', '-q', '-t', 'ext2', file) === null) return null;
  const device = loopDevice(t, file);
  return device === null ? null : { file, device };
}

/** Do something while a device is mounted; the test is skipped where that cannot be. */
async function whileMounted(t: TestContext, device: string, action: (folder: string) => Promise<void>) {
  const folder = mkdtempSync(join(tmpdir(), 'spandrel mount-'));
  try {
    if (runOrSkip(t, 'mount', device, folder) === null) return;
    try {
      await action(folder);
    } finally {
      execFileSync('umount', [folder]);
    }
  } finally {
    rmdirSync(folder);
  }
}

test('a mounted device, and the file behind it, tell where', async (t) => {
  const loop = loopWithFileSystem(t);
  if (loop === null) return;
  const { file, device } = loop;
  await whileMounted(t, device, async (folder) => {
    assert.deepEqual(usesOf(device), [`mounted on ${folder}`]);
    assert.deepEqual(await usesOfSource(device), [`mounted on ${folder}`]);
    assert.deepEqual(await usesOfSource(file), [`attached as ${device}, which is mounted on ${folder}`]);
  });
});

test('a device swapped to tells so', async (t) => {
  const file = temporaryFile(t, 4 * MIB);
  const device = loopDevice(t, file);
  if (device === null || runOrSkip(t, 'mkswap', device) === null) return;
  if (runOrSkip(t, 'swapon', device) === null) return;
  try {
    assert.deepEqual(usesOf(device), ['swap']);
    assert.deepEqual(await usesOfSource(file), [`attached as ${device}, which is swap`]);
  } finally {
    execFileSync('swapoff', [device]);
  }
});

test('a file that is a loop device alone, and what is used by nobody', async (t) => {
  const file = temporaryFile(t, MIB);
  assert.deepEqual(await usesOfSource(file), []);
  assert.deepEqual(await usesOfSource('/nowhere'), []);
  assert.deepEqual(await usesOfSource(dirname(file)), []);
  const device = loopDevice(t, file);
  if (device === null) return;
  assert.deepEqual(await usesOfSource(file), [`attached as ${device}`]);
  assert.deepEqual(usesOf(device), []);
});

/** A system made of files, for devices that cannot be had here. */
function system(t: TestContext, files: Readonly<Record<string, string>>): SystemRoots {
  const root = temporaryFolder(t);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return { sys: join(root, 'sys'), proc: join(root, 'proc') };
}

const MOUNTS = [
  '22 27 0:21 / /proc rw,relatime - proc proc rw',
  '40 27 43:1 / /srv/a\\040folder rw,relatime shared:5 - ext4 /dev/nbd0p1 rw',
  '41 27 0:50 /sub /mnt rw - btrfs /dev/nbd0p2 rw',
  '42 27 253:0 / /data rw - xfs /dev/mapper/vg-lv rw',
  '43 27 253:0 / /data rw - xfs /dev/mapper/vg-lv rw',
  'a line that is none',
].join('\n');

test('uses of a device: its partitions, and what is built on them', (t) => {
  const block = 'sys/class/block';
  const roots = system(t, {
    'proc/self/mountinfo': MOUNTS,
    'proc/swaps': 'Filename\tType\tSize\n/dev/nbd0p3 partition 1 0 -2\n/swap\\040file file 1 0 -2\n',
    [`${block}/nbd0/dev`]: '43:0\n',
    [`${block}/nbd0/nbd0p1/partition`]: '1',
    [`${block}/nbd0/nbd0p2/partition`]: '2',
    [`${block}/nbd0/nbd0p3/partition`]: '3',
    [`${block}/nbd0/nbd0p4/partition`]: '4',
    [`${block}/nbd0/queue/rotational`]: '0',
    [`${block}/nbd0p1/dev`]: '43:1\n',
    [`${block}/nbd0p2/dev`]: '43:2\n',
    [`${block}/nbd0p3/dev`]: '43:3\n',
    [`${block}/nbd0p4/dev`]: '43:4\n',
    [`${block}/nbd0p4/holders/md0/dev`]: '',
    [`${block}/md0/dev`]: '9:0\n',
    [`${block}/md0/holders/dm-0/dev`]: '',
    [`${block}/dm-0/dev`]: '253:0\n',
    [`${block}/dm-0/dm/name`]: 'vg-lv\n',
  });
  assert.deepEqual(usesOf('/dev/nbd0', roots), [
    'nbd0p1: mounted on /srv/a folder',
    'nbd0p2: mounted on /mnt',
    'nbd0p3: swap',
    'nbd0p4: part of md0, which is part of dm-0 (vg-lv), which is mounted on /data',
  ]);
  assert.deepEqual(usesOf('/dev/nbd1', roots), []);
});

test('devices that hold each other end nothing', (t) => {
  const block = 'sys/class/block';
  const roots = system(t, {
    [`${block}/nbd0/holders/nbd0/dev`]: '',
  });
  const [use] = usesOf('/dev/nbd0', roots);
  assert.match(use ?? '', /^part of nbd0(, which is part of nbd0){5}$/);
});

test('the device a process keeps connected', (t) => {
  const roots = system(t, {
    'sys/block/nbd0/size': '0',
    'sys/block/nbd1/pid': '4711\n',
    'sys/block/nbd12/pid': '815\n',
    'sys/block/sda/pid': '99\n',
  });
  assert.equal(deviceOf(4711, roots), '/dev/nbd1');
  assert.equal(deviceOf(815, roots), '/dev/nbd12');
  assert.equal(deviceOf(471, roots), null);
  assert.equal(deviceOf(99, roots), null);
  assert.equal(deviceOf(process.pid), null);
});

test('a sparse file its file system has no room for is warned of', async (t) => {
  const folder = temporaryMount(t, '2m');
  if (folder === null) return;
  const file = join(folder, 'disk.img');
  execFileSync('truncate', ['-s', '1M', file]);
  assert.equal(await spaceWarning(file), null);
  execFileSync('truncate', ['-s', '8M', file]);
  assert.equal(
    await spaceWarning(file),
    `${file} is sparse: it can grow by 8 MiB, and its file system has 2 MiB free; writes beyond that will fail`,
  );
  assert.equal(await spaceWarning(join(folder, 'none')), null);
  assert.equal(await spaceWarning(folder), null);
  assert.ok(existsSync(file));
});

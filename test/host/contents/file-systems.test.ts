import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { without } from '../../e2e/support/needs.ts';
import { temporaryFile, temporaryFolder } from '../../media/folder.ts';
import { contentsOfFile, only, tool, types } from './support/disk.ts';

/** File systems made by their own programs. */

const MIB = 1 << 20;
const UUID = '01234567-89ab-cdef-0123-456789abcdef';

interface Made {
  readonly program: string;
  readonly sizeBytes: number;
  /** Arguments; the image's path goes last. */
  readonly args: readonly string[];
  readonly type: string;
  readonly label?: string | null;
  readonly uuid?: string | RegExp;
  readonly detail?: RegExp;
}

const CASES: readonly Made[] = [
  {
    program: 'mke2fs',
    sizeBytes: 4 * MIB,
    args: ['-q', '-t', 'ext2', '-L', 'Data 2', '-U', UUID],
    type: 'ext2',
    label: 'Data 2',
    uuid: UUID,
    detail: /^4 MiB$/,
  },
  {
    program: 'mke2fs',
    sizeBytes: 8 * MIB,
    args: ['-q', '-t', 'ext3', '-L', 'Data 3', '-U', UUID, '-M', '/srv/data'],
    type: 'ext3',
    label: 'Data 3',
    uuid: UUID,
    detail: /^8 MiB, last mounted on \/srv\/data$/,
  },
  {
    program: 'mke2fs',
    sizeBytes: 8 * MIB,
    args: ['-q', '-t', 'ext4', '-L', 'Größe', '-U', UUID],
    type: 'ext4',
    label: 'Größe',
    uuid: UUID,
    detail: /^8 MiB$/,
  },
  {
    program: 'mke2fs',
    sizeBytes: 8 * MIB,
    args: ['-q', '-O', 'journal_dev', '-b', '4096', '-U', UUID],
    type: 'ext journal',
    uuid: UUID,
  },
  {
    program: 'mkswap',
    sizeBytes: 4 * MIB,
    args: ['-L', 'swapping', '-U', UUID],
    type: 'swap',
    label: 'swapping',
    uuid: UUID,
    detail: /^4 MiB$/,
  },
  {
    program: 'mkswap',
    sizeBytes: 4 * MIB,
    args: ['-p', '65536', '-U', UUID],
    type: 'swap',
    uuid: UUID,
    detail: /^4 MiB$/,
  },
  {
    program: 'mkfs.xfs',
    sizeBytes: 320 * MIB,
    args: ['-q', '-L', 'fast', '-m', `uuid=${UUID}`],
    type: 'xfs',
    label: 'fast',
    uuid: UUID,
    detail: /^320 MiB$/,
  },
  {
    program: 'mkfs.btrfs',
    sizeBytes: 128 * MIB,
    args: ['-q', '-L', 'tree', '-U', UUID],
    type: 'btrfs',
    label: 'tree',
    uuid: UUID,
    detail: /^128 MiB$/,
  },
  {
    program: 'mkfs.vfat',
    sizeBytes: 2 * MIB,
    args: ['-F', '12', '-n', 'FLOPPY', '-i', 'deadbeef'],
    type: 'fat12',
    label: 'FLOPPY',
    uuid: 'DEAD-BEEF',
    detail: /^2 MiB$/,
  },
  {
    program: 'mkfs.vfat',
    sizeBytes: 16 * MIB,
    args: ['-F', '16', '-i', 'deadbeef'],
    type: 'fat16',
    label: null,
    uuid: 'DEAD-BEEF',
  },
  {
    program: 'mkfs.vfat',
    sizeBytes: 64 * MIB,
    args: ['-F', '32', '-n', 'EFI', '-i', '00c0ffee'],
    type: 'fat32',
    label: 'EFI',
    uuid: '00C0-FFEE',
    detail: /^64 MiB$/,
  },
  {
    program: 'mkfs.exfat',
    sizeBytes: 16 * MIB,
    args: ['-L', 'Größe'],
    type: 'exfat',
    label: 'Größe',
    uuid: /^[0-9A-F]{4}-[0-9A-F]{4}$/,
  },
  {
    program: 'mkntfs',
    sizeBytes: 8 * MIB,
    args: ['-q', '-f', '-F', '-L', 'Müller'],
    type: 'ntfs',
    label: 'Müller',
    uuid: /^[0-9A-F]{16}$/,
    detail: /^8 MiB$/,
  },
  {
    program: 'mkudffs',
    sizeBytes: 8 * MIB,
    args: ['--media-type=hd', '--blocksize=512', '--label=Video'],
    type: 'udf',
    label: 'Video',
  },
  {
    program: 'cryptsetup',
    sizeBytes: 16 * MIB,
    args: ['luksFormat', '--batch-mode', '--type=luks1', `--uuid=${UUID}`, '--pbkdf-force-iterations=1000'],
    type: 'LUKS1',
    uuid: UUID,
    detail: /^aes-xts-plain64$/,
  },
  {
    program: 'cryptsetup',
    sizeBytes: 24 * MIB,
    args: [
      ...['luksFormat', '--batch-mode', '--type=luks2', `--uuid=${UUID}`, '--label=vault'],
      ...['--pbkdf=pbkdf2', '--pbkdf-force-iterations=1000'],
    ],
    type: 'LUKS2',
    label: 'vault',
    uuid: UUID,
  },
];

for (const made of CASES) {
  const { program, type, args, sizeBytes } = made;
  const words = args.filter((arg) => !arg.includes(UUID) && arg !== '-U').join(' ');
  test(`${type} as ${program} ${words} makes it`, { skip: without(program) }, async (t) => {
    const path = temporaryFile(t, sizeBytes);
    if (program === 'cryptsetup') {
      const key = join(temporaryFolder(t), 'key');
      fs.writeFileSync(key, 'secret');
      tool(program, ...args, `--key-file=${key}`, path);
    } else tool(program, ...args, path);
    const contents = await contentsOfFile(t, path);
    assert.deepEqual([contents.table, contents.problems, contents.partitions], ['none', [], []]);
    assert.deepEqual(types(contents.signatures), [type]);
    assert.equal(contents.blank, false);
    const found = only(contents.signatures, type);
    if (made.label !== undefined) assert.equal(found.label, made.label);
    if (typeof made.uuid === 'string') assert.equal(found.uuid, made.uuid);
    else if (made.uuid !== undefined) assert.match(found.uuid ?? '', made.uuid);
    if (made.detail !== undefined) assert.match(found.detail ?? '', made.detail);
  });
}

/** Image makers that put a folder into a file of their own. */
const FROM_FOLDERS: readonly (Omit<Made, 'sizeBytes' | 'args'> & {
  readonly name: string;
  readonly args: (image: string, folder: string) => readonly string[];
})[] = [
  {
    name: 'squashfs',
    program: 'mksquashfs',
    args: (image, folder) => [folder, image, '-quiet', '-no-progress'],
    type: 'squashfs',
    detail: /version 4\.0$/,
  },
  {
    name: 'ISO 9660',
    program: 'genisoimage',
    args: (image, folder) => ['-quiet', '-V', 'INSTALL CD', '-o', image, folder],
    type: 'iso9660',
    label: 'INSTALL CD',
    uuid: /^\d{4}(-\d\d){6}$/,
  },
  {
    name: 'UFS1',
    program: 'makefs',
    args: (image, folder) => ['-t', 'ffs', '-o', 'version=1', '-s', '8m', image, folder],
    type: 'ufs1',
    detail: /^8 MiB$/,
  },
  {
    name: 'UFS2',
    program: 'makefs',
    args: (image, folder) => ['-t', 'ffs', '-o', 'version=2', '-s', '8m', image, folder],
    type: 'ufs2',
    detail: /^8 MiB$/,
  },
  {
    name: 'UFS2 of a big-endian machine',
    program: 'makefs',
    args: (image, folder) => ['-t', 'ffs', '-B', 'be', '-o', 'version=2', '-s', '8m', image, folder],
    type: 'ufs2',
    detail: /^8 MiB$/,
  },
];

for (const { name, program, args, type, label, uuid, detail } of FROM_FOLDERS) {
  test(`${name} as ${program} makes it`, { skip: without(program) }, async (t) => {
    const folder = temporaryFolder(t);
    const content = join(folder, 'content');
    fs.mkdirSync(content);
    fs.writeFileSync(join(content, 'file'), Buffer.alloc(300_000, 'content'));
    const path = join(folder, 'image');
    tool(program, ...args(path, content));
    fs.truncateSync(path, Math.ceil(fs.statSync(path).size / 512) * 512);
    const found = only((await contentsOfFile(t, path)).signatures, type);
    if (label !== undefined) assert.equal(found.label, label);
    if (uuid instanceof RegExp) assert.match(found.uuid ?? '', uuid);
    if (detail !== undefined) assert.match(found.detail ?? '', detail);
  });
}

test('what other tools find, is found', { skip: without('mke2fs', 'blkid') }, async (t) => {
  const path = temporaryFile(t, 8 * MIB);
  tool('mke2fs', '-q', '-t', 'ext4', path);
  const told = new Map(
    tool('blkid', '-p', '-o', 'export', path)
      .split('\n')
      .map((line) => line.split('=', 2) as [string, string]),
  );
  const { type, uuid } = only((await contentsOfFile(t, path)).signatures, 'ext4');
  assert.deepEqual([type, uuid], [told.get('TYPE'), told.get('UUID')]);
});

test('a disk of zeros is blank, one with a byte in it is not', async (t) => {
  const path = temporaryFile(t, 128 << 10);
  assert.deepEqual(await contentsOfFile(t, path), {
    size_bytes: 128 << 10,
    block_bytes: 512,
    table: 'none',
    problems: [],
    partitions: [],
    signatures: [],
    blank: true,
  });
  const file = fs.openSync(path, 'r+');
  fs.writeSync(file, Buffer.from([1]), 0, 1, 65_535);
  fs.closeSync(file);
  assert.equal((await contentsOfFile(t, path)).blank, false);
});

test('a disk of one block is looked at', async (t) => {
  const contents = await contentsOfFile(t, temporaryFile(t, 512));
  assert.deepEqual([contents.table, contents.signatures, contents.blank], ['none', [], true]);
});

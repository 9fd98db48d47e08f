import assert from 'node:assert/strict';
import fs from 'node:fs';
import { type TestContext, test } from 'node:test';
import { without } from '../../e2e/support/needs.ts';
import { temporaryFile } from '../../media/folder.ts';
import { contentsOf, contentsOfFile, crafted, only, places, tool, toolWith, types } from './support/disk.ts';
import { DISK, disklabel64, gpt, mbr } from './support/tables.ts';

const MIB = 1 << 20;

/** Put a file system into an image, at an offset. */
function mkfsAt(t: TestContext, path: string, offset: number, sizeBytes: number, label: string): void {
  const part = temporaryFile(t, sizeBytes);
  tool('mke2fs', '-q', '-t', 'ext2', '-L', label, part);
  const file = fs.openSync(path, 'r+');
  fs.writeSync(file, fs.readFileSync(part), 0, sizeBytes, offset);
  fs.closeSync(file);
}

test('an MBR of sfdisk, with logical partitions and what is in them', {
  skip: without('sfdisk', 'mke2fs'),
}, async (t) => {
  const path = temporaryFile(t, 64 * MIB);
  const script = [
    'label: dos',
    'label-id: 0xcafe1234',
    'start=1MiB, size=8MiB, type=83, bootable',
    'start=9MiB, size=4MiB, type=82',
    'start=16MiB, size=40MiB, type=5',
    'start=17MiB, size=8MiB, type=83',
    'start=26MiB, size=8MiB, type=8e',
    'start=40MiB, size=8MiB, type=0c',
  ];
  toolWith(`${script.join('\n')}\n`, 'sfdisk', '-q', path);
  mkfsAt(t, path, MIB, 8 * MIB, 'boot');
  mkfsAt(t, path, 17 * MIB, 8 * MIB, 'logical');
  const contents = await contentsOfFile(t, path);
  assert.equal(contents.table, 'mbr');
  assert.deepEqual(contents.problems, []);
  assert.deepEqual(places(contents.partitions), [
    [1, 'Linux', MIB, 8 * MIB],
    [2, 'Linux swap', 9 * MIB, 4 * MIB],
    [3, 'extended', 16 * MIB, 40 * MIB],
    [5, 'Linux', 17 * MIB, 8 * MIB],
    [6, 'Linux LVM', 26 * MIB, 8 * MIB],
    [7, 'FAT32 (LBA)', 40 * MIB, 8 * MIB],
  ]);
  assert.deepEqual(
    contents.partitions.map(({ bootable }) => bootable),
    [true, false, false, false, false, false],
  );
  assert.equal(only(contents.signatures, 'MBR').uuid, 'cafe1234');
  const labels = contents.partitions.map(({ signatures }) => signatures.map(({ label }) => label));
  assert.deepEqual(labels, [['boot'], [], [], ['logical'], [], []]);
  assert.equal(only(contents.partitions[3]?.signatures ?? [], 'ext2').offset, 17 * MIB + 1024);
});

test('a GPT of sfdisk, with names, attributes and what is in it', {
  skip: without('sfdisk', 'mke2fs'),
}, async (t) => {
  const path = temporaryFile(t, 64 * MIB);
  const script = [
    'label: gpt',
    `label-id: ${DISK}`,
    'start=1MiB, size=8MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name="EFI system"',
    'start=9MiB, size=16MiB, type=L, name="Größe", attrs=LegacyBIOSBootable',
    'size=4MiB, type=5CBB9AD1-862D-11DC-A94D-01301BB8A9F5',
  ];
  toolWith(`${script.join('\n')}\n`, 'sfdisk', '-q', path);
  mkfsAt(t, path, 9 * MIB, 16 * MIB, 'root');
  const contents = await contentsOfFile(t, path);
  assert.equal(contents.table, 'gpt');
  assert.deepEqual(contents.problems, []);
  assert.deepEqual(places(contents.partitions), [
    [1, 'EFI system', MIB, 8 * MIB],
    [2, 'Linux file system', 9 * MIB, 16 * MIB],
    [3, 'DragonFly HAMMER2', 25 * MIB, 4 * MIB],
  ]);
  assert.deepEqual(
    contents.partitions.map(({ name, bootable }) => [name, bootable]),
    [
      ['EFI system', false],
      ['Größe', true],
      [null, false],
    ],
  );
  assert.equal(only(contents.partitions[1]?.signatures ?? [], 'ext2').label, 'root');
  assert.deepEqual(
    contents.signatures.map(({ type, offset, uuid, detail }) => [type, offset, uuid, detail]),
    [
      ['GPT', 512, DISK, null],
      ['GPT', 64 * MIB - 512, DISK, 'backup'],
    ],
  );
});

test('a GPT of sgdisk, whose partitions have gaps in their numbers', {
  skip: without('sgdisk'),
}, async (t) => {
  const path = temporaryFile(t, 32 * MIB);
  tool('sgdisk', '-n', '3:2048:+4M', '-c', '3:third', '-n', '9:0:+4M', '-t', '9:fd00', path);
  const { partitions, problems } = await contentsOfFile(t, path);
  assert.deepEqual(problems, []);
  assert.deepEqual(places(partitions), [
    [3, 'Linux file system', MIB, 4 * MIB],
    [9, 'Linux RAID', 5 * MIB, 4 * MIB],
  ]);
  assert.equal(partitions[0]?.name, 'third');
});

test('an MBR of parted', { skip: without('parted') }, async (t) => {
  const path = temporaryFile(t, 32 * MIB);
  tool(
    'parted',
    '-s',
    path,
    'mklabel',
    'msdos',
    'mkpart',
    'primary',
    'ext2',
    '1MiB',
    '5MiB',
    'set',
    '1',
    'boot',
    'on',
  );
  const { table, partitions } = await contentsOfFile(t, path);
  assert.equal(table, 'mbr');
  assert.deepEqual(places(partitions), [[1, 'Linux', MIB, 4 * MIB]]);
  assert.equal(partitions[0]?.bootable, true);
});

test('a file system without a table has none, though its boot sector looks like one', {
  skip: without('mkfs.vfat'),
}, async (t) => {
  const path = temporaryFile(t, 64 * MIB);
  tool('mkfs.vfat', path);
  const { table, partitions, signatures } = await contentsOfFile(t, path);
  assert.deepEqual([table, partitions, types(signatures)], ['none', [], ['fat16']]);
});

const SIZE = 64 * MIB;
const TWO = [
  { first: 2048, last: 4095, name: 'one' },
  { first: 4096, last: 8191, name: 'two' },
];

test('a GPT for blocks of 4 KiB', async () => {
  const disk = await crafted(SIZE, gpt(SIZE, [{ first: 256, last: 511 }], { sectorBytes: 4096 }), 4096);
  const { table, problems, partitions } = await contentsOf(disk);
  assert.deepEqual([table, problems], ['gpt', []]);
  assert.deepEqual(places(partitions), [[1, 'Linux file system', MIB, MIB]]);
});

test('a GPT for other blocks than the disk has is shown, and said to be', async () => {
  const disk = await crafted(SIZE, gpt(SIZE, TWO), 4096);
  const { table, problems, partitions } = await contentsOf(disk);
  assert.equal(table, 'gpt');
  assert.match(problems[0] ?? '', /made for blocks of 512 bytes, and the disk has blocks of 4096/);
  assert.deepEqual(places(partitions)[0], [1, 'Linux file system', MIB, MIB]);
});

test('the backup GPT stands in for a primary one that is bad', async () => {
  const disk = await crafted(SIZE, [...gpt(SIZE, TWO), [512 + 40, Buffer.from([1])]]);
  const { problems, partitions, signatures } = await contentsOf(disk);
  assert.deepEqual(problems, [
    'the primary GPT header has a bad checksum',
    'the partitions shown are those of the backup GPT',
  ]);
  assert.deepEqual(
    partitions.map(({ name }) => name),
    ['one', 'two'],
  );
  assert.deepEqual(
    signatures.map(({ offset, detail }) => [offset, detail]),
    [[SIZE - 512, 'backup']],
  );
});

test('a primary table that is bad is told, and that of the backup taken', async () => {
  const disk = await crafted(SIZE, [...gpt(SIZE, TWO), [1024 + 60, Buffer.from([7])]]);
  const { problems, partitions } = await contentsOf(disk);
  assert.deepEqual(problems, [
    'the table of the primary GPT has a bad checksum',
    'the partitions shown are those of the backup GPT',
  ]);
  assert.equal(partitions.length, 2);
});

test('a GPT that can be read at neither end has no partitions but problems', async () => {
  const pieces = gpt(SIZE, TWO, { spoil: (header) => header.writeUInt32LE(13, 12) });
  const { table, problems, partitions } = await contentsOf(await crafted(SIZE, pieces));
  assert.deepEqual([table, partitions], ['gpt', []]);
  assert.deepEqual(problems, [
    'the primary GPT header claims to have 13 bytes',
    'the backup GPT header claims to have 13 bytes',
  ]);
});

test('a missing backup is told', async () => {
  const { problems, partitions } = await contentsOf(await crafted(SIZE, gpt(SIZE, TWO, { backup: false })));
  assert.deepEqual(problems, ['the backup GPT header is not there']);
  assert.equal(partitions.length, 2);
});

test('a disk that was made larger has its backup in the middle', async () => {
  const { problems, partitions } = await contentsOf(await crafted(2 * SIZE, gpt(SIZE, TWO)));
  assert.equal(partitions.length, 2);
  assert.match(problems.join(), /the backup GPT is not at the end of the disk/);
});

test('a disk that was cut has lost its backup and the ends of partitions', async () => {
  const long = [{ first: 2048, last: SIZE / 512 - 100 }];
  const kept = gpt(SIZE, long).filter(([offset]) => offset < MIB);
  const { problems } = await contentsOf(await crafted(16 * MIB, kept));
  assert.deepEqual(problems, [
    'the backup GPT header lies beyond the end of the disk',
    'partition 1 ends 48 MiB beyond the end of the disk',
  ]);
});

test('a GPT without its protective MBR is told', async () => {
  const { table, problems } = await contentsOf(await crafted(SIZE, gpt(SIZE, TWO, { protective: false })));
  assert.equal(table, 'gpt');
  assert.match(problems.join(), /no protective MBR/);
});

test('a backup left behind by a GPT that is gone makes no table', async () => {
  const left = gpt(SIZE, TWO, { primary: false, protective: false });
  const { table, signatures, blank } = await contentsOf(await crafted(SIZE, left));
  assert.deepEqual([table, blank], ['none', false]);
  assert.equal(only(signatures, 'GPT').detail, 'backup of a table that is gone');
  const over = await contentsOf(
    await crafted(SIZE, [...left, [0, mbr({ type: 0x83, first: 2048, sectors: 2048 })]]),
  );
  assert.equal(over.table, 'mbr');
});

test('an MBR that promises a GPT that is not there says so', async () => {
  const disk = await crafted(SIZE, [[0, mbr({ type: 0xee, first: 1, sectors: 4095 })]]);
  const { table, problems } = await contentsOf(disk);
  assert.equal(table, 'mbr');
  assert.match(problems.join(), /a GPT follows, but there is none/);
});

test("DragonFly's disk label on a whole disk", async () => {
  const label = disklabel64([
    { offset: MIB, bytes: 4 * MIB, fstype: 7 },
    { offset: 5 * MIB, bytes: 2 * MIB, fstype: 1 },
    { offset: 0, bytes: 0 },
    { offset: 8 * MIB, bytes: 16 * MIB, fstype: 10, type: '5cbb9ad1-862d-11dc-a94d-01301bb8a9f5' },
  ]);
  const contents = await contentsOf(await crafted(SIZE, [[0, label]]));
  assert.deepEqual([contents.table, contents.problems], ['disklabel64', []]);
  assert.deepEqual(
    contents.partitions.map(({ number, name, type, start_bytes }) => [number, name, type, start_bytes]),
    [
      [1, 'a', 'UFS', MIB],
      [2, 'b', 'swap', 5 * MIB],
      [4, 'd', 'DragonFly HAMMER2', 8 * MIB],
    ],
  );
  const { uuid, label: name } = only(contents.signatures, 'disklabel64');
  assert.deepEqual([uuid, name], [DISK, 'dfly']);
});

test("DragonFly's disk label in a slice is told with its partitions", async () => {
  const label = disklabel64([{ offset: MIB, bytes: 4 * MIB, fstype: 23 }]);
  const slice = mbr({ type: 0x6c, first: 2048, sectors: 65_536, flag: 0x80 });
  const { partitions } = await contentsOf(
    await crafted(SIZE, [
      [0, slice],
      [MIB, label],
    ]),
  );
  assert.equal(partitions[0]?.type, 'DragonFly');
  const found = only(partitions[0]?.signatures ?? [], 'disklabel64');
  assert.deepEqual([found.offset, found.detail], [MIB, 'a: HAMMER2 4 MiB']);
});

test('a disk label that is damaged shows no partitions', async () => {
  const spoiled = disklabel64([{ offset: MIB, bytes: MIB }], (label) => label.writeUInt8(1, 720));
  const contents = await contentsOf(await crafted(SIZE, [[0, spoiled]]));
  assert.deepEqual(
    [contents.table, contents.partitions, contents.problems],
    ['disklabel64', [], ['the disk label has a bad checksum']],
  );
});

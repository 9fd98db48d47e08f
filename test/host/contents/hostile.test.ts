import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { without } from '../../e2e/support/needs.ts';
import { temporaryFile } from '../../media/folder.ts';
import { contentsOf, crafted, type Piece, tool, type Watched } from './support/disk.ts';
import { disklabel64, gpt, mbr } from './support/tables.ts';

/** Disks whose structures say what is not so. Watched disks fail the test for a read outside of them. */

const MIB = 1 << 20;
const SIZE = 64 * MIB;
/** Bytes no inspection of a disk with one partition needs to read. */
const FEW_BYTES = 4 * MIB;

async function inspected(pieces: readonly Piece[]) {
  const disk = await crafted(SIZE, pieces);
  const contents = await contentsOf(disk);
  return { disk, ...contents };
}

function assertFewReads(disk: Watched): void {
  assert.ok(disk.bytes < FEW_BYTES, `${disk.bytes} bytes were read`);
}

const extended = (first: number, sectors: number) => ({ type: 0x05, first, sectors });
const linux = (first: number, sectors: number) => ({ type: 0x83, first, sectors });

test('a chain of logical partitions that leads back to its start ends', async () => {
  const { disk, partitions, problems } = await inspected([
    [0, mbr(extended(2048, 65_536))],
    [2048 * 512, mbr(linux(63, 100), extended(1000, 100))],
    [3048 * 512, mbr(linux(63, 100), extended(0, 100))],
  ]);
  assert.deepEqual(
    partitions.map(({ number }) => number),
    [1, 5, 6],
  );
  assert.deepEqual(problems, ['the chain of logical partitions of partition 1 leads back to itself']);
  assertFewReads(disk);
});

test('a chain of logical partitions that leaves its partition ends', async () => {
  const { partitions, problems } = await inspected([
    [0, mbr(extended(2048, 4096))],
    [2048 * 512, mbr(linux(63, 100), extended(0xffffff00, 100))],
  ]);
  assert.equal(partitions.length, 2);
  assert.deepEqual(problems, ['the chain of logical partitions of partition 1 leaves it']);
});

test('a chain of logical partitions that leads to no table breaks off', async () => {
  const { problems } = await inspected([
    [0, mbr(extended(2048, 4096))],
    [2048 * 512, mbr(linux(63, 100), extended(2000, 100))],
  ]);
  assert.deepEqual(problems, ['the chain of logical partitions of partition 1 breaks off at sector 4048']);
});

test('a chain of logical partitions without end is cut, over all extended partitions together', async () => {
  const chain = Array.from(
    { length: 2000 },
    (_, index): Piece => [(2048 + index) * 512, mbr(linux(1, 1), extended(index + 1, 1))],
  );
  const { partitions, problems } = await inspected([
    [0, mbr(extended(2048, 60_000), extended(2048, 60_000))],
    ...chain,
  ]);
  assert.equal(partitions.length, 2 + 128);
  assert.ok(problems.includes('the chain of logical partitions of partition 1 is longer than 128'));
  assert.ok(problems.includes('the chain of logical partitions of partition 2 is longer than 128'));
});

test('partitions beyond the end and over each other are shown and told', async () => {
  const { disk, partitions, problems } = await inspected([
    [0, mbr(linux(2048, 0xffffffff), linux(4096, 100), linux(0xfffffff0, 0xffffffff))],
  ]);
  assert.equal(partitions.length, 3);
  assert.deepEqual(
    problems.map((problem) => problem.replace(/ends \S+ \S+/, 'ends')),
    [
      'partition 1 ends beyond the end of the disk',
      'partition 3 begins beyond the end of the disk',
      'partitions 1 and 2 overlap',
      'partitions 1 and 3 overlap',
    ],
  );
  assertFewReads(disk);
});

test('entries of a GPT that are no partitions are told, and the others shown', async () => {
  const { partitions, problems } = await inspected(
    gpt(SIZE, [
      { first: 4096, last: 2048 },
      { first: 0n, last: 2n ** 64n - 1n },
      { first: 2n ** 63n, last: 2n ** 63n + 10n },
      { first: 2048, last: 4095, name: 'good' },
    ]),
  );
  assert.deepEqual(
    partitions.map(({ number, name }) => [number, name]),
    [[4, 'good']],
  );
  assert.equal(problems.length, 3);
  assert.ok(problems.every((problem) => /^partition [123] goes from sector/.test(problem)));
});

const SPOILED: readonly (readonly [string, (header: Buffer) => void, RegExp])[] = [
  [
    'has a table of 4 billion entries',
    (header) => header.writeUInt32LE(0xffffffff, 80),
    /claims to have 4294967295/,
  ],
  ['has entries of no bytes', (header) => header.writeUInt32LE(0, 84), /has entries of 0 bytes/],
  ['has entries of 2 GiB', (header) => header.writeUInt32LE(2 ** 31, 84), /has entries of 2147483648 bytes/],
  [
    'has its table beyond the end',
    (header) => header.writeBigUInt64LE(2n ** 64n - 1n, 72),
    /table of the primary GPT lies beyond the end/,
  ],
  ['says it lies elsewhere', (header) => header.writeBigUInt64LE(77n, 24), /written for another place/],
  [
    'has a header of 4 GiB',
    (header) => header.writeUInt32LE(0xffffffff, 12),
    /claims to have 4294967295 bytes/,
  ],
];

for (const [what, spoil, problem] of SPOILED) {
  test(`a GPT that ${what} is told, and has no partitions`, async () => {
    const { disk, table, partitions, problems } = await inspected(
      gpt(SIZE, [{ first: 2048, last: 4095 }], { spoil }),
    );
    assert.deepEqual([table, partitions], ['gpt', []]);
    assert.match(problems.join('\n'), problem);
    assertFewReads(disk);
  });
}

test('a GPT whose backup is said to lie anywhere is still read', async () => {
  const spoil = (header: Buffer): void => {
    if (header.readBigUInt64LE(24) === 1n) header.writeBigUInt64LE(2n ** 63n, 32);
  };
  const { partitions, problems } = await inspected(gpt(SIZE, [{ first: 2048, last: 4095 }], { spoil }));
  assert.equal(partitions.length, 1);
  assert.deepEqual(problems, ['the backup GPT header lies beyond the end of the disk']);
});

test('of a table of thousands of partitions the first are shown, and fewer looked into', async () => {
  const many = Array.from({ length: 5000 }, (_, index) => ({
    first: 4096 + index * 8,
    last: 4103 + index * 8,
  }));
  const { partitions, problems } = await inspected(gpt(SIZE, many, { entries: 5000 }));
  assert.equal(partitions.length, 1024);
  assert.deepEqual(problems, [
    'there are more than 1024 partitions: the others are not shown',
    'only the first 128 of 1024 partitions were looked into',
  ]);
});

test('a disk label that claims a million partitions has none', async () => {
  const label = disklabel64([], (bytes) => bytes.writeUInt32LE(1_000_000, 524));
  const { partitions, problems } = await inspected([[0, label]]);
  assert.deepEqual([partitions, problems], [[], ['the disk label claims to have 1000000 partitions']]);
});

test('text of a disk is made printable', async () => {
  const entries = [{ first: 2048, last: 4095, name: 'a\u202eb\u001b[31m' }];
  const { partitions } = await inspected(gpt(SIZE, entries));
  assert.equal(partitions[0]?.name, 'a\\u{202e}b\\u{1b}[31m');
});

test('blocks that cannot be read are a problem, and what can be read is shown', async () => {
  const disk = await crafted(
    SIZE,
    gpt(SIZE, [
      { first: 2048, last: 4095 },
      { first: 8192, last: 16_383 },
    ]),
  );
  disk.bad.add(512).add(MIB + 1024);
  const { table, partitions, problems } = await contentsOf(disk);
  assert.deepEqual([table, partitions.length], ['gpt', 2]);
  assert.equal(problems[0], 'the primary GPT header cannot be read');
  assert.ok(
    problems.some((problem) =>
      /^partition 1: read of \d+ bytes at byte \d+ failed: the medium failed$/.test(problem),
    ),
    problems.join('\n'),
  );
  assert.ok(!problems.some((problem) => problem.startsWith('partition 2')));
});

/** Numbers that repeat, so that a failure can be had again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

test('disks with random bytes changed are told or not, but never end the inspection', {
  skip: without('mke2fs', 'mkswap'),
}, async (t) => {
  const made = (sizeBytes: number, program: string, ...args: string[]): Buffer => {
    const path = temporaryFile(t, sizeBytes);
    tool(program, ...args, path);
    return readFileSync(path).subarray(0, 128 << 10);
  };
  const starts: readonly (readonly Piece[])[] = [
    [[0, made(8 * MIB, 'mke2fs', '-q', '-t', 'ext4')]],
    [[0, made(4 * MIB, 'mkswap')]],
    gpt(SIZE, [{ first: 2048, last: 4095 }]),
    [
      [0, mbr(linux(2048, 2048), extended(8192, 8192))],
      [8192 * 512, mbr(linux(1, 100), extended(512, 512))],
    ],
    [[0, disklabel64([{ offset: MIB, bytes: MIB }])]],
  ];
  const random = randomOf(1);
  for (let round = 0; round < 400; round++) {
    const pieces = starts[round % starts.length] ?? [];
    const spoiled = Array.from({ length: 1 + Math.floor(random() * 16) }, (): Piece => {
      const [offset, bytes] = pieces[Math.floor(random() * pieces.length)] as Piece;
      const at = Math.floor(random() * Math.min(bytes.length, 4096));
      return [offset + at, Buffer.from([Math.floor(random() * 256)])];
    });
    await contentsOf(await crafted(SIZE, [...pieces, ...spoiled]));
  }
});

test('headers of random bytes behind every magic end nothing', async () => {
  const random = randomOf(2);
  const magics: readonly (readonly [number, string])[] = [
    [510, '55aa'],
    [3, Buffer.from('NTFS    ').toString('hex')],
    [3, Buffer.from('EXFAT   ').toString('hex')],
    [0, Buffer.from('XFSB').toString('hex')],
    [0, '4c554b53babe0002'],
    [512, Buffer.from('LABELONE').toString('hex')],
    [0, Buffer.from('hsqs').toString('hex')],
    [4096, 'fc4e2ba901000000'],
    [32_769, Buffer.from('NSR03').toString('hex')],
    [16_384, '010100000000000000000001'],
    [8192 + 1372, '54190100'],
    [65_536 + 64, Buffer.from('_BHRfS_M').toString('hex')],
    [1024 + 0x38, '53ef'],
    [0, '11201705324d4148'],
  ];
  for (let round = 0; round < 30; round++) {
    for (const [offset, digits] of magics) {
      const noise = Buffer.from(Array.from({ length: 70_000 }, () => Math.floor(random() * 256)));
      await contentsOf(
        await crafted(4 * MIB, [
          [0, noise],
          [offset, Buffer.from(digits, 'hex')],
        ]),
      );
    }
  }
});

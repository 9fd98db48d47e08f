import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asciiByte,
  bytesOf,
  CHUNK_BYTES,
  chunkOf,
  clampOffset,
  keyStep,
  offsetDigits,
  PAGE_BYTES,
  pageOf,
} from '../../../renderer/drawers/contents/hex-page.ts';
import {
  partitionAt,
  segmentsOf,
  structureAt,
  structuresOf,
} from '../../../renderer/drawers/contents/structures.ts';
import type { Contents, Partition, Signature } from '../../../shared/model/contents.ts';

const MIB = 1 << 20;

function signature(type: string, offset: number, bytes: number): Signature {
  return { type, offset, bytes, label: null, uuid: null, detail: null };
}
function partition(number: number, start: number, size: number, signatures: Signature[] = []): Partition {
  return {
    number,
    type: 'Linux',
    name: null,
    start_bytes: start,
    size_bytes: size,
    bootable: false,
    signatures,
  };
}
function contents(partitions: Partition[], signatures: Signature[] = []): Contents {
  return {
    size_bytes: 100 * MIB,
    block_bytes: 512,
    table: partitions.length === 0 ? 'none' : 'mbr',
    problems: [],
    partitions,
    signatures,
    blank: false,
  };
}

test('structures of disk and partitions stand in the order they lie, each with its partition', () => {
  const found = structuresOf(
    contents([partition(1, MIB, MIB, [signature('ext4', MIB + 1024, 1024)])], [signature('MBR', 0, 512)]),
  );
  assert.deepEqual(
    found.map(({ name, partition: number, role }) => [name, number, role]),
    [
      ['MBR', null, 1],
      ['ext4, partition 1', 1, 2],
    ],
  );
});

test('a byte belongs to the smallest structure over it, and its end is not part of it', () => {
  const found = structuresOf(contents([], [signature('big', 0, 1000), signature('small', 100, 10)]));
  assert.equal(structureAt(found, 100)?.name, 'small');
  assert.equal(structureAt(found, 109)?.name, 'small');
  assert.equal(structureAt(found, 110)?.name, 'big');
  assert.equal(structureAt(found, 1000), undefined);
});

test('a byte in a logical partition belongs to it, not to the one around it', () => {
  const all = [partition(1, MIB, 50 * MIB), partition(5, 2 * MIB, 10 * MIB)];
  assert.equal(partitionAt(all, 3 * MIB)?.number, 5);
  assert.equal(partitionAt(all, 20 * MIB)?.number, 1);
  assert.equal(partitionAt(all, 90 * MIB), undefined);
});

test('the map has partitions and the free stretches between them, and they fill the disk', () => {
  const map = segmentsOf(contents([partition(2, 60 * MIB, 20 * MIB), partition(1, 0, 50 * MIB)]));
  assert.deepEqual(
    map.map(({ start, bytes, partition: one }) => [start / MIB, bytes / MIB, one?.number ?? null]),
    [
      [0, 50, 1],
      [50, 10, null],
      [60, 20, 2],
      [80, 20, null],
    ],
  );
});

test('alignment before a partition is not shown as free, and what lies beyond the end is cut', () => {
  const map = segmentsOf(contents([partition(1, 65_536, 200 * MIB)]));
  assert.deepEqual(
    map.map(({ start, bytes }) => start + bytes),
    [100 * MIB],
  );
});

test('a partition that holds others is shown by them', () => {
  const map = segmentsOf(contents([partition(1, 0, 100 * MIB), partition(5, 0, 40 * MIB)]));
  assert.deepEqual(
    map.map((segment) => segment.partition?.number ?? null),
    [5, null],
  );
});

test('a page never lies in two chunks', () => {
  for (const offset of [0, 511, 512, CHUNK_BYTES - 1, CHUNK_BYTES, 123_456_789]) {
    const page = pageOf(offset);
    assert.equal(chunkOf(page), chunkOf(page + PAGE_BYTES - 1));
    assert.ok(page <= offset && offset < page + PAGE_BYTES);
  }
});

test('keys move the cursor by bytes, rows and pages and never off the disk', () => {
  const size = 10_000;
  assert.equal(keyStep('ArrowRight', false, 5, size), 6);
  assert.equal(keyStep('ArrowDown', false, 5, size), 21);
  assert.equal(keyStep('PageDown', false, 5, size), 517);
  assert.equal(keyStep('PageUp', false, 5, size), 5);
  assert.equal(keyStep('ArrowRight', false, 9_999, size), 9_999);
  assert.equal(keyStep('Home', false, 21, size), 16);
  assert.equal(keyStep('End', false, 21, size), 31);
  assert.equal(keyStep('Home', true, 21, size), 0);
  assert.equal(keyStep('End', true, 21, size), 9_999);
  assert.equal(keyStep('a', false, 5, size), null);
});

test('offsets have the digits the disk needs, at least eight', () => {
  assert.equal(offsetDigits(600 * MIB), 8);
  assert.equal(offsetDigits(2 ** 40), 10);
  assert.equal(clampOffset(-5, 100), 0);
  assert.equal(clampOffset(500, 100), 99);
});

test('base64 becomes bytes, and what is no letter a dot', () => {
  assert.deepEqual([...bytesOf('AEH/')], [0, 0x41, 0xff]);
  assert.deepEqual([0, 0x41, 0x7f, 0x20].map(asciiByte), ['·', 'A', '·', ' ']);
});

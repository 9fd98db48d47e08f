import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockError } from '../../../electron/block/error.ts';
import { InputError } from '../../../electron/host/api/call-error.ts';
import { inspect } from '../../../electron/host/contents/inspect.ts';
import { readRange } from '../../../electron/host/contents/read-range.ts';
import { LateDevice, LostDevice } from '../../nbd/devices.ts';
import { crafted } from './support/disk.ts';

const SIZE = 1 << 20;
const signal = new AbortController().signal;

/** A disk whose every byte tells where it is. */
async function numbered() {
  const bytes = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += 4) bytes.writeUInt32LE(at, at);
  return { disk: await crafted(SIZE, [[0, bytes]], 4096), bytes };
}

test('a range that is no whole blocks is read with them and cut out', async () => {
  const { disk, bytes } = await numbered();
  for (const [offset, length] of [
    [0, 1],
    [4095, 2],
    [100, 65_536],
    [SIZE - 1, 1],
    [8192, 4096],
  ] as const) {
    const found = await readRange(disk, offset, length, signal);
    assert.ok(found.equals(bytes.subarray(offset, offset + length)), `${length} bytes at ${offset}`);
  }
});

test('a range that goes beyond the end is cut there', async () => {
  const { disk, bytes } = await numbered();
  assert.ok((await readRange(disk, SIZE - 10, 100, signal)).equals(bytes.subarray(SIZE - 10)));
});

test('holes are zeros', async () => {
  const disk = await crafted(SIZE, []);
  assert.ok((await readRange(disk, 1000, 5000, signal)).equals(Buffer.alloc(5000)));
});

test('a range that is none is refused at its field', async () => {
  const disk = await crafted(SIZE, []);
  for (const [offset, length, field] of [
    [SIZE, 1, 'offset'],
    [-1, 1, 'offset'],
    [0.5, 1, 'offset'],
    [Number.MAX_VALUE, 1, 'offset'],
    [0, 0, 'length'],
    [0, 65_537, 'length'],
  ] as const) {
    await assert.rejects(
      readRange(disk, offset, length, signal),
      (error) => error instanceof InputError && error.field === field && error.message.includes(field),
    );
  }
});

test('an error of the disk names the offset', async () => {
  const disk = await crafted(SIZE, []);
  disk.bad.add(8192);
  await assert.rejects(
    readRange(disk, 8200, 10, signal),
    new BlockError('io', 'read of 512 bytes at byte 8192 failed: the medium failed', {}),
  );
});

test('who gives up need not wait for the disk', async () => {
  const held = new LateDevice(SIZE);
  held.isHolding = true;
  const giveUp = new AbortController();
  const reads = [readRange(held, 0, 10, giveUp.signal), inspect(held, giveUp.signal)];
  await held.holds(2);
  giveUp.abort(new Error('enough'));
  for (const read of reads) await assert.rejects(read, /enough/);
  held.release();
});

test('a disk that cannot be reached is an error, not a disk without contents', async () => {
  await assert.rejects(
    inspect(new LostDevice(SIZE), signal),
    (error) => error instanceof BlockError && error.code === 'path',
  );
});

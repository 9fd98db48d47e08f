import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acquire } from '../../electron/stream/memory.ts';

const ROOM = 2048;

test('blocks have room for what is asked, and a header', () => {
  for (const bytes of [
    0,
    1,
    4096,
    4096 + ROOM,
    4097 + ROOM,
    65_536,
    1 << 20,
    (1 << 20) + ROOM,
    (1 << 25) + ROOM,
  ]) {
    const block = acquire(bytes);
    assert.ok(block.bytes.length >= Math.max(bytes, 4096), `${bytes}`);
    assert.ok(block.bytes.length <= Math.max(4096, 2 * bytes) + ROOM, `${bytes} cost ${block.bytes.length}`);
    assert.equal(block.view.byteLength, block.bytes.length);
    block.view.setUint8(7, 0x5a);
    assert.equal(block.bytes[7], 0x5a);
    block.release();
  }
});

test('more than the limit is refused', () => {
  assert.throws(() => acquire((1 << 25) + ROOM + 1), RangeError);
  assert.throws(() => acquire(2 ** 31), RangeError);
});

test('what was released is used again, newest first, in its size alone', () => {
  const a = acquire(100_000);
  const b = acquire(100_000);
  assert.notEqual(a, b);
  a.release();
  b.release();
  const other = acquire(200_000);
  assert.ok(other !== a && other !== b);
  assert.equal(acquire(131_072), b);
  assert.equal(acquire(66_000 + ROOM), a);
  const fresh = acquire(100_000);
  assert.ok(fresh !== a && fresh !== b);
  for (const block of [a, b, other, fresh]) block.release();
});

test('the last of several holders returns it', () => {
  const block = acquire(5000);
  block.retain();
  block.retain();
  block.release();
  block.release();
  assert.notEqual(acquire(5000), block);
  block.release();
  assert.equal(acquire(5000), block);
});

test('releasing twice is found out', () => {
  const block = acquire(300_000);
  block.release();
  assert.throws(() => block.release(), /memory block released twice/);
  const again = acquire(300_000);
  assert.equal(again, block, 'it is good after all');
  again.release();
});

test('no more than 64 MiB are kept', () => {
  const blocks = Array.from({ length: 5 }, () => acquire(16 << 20));
  for (const block of blocks) block.release();
  const kept = blocks.map(() => acquire(16 << 20)).filter((block) => blocks.includes(block));
  assert.ok(kept.length > 0 && kept.length < 4, `${kept.length} of 16 MiB + 2 KiB`);
  for (const block of blocks) if (!kept.includes(block)) assert.throws(() => block.release());
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { openMedium } from '../../electron/target/media/medium.ts';
import { MediumError } from '../../electron/target/media/medium-error.ts';
import { CHUNK_BYTES, MemoryMedium } from '../../electron/target/media/memory.ts';
import { compareWithModel, newSeed } from './model.ts';
import { read, run, submit, write } from './requests.ts';

const MIB = 1 << 20;

test('random requests give what a buffer gives', async () => {
  await compareWithModel(new MemoryMedium(4 * MIB + 512), 3000, newSeed());
});

test('a hole fills nothing and leaves the buffer alone', async () => {
  const medium = new MemoryMedium(2 ** 50);
  const buffer = Buffer.alloc(4096, 0xaa);
  const request = await run(medium, BlockOp.read, { offset: 2 ** 49, buffer });
  assert.equal(request.filled, 0);
  assert.ok(buffer.equals(Buffer.alloc(4096, 0xaa)));
  assert.equal(await medium.allocatedBytes(), 0);
});

test('of a range with holes, those before data are zeroed and those after are not filled', async () => {
  const medium = new MemoryMedium(16 * MIB);
  await write(medium, 2 * CHUNK_BYTES, Buffer.alloc(CHUNK_BYTES, 7));
  const buffer = Buffer.alloc(5 * CHUNK_BYTES, 0xaa);
  const request = await run(medium, BlockOp.read, { buffer });
  assert.equal(request.filled, 3 * CHUNK_BYTES);
  assert.ok(buffer.subarray(0, 2 * CHUNK_BYTES).equals(Buffer.alloc(2 * CHUNK_BYTES)));
  assert.ok(buffer.subarray(2 * CHUNK_BYTES, 3 * CHUNK_BYTES).equals(Buffer.alloc(CHUNK_BYTES, 7)));
  assert.ok(buffer.subarray(3 * CHUNK_BYTES).equals(Buffer.alloc(2 * CHUNK_BYTES, 0xaa)));
});

test('what a new chunk holds beside the data is zeros, not old memory', async () => {
  const medium = new MemoryMedium(64 * MIB);
  for (let chunk = 0; chunk < 200; chunk++) {
    await write(medium, chunk * CHUNK_BYTES + 512, Buffer.alloc(512, 1));
    const rest = (await read(medium, chunk * CHUNK_BYTES, CHUNK_BYTES)).fill(0, 512, 1024);
    assert.ok(rest.equals(Buffer.alloc(CHUNK_BYTES)));
  }
});

test('requests end before submit returns', () => {
  const medium = new MemoryMedium(MIB);
  assert.equal(medium.synchronous, true);
  for (const op of Object.values(BlockOp)) {
    assert.ok(submit(medium, op, { buffer: Buffer.alloc(512) }).isOver);
  }
});

for (const op of ['discard', 'zero'] as const) {
  test(`${op} frees whole chunks and clears parts`, async () => {
    const medium = new MemoryMedium(2 ** 52 + 4096);
    await write(medium, 0, Buffer.alloc(4 * CHUNK_BYTES, 1));
    await run(medium, BlockOp[op], { offset: 512, length: 3 * CHUNK_BYTES });
    assert.equal(await medium.allocatedBytes(), 2 * CHUNK_BYTES);
    const expected = Buffer.alloc(4 * CHUNK_BYTES, 1).fill(0, 512, 3 * CHUNK_BYTES + 512);
    assert.ok(expected.equals(await read(medium, 0, 4 * CHUNK_BYTES)));

    // The last chunk ends with the disk; and a huge range must not take time by its length.
    await write(medium, 2 ** 52, Buffer.alloc(4096, 2));
    await run(medium, BlockOp[op], { offset: 512, length: medium.sizeBytes - 512 });
    assert.equal(await medium.allocatedBytes(), CHUNK_BYTES);
    assert.ok(
      Buffer.alloc(4096)
        .fill(1, 0, 512)
        .equals(await read(medium, 0, 4096)),
    );
  });
}

test('memory that cannot be had is nospace, and the disk goes on', async () => {
  let left = 2;
  const medium = new MemoryMedium(MIB, {
    allocate: (bytes) => {
      if (left-- === 0) throw new RangeError('Array buffer allocation failed');
      return new Uint8Array(bytes);
    },
  });
  const error = await submit(medium, BlockOp.write, { buffer: Buffer.alloc(3 * CHUNK_BYTES, 1) }).over;
  assert.equal(error?.code, 'nospace');
  assert.equal(error?.residual, CHUNK_BYTES);
  await write(medium, 0, Buffer.alloc(512, 9));
  assert.equal((await read(medium, 0, 512))[0], 9);
});

test('a read-only one refuses what writes', async () => {
  const medium = await openMedium('memory:1M', { readOnly: true });
  assert.equal(medium.readOnlyReason, 'asked for');
  for (const op of [BlockOp.write, BlockOp.discard, BlockOp.zero]) {
    assert.equal((await submit(medium, op, { buffer: Buffer.alloc(512) }).over)?.code, 'readonly');
  }
  await run(medium, BlockOp.flush);
});

test('closed it refuses, opened again it is empty and another', async () => {
  const medium = await openMedium('memory:1M');
  await write(medium, 0, Buffer.alloc(512, 1));
  await medium.close();
  assert.equal((await submit(medium, BlockOp.read, { buffer: Buffer.alloc(512) }).over)?.code, 'io');
  const again = await openMedium('memory:1M');
  assert.equal((await read(again, 0, 512))[0], 0);
  assert.notEqual(again.identity, medium.identity);
});

test('sizes and block sizes that do not fit are told', async () => {
  const medium = new MemoryMedium(MIB + 100, { blockBytes: 4096 });
  assert.equal(medium.sizeBytes, MIB);
  assert.match(medium.warning ?? '', /last 100 bytes are not offered/);
  for (const blockBytes of [0, 256, 1000, 2 ** 21, -512, Number.NaN]) {
    assert.throws(() => new MemoryMedium(MIB, { blockBytes }), MediumError, String(blockBytes));
  }
  assert.throws(() => new MemoryMedium(0), /memory is empty/);
  assert.throws(() => new MemoryMedium(4095, { blockBytes: 4096 }), /less than one block of 4096/);
});

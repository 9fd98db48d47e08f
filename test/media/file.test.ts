import assert from 'node:assert/strict';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { FileMedium } from '../../electron/target/media/file.ts';
import { type FileCalls, systemCalls } from '../../electron/target/media/file-calls.ts';
import { openMedium } from '../../electron/target/media/medium.ts';
import type { HolePuncher } from '../../electron/target/media/puncher.ts';
import { canPunch, temporaryFile, temporaryFolder } from './folder.ts';
import { compareWithModel, newSeed, randomSource } from './model.ts';
import { read, run, submit, type TestRequest, write } from './requests.ts';

const MIB = 1 << 20;

test('random requests give what a buffer gives', async (t) => {
  const medium = await openMedium(temporaryFile(t, 4 * MIB));
  await compareWithModel(medium, 1500, newSeed());
  await medium.close();
});

test('short reads and writes of the system are continued', async (t) => {
  const random = randomSource(7);
  const part = (length: number) => 1 + random(length);
  const calls: FileCalls = {
    ...systemCalls,
    read: (fd, to, at, length, position, done) => systemCalls.read(fd, to, at, part(length), position, done),
    write: (fd, from, at, length, position, done) =>
      systemCalls.write(fd, from, at, part(length), position, done),
  };
  const medium = await FileMedium.open(temporaryFile(t, MIB), { calls });
  await compareWithModel(medium, 300, newSeed());
  await medium.close();
});

test('what was written is in the file, and there after closing and opening again', async (t) => {
  const path = temporaryFile(t, MIB);
  for (let round = 1; round <= 3; round++) {
    const medium = await openMedium(path);
    assert.equal((await read(medium, 4096, 512))[0], round - 1);
    await write(medium, 4096, Buffer.alloc(512, round));
    await medium.close();
    assert.equal(fs.readFileSync(path)[4096], round);
  }
});

test('no more calls than the depth run at a time, the rest in order', async (t) => {
  const started: number[] = [];
  const held: (() => void)[] = [];
  const calls: FileCalls = {
    ...systemCalls,
    read: (_fd, _to, _at, length, position, done) => {
      started.push(position / 512);
      held.push(() => done(null, length));
    },
  };
  const medium = await FileMedium.open(temporaryFile(t, MIB), { calls, depth: 3 });
  const requests: TestRequest[] = [];
  for (let block = 0; block < 8; block++) {
    requests.push(submit(medium, BlockOp.read, { offset: block * 512, buffer: Buffer.alloc(512) }));
  }
  assert.deepEqual(started, [0, 1, 2]);
  held[1]?.();
  assert.ok(requests[1]?.isOver);
  assert.deepEqual(started, [0, 1, 2, 3]);
  for (let call = 0; call < held.length; call++) if (call !== 1) held[call]?.();
  assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.ok(requests.every((request) => request.isOver));
  await medium.close();
});

test('close waits for what runs and refuses what comes later', async (t) => {
  let release = () => {};
  const calls: FileCalls = {
    ...systemCalls,
    write: (fd, from, at, length, position, done) => {
      release = () => systemCalls.write(fd, from, at, length, position, done);
    },
  };
  const path = temporaryFile(t, MIB);
  const medium = await FileMedium.open(path, { calls });
  const running = submit(medium, BlockOp.write, { buffer: Buffer.alloc(512, 5) });
  const closing = medium.close();
  assert.equal(medium.close(), closing);
  const late = await submit(medium, BlockOp.read, { buffer: Buffer.alloc(512) }).over;
  assert.equal(late?.message, `${path} is closing`);
  assert.ok(!running.isOver);
  // A close that did not wait would be through before these.
  for (let turn = 0; turn < 20; turn++) await fs.promises.stat(path);
  fs.fstatSync(medium.fd);
  release();
  assert.equal(await running.over, null);
  await closing;
  assert.equal(fs.readFileSync(path)[0], 5);
  assert.equal((await submit(medium, BlockOp.flush).over)?.message, `${path} is closed`);
  assert.throws(() => fs.fstatSync(medium.fd), { code: 'EBADF' });
});

test('a discard gives storage back', async (t) => {
  if (!canPunch(t)) return;
  const medium = await openMedium(temporaryFile(t, 8 * MIB, 1));
  await run(medium, BlockOp.flush);
  const before = await medium.allocatedBytes();
  assert.ok(before >= 8 * MIB);
  await run(medium, BlockOp.discard, { offset: 2 * MIB, length: 4 * MIB, fua: true });
  assert.ok((await medium.allocatedBytes()) <= before - 4 * MIB);
  const expected = Buffer.alloc(8 * MIB, 1).fill(0, 2 * MIB, 6 * MIB);
  assert.ok(expected.equals(await read(medium, 0, 8 * MIB)));
  await medium.close();
});

const noHoles: HolePuncher = {
  punch: (_offset, _length, done) => queueMicrotask(() => done(false)),
  close: async () => {},
};

for (const [what, openPuncher] of [
  ['by the system', undefined],
  ['where it fails', () => noHoles],
  ['where there is none', () => null],
] as const) {
  test(`a zero reads as zeros: holes ${what}`, async (t) => {
    const options = openPuncher === undefined ? {} : { openPuncher };
    const medium = await FileMedium.open(temporaryFile(t, 16 * MIB, 1), options);
    await run(medium, BlockOp.zero, { offset: 512, length: 12 * MIB });
    await run(medium, BlockOp.zero, { offset: 14 * MIB, length: 512, fua: true });
    const expected = Buffer.alloc(16 * MIB, 1).fill(0, 512, 12 * MIB + 512);
    expected.fill(0, 14 * MIB, 14 * MIB + 512);
    assert.ok(expected.equals(await read(medium, 0, 16 * MIB)));
    await medium.close();
  });
}

test('a discard without holes is accepted and changes nothing', async (t) => {
  for (const openPuncher of [() => noHoles, () => null]) {
    const medium = await FileMedium.open(temporaryFile(t, MIB, 1), { openPuncher });
    await run(medium, BlockOp.discard, { length: MIB });
    assert.ok((await read(medium, 0, MIB)).equals(Buffer.alloc(MIB, 1)));
    await medium.close();
  }
});

test('closing ends the puncher while the file is still open', async (t) => {
  let ended = 0;
  const openPuncher = (fd: number): HolePuncher => ({
    ...noHoles,
    close: async () => {
      fs.fstatSync(fd);
      ended++;
    },
  });
  const medium = await FileMedium.open(temporaryFile(t, MIB), { openPuncher });
  await medium.close();
  assert.equal(ended, 1);
});

test('requests of no bytes are done at once', async (t) => {
  const medium = await openMedium(temporaryFile(t, MIB));
  for (const op of [BlockOp.read, BlockOp.write, BlockOp.discard, BlockOp.zero]) {
    assert.ok(submit(medium, op, { length: 0 }).isOver);
  }
  await medium.close();
});

test('the identity is that of the file, not of the way to it', async (t) => {
  const path = temporaryFile(t, MIB);
  const folder = temporaryFolder(t);
  fs.symlinkSync(path, join(folder, 'link'));
  const media = [await openMedium(path), await openMedium(join(folder, 'link'))];
  assert.equal(media[0]?.identity, media[1]?.identity);
  assert.ok(media[1]?.description.includes(join(folder, 'link')));
  const other = await openMedium(temporaryFile(t, MIB));
  assert.notEqual(other.identity, media[0]?.identity);
  for (const medium of [...media, other]) await medium.close();
});

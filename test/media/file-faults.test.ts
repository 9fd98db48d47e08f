import assert from 'node:assert/strict';
import fs from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import type { BlockErrorCode } from '../../electron/block/error.ts';
import { FileMedium } from '../../electron/target/media/file.ts';
import { type FileCalls, systemCalls } from '../../electron/target/media/file-calls.ts';
import { openMedium } from '../../electron/target/media/medium.ts';
import { temporaryFile, temporaryMount } from './folder.ts';
import { read, run, submit, write } from './requests.ts';

const MIB = 1 << 20;

function systemError(code: string, errno = 5): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made up`), { code, errno: -errno });
}

/** Calls whose syncs wait for the test, and which tell when the next write is over. */
class HeldSyncs implements FileCalls {
  readonly held: ((error: NodeJS.ErrnoException | null) => void)[] = [];
  #onWritten: (() => void)[] = [];

  readonly read = systemCalls.read;

  write: FileCalls['write'] = (fd, from, at, length, position, done) => {
    systemCalls.write(fd, from, at, length, position, (error, bytes) => {
      done(error, bytes);
      for (const tell of this.#onWritten.splice(0)) tell();
    });
  };

  fdatasync: FileCalls['fdatasync'] = (_fd, done) => {
    this.held.push(done);
  };

  nextWritten(): Promise<void> {
    return new Promise((resolve) => this.#onWritten.push(resolve));
  }
}

test('one sync serves all that came before it started, and none that came after', async (t) => {
  const calls = new HeldSyncs();
  const medium = await FileMedium.open(temporaryFile(t, MIB), { calls });
  const first = submit(medium, BlockOp.flush);
  assert.equal(calls.held.length, 1);
  const later = [submit(medium, BlockOp.flush), submit(medium, BlockOp.flush)];
  const written = calls.nextWritten();
  later.push(submit(medium, BlockOp.write, { buffer: Buffer.alloc(512, 1), fua: true }));
  later.push(submit(medium, BlockOp.discard, { length: 0, fua: true }));
  await written;
  assert.equal(calls.held.length, 1, 'a second sync ran beside the first');

  calls.held[0]?.(null);
  assert.ok(first.isOver);
  assert.ok(
    later.every((request) => !request.isOver),
    'the sync that ran cannot cover them',
  );
  assert.equal(calls.held.length, 2);

  calls.held[1]?.(null);
  for (const request of later) assert.equal(await request.over, null);
  assert.equal(calls.held.length, 2);
  await medium.close();
});

test('a write without fua, and a read with it, wait for no sync', async (t) => {
  const calls = new HeldSyncs();
  const medium = await FileMedium.open(temporaryFile(t, MIB), { calls });
  await write(medium, 0, Buffer.alloc(512, 1));
  await run(medium, BlockOp.read, { buffer: Buffer.alloc(512), fua: true });
  assert.equal(calls.held.length, 0);
  await medium.close();
});

test('a failed sync stays failed until the file is opened again', async (t) => {
  const calls = new HeldSyncs();
  const path = temporaryFile(t, MIB);
  const medium = await FileMedium.open(path, { calls });
  const failed = [submit(medium, BlockOp.flush), submit(medium, BlockOp.flush)];
  const written = calls.nextWritten();
  const running = submit(medium, BlockOp.write, { buffer: Buffer.alloc(512, 1), fua: true });
  await written;
  calls.held[0]?.(systemError('EIO'));
  for (const request of [...failed, running]) {
    const error = await request.over;
    assert.equal(error?.code, 'io');
    assert.ok(error?.message.startsWith(`${path}: sync failed`));
  }

  for (const op of [BlockOp.flush, BlockOp.zero, BlockOp.discard, BlockOp.write]) {
    const error = await submit(medium, op, { offset: 512, buffer: Buffer.alloc(512, 2), fua: true }).over;
    assert.equal(error?.code, 'io');
  }
  assert.equal(calls.held.length, 1, 'a later sync could succeed and hide the loss');
  assert.equal((await read(medium, 512, 512))[0], 0);
  await medium.close();

  const again = await openMedium(path);
  await run(again, BlockOp.flush);
  await again.close();
});

const FAULTS: [NodeJS.ErrnoException, BlockErrorCode][] = [
  [systemError('EIO'), 'io'],
  [systemError('ENXIO'), 'io'],
  [systemError('ENOSPC', constants.errno.ENOSPC), 'nospace'],
  [systemError('Unknown system error -122', constants.errno.EDQUOT), 'nospace'],
  [systemError('EROFS'), 'readonly'],
  [systemError('EPERM'), 'readonly'],
];

for (const [fault, code] of FAULTS) {
  test(`${fault.code} is answered as ${code}, and the medium goes on`, async (t) => {
    let failsAt = 512;
    const calls: FileCalls = {
      ...systemCalls,
      read: (fd, to, at, length, position, done) =>
        at === failsAt ? done(fault, 0) : systemCalls.read(fd, to, at, Math.min(512, length), position, done),
      write: (fd, from, at, length, position, done) =>
        at === failsAt
          ? done(fault, 0)
          : systemCalls.write(fd, from, at, Math.min(512, length), position, done),
    };
    const path = temporaryFile(t, MIB);
    const medium = await FileMedium.open(path, { calls });
    for (const op of ['read', 'write'] as const) {
      const error = await submit(medium, BlockOp[op], { offset: 4096, buffer: Buffer.alloc(2048) }).over;
      assert.equal(error?.code, code);
      assert.equal(error?.cause, fault);
      assert.equal(error?.residual, 1536);
      assert.ok(error?.message.startsWith(`${path}: ${op} of 2048 bytes at 4096: `));
    }
    failsAt = -1;
    await write(medium, 0, Buffer.alloc(2048, 4));
    assert.ok((await read(medium, 0, 2048)).equals(Buffer.alloc(2048, 4)));
    await medium.close();
  });
}

test('a write of which nothing is taken is an error and no endless loop', async (t) => {
  const calls: FileCalls = {
    ...systemCalls,
    write: (_fd, _from, _at, _length, _position, done) => done(null, 0),
  };
  const medium = await FileMedium.open(temporaryFile(t, MIB), { calls });
  const error = await submit(medium, BlockOp.write, { buffer: Buffer.alloc(512) }).over;
  assert.equal(error?.code, 'io');
  assert.match(error?.message ?? '', /nothing written/);
  await medium.close();
});

test('a file truncated while open answers reads beyond its end with an error that names it', async (t) => {
  const path = temporaryFile(t, MIB, 1);
  const medium = await openMedium(path);
  fs.truncateSync(path, 4096 + 100);
  const request = submit(medium, BlockOp.read, { offset: 4096, buffer: Buffer.alloc(4096) });
  const error = await request.over;
  assert.equal(error?.code, 'io');
  assert.equal(error?.residual, 3996);
  assert.ok(error?.message.startsWith(path));
  assert.match(error?.message ?? '', /ends before byte 4196: was it truncated/);
  assert.equal((await read(medium, 0, 4096))[4095], 1);
  await medium.close();
});

test('a full file system is nospace, and what was there stays readable', async (t) => {
  const folder = temporaryMount(t, '1m');
  if (folder === null) return;
  const path = join(folder, 'disk.img');
  fs.writeFileSync(path, Buffer.alloc(4096, 3));
  fs.truncateSync(path, 8 * MIB);
  const medium = await openMedium(path);
  const error = await submit(medium, BlockOp.write, { offset: MIB, buffer: Buffer.alloc(2 * MIB, 1) }).over;
  assert.equal(error?.code, 'nospace');
  assert.ok(error?.residual !== undefined && error.residual > MIB && error.residual < 2 * MIB);
  assert.equal(
    (await submit(medium, BlockOp.write, { buffer: Buffer.alloc(4096, 4) }).over)?.code,
    undefined,
  );
  assert.equal((await read(medium, 0, 512))[0], 4);
  await medium.close();
});

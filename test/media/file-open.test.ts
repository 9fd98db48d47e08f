import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { probeSize } from '../../electron/target/media/block-device.ts';
import { openMedium } from '../../electron/target/media/medium.ts';
import { MediumError, type MediumErrorCode } from '../../electron/target/media/medium-error.ts';
import {
  canPunch,
  loopDevice,
  temporaryFile,
  temporaryFolder,
  temporaryMount,
  withoutRights,
} from './folder.ts';
import { read, run, submit, write } from './requests.ts';

const MIB = 1 << 20;

async function assertRefused(path: string, code: MediumErrorCode, message: RegExp, blockBytes?: number) {
  const options = blockBytes === undefined ? {} : { blockBytes };
  await assert.rejects(openMedium(path, options), (error) => {
    assert.ok(error instanceof MediumError);
    assert.equal(error.code, code);
    assert.ok(error.message.startsWith(path));
    assert.match(error.message, message);
    return true;
  });
}

test('what is no disk is refused with its path and what to do', async (t) => {
  const folder = temporaryFolder(t);
  const path = (name: string) => join(folder, name);
  fs.writeFileSync(path('empty'), '');
  fs.writeFileSync(path('small'), Buffer.alloc(511));
  fs.symlinkSync(path('loop'), path('loop'));
  execFileSync('mkfifo', [path('pipe')]);
  await assertRefused(path('none'), 'missing', /no such file; make one with: truncate -s 1G .*none$/);
  await assertRefused(folder, 'kind', /is a directory; name a regular file or a block device/);
  await assertRefused(path('pipe'), 'kind', /neither a file nor a block device/);
  await assertRefused('/dev/null', 'kind', /neither a file nor a block device/);
  await assertRefused(path('empty'), 'size', /is empty; give it a size first, .*truncate -s 1G .*empty$/);
  await assertRefused(path('small'), 'size', /has only 511 bytes, less than one block of 512/);
  await assertRefused(path('small'), 'size', /1000 is no block size/, 1000);
  await assertRefused(path('loop'), 'system', /cannot be opened: ELOOP/);
});

test('a failed open leaves no descriptor behind', async (t) => {
  const path = temporaryFile(t, 100);
  const before = fs.readdirSync('/proc/self/fd').length;
  for (let round = 0; round < 20; round++) await assert.rejects(openMedium(path));
  assert.ok(fs.readdirSync('/proc/self/fd').length < before + 20);
});

test('the tail beyond the last whole block is not offered', async (t) => {
  const path = temporaryFile(t, MIB + 700);
  const medium = await openMedium(path, { blockBytes: 4096 });
  assert.equal(medium.sizeBytes, MIB);
  assert.equal(medium.blockBytes, 4096);
  assert.ok(medium.warning?.startsWith(path));
  assert.match(medium.warning ?? '', /its last 700 bytes are not offered/);
  await medium.close();
  const whole = await openMedium(temporaryFile(t, MIB));
  assert.equal(whole.warning, null);
  assert.equal(whole.blockBytes, 512);
  await whole.close();
});

test('a file that may not be written is offered for reading', async (t) => {
  const path = temporaryFile(t, MIB, 6);
  fs.chmodSync(path, 0o444);
  const medium = await withoutRights(() => openMedium(path));
  assert.equal(medium.readOnlyReason, 'no permission to write');
  assert.equal(medium.readOnly, true);
  assert.equal((await read(medium, 0, 512))[0], 6);
  await run(medium, BlockOp.flush);
  for (const op of [BlockOp.write, BlockOp.discard, BlockOp.zero]) {
    assert.equal((await submit(medium, op, { buffer: Buffer.alloc(512) }).over)?.code, 'readonly');
  }
  await medium.close();
  assert.equal(fs.readFileSync(path)[0], 6);
});

test('a file that may not be read is refused', async (t) => {
  const path = temporaryFile(t, MIB);
  fs.chmodSync(path, 0);
  await withoutRights(() =>
    assertRefused(path, 'permission', /no permission to read it; let this user read it/),
  );
});

test('read-only as asked for: the descriptor itself cannot write', async (t) => {
  const path = temporaryFile(t, MIB);
  const medium = await openMedium(path, { readOnly: true });
  assert.equal(medium.readOnlyReason, 'asked for');
  const flags = /flags:\s+(\d+)/;
  const mine = fs.readdirSync('/proc/self/fd').find((fd) => {
    return fs.readlinkSync(`/proc/self/fd/${fd}`, 'utf8') === fs.realpathSync(path);
  });
  const found = flags.exec(fs.readFileSync(`/proc/self/fdinfo/${mine}`, 'utf8'))?.[1] ?? '';
  assert.equal(Number.parseInt(found, 8) & 3, fs.constants.O_RDONLY);
  await medium.close();
});

test('a read-only file system', async (t) => {
  const folder = temporaryMount(t, '4m');
  if (folder === null) return;
  fs.writeFileSync(join(folder, 'disk.img'), Buffer.alloc(MIB));
  execFileSync('mount', ['-o', 'remount,ro', folder]);
  const medium = await openMedium(join(folder, 'disk.img'));
  assert.equal(medium.readOnlyReason, 'read-only file system');
  await medium.close();
});

test('a block device: size, blocks, data and holes', async (t) => {
  const path = temporaryFile(t, 8 * MIB, 1);
  const device = loopDevice(t, path);
  if (device === null) return;
  const medium = await openMedium(device);
  assert.equal(medium.sizeBytes, 8 * MIB);
  assert.equal(medium.blockBytes, 512);
  assert.equal(medium.readOnlyReason, null);
  assert.equal(await medium.allocatedBytes(), 8 * MIB);
  await write(medium, 4 * MIB, Buffer.alloc(4096, 9));
  await run(medium, BlockOp.flush);
  assert.equal(fs.readFileSync(path)[4 * MIB], 9);
  if (canPunch(t)) {
    await run(medium, BlockOp.discard, { offset: 0, length: 4 * MIB, fua: true });
    assert.ok(fs.statSync(path).blocks * 512 < 5 * MIB);
    assert.ok((await read(medium, 0, 4 * MIB)).equals(Buffer.alloc(4 * MIB)));
  }
  await medium.close();
});

test('a read-only block device with large blocks', async (t) => {
  const device = loopDevice(t, temporaryFile(t, MIB, 1), '--read-only', '--sector-size', '4096');
  if (device === null) return;
  const medium = await openMedium(device);
  assert.equal(medium.readOnlyReason, 'read-only device');
  assert.equal(medium.blockBytes, 4096);
  assert.equal((await read(medium, 0, 4096))[0], 1);
  await medium.close();
  await assertRefused(device, 'size', /has blocks of 4096 bytes/, 512);
});

test('a size can be found by reading alone', async (t) => {
  for (const sectors of [0, 1, 2, 3, 1000, 2 ** 20, 2 ** 31 + 1]) {
    const fd = fs.openSync(temporaryFile(t, sectors * 512), 'r');
    assert.equal(await probeSize(fd), sectors * 512);
    fs.closeSync(fd);
  }
  const device = loopDevice(t, temporaryFile(t, 3 * MIB + 512));
  if (device === null) return;
  const fd = fs.openSync(device, 'r');
  assert.equal(await probeSize(fd), 3 * MIB + 512);
  fs.closeSync(fd);
});

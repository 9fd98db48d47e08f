import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { randomFile, sha256 } from './support/data.ts';
import { addressOf, attached, exported } from './support/disk.ts';
import { Fio } from './support/fio.ts';
import { without } from './support/needs.ts';
import { Sandbox } from './support/sandbox.ts';
import type { Spandrel } from './support/spandrel.ts';

/** A file exported by one process, attached by another, and served over NBD there. */
interface Disk {
  readonly box: Sandbox;
  readonly file: string;
  readonly exporter: Spandrel<'export'>;
  readonly client: Spandrel<'attach'>;
  readonly uri: string;
}

const MIB = 1 << 20;
const GIB = 1 << 30;

async function disk(t: TestContext, sizeBytes: number, ...flags: string[]): Promise<Disk> {
  const box = new Sandbox(t);
  const file = box.file('disk.img', sizeBytes);
  const exporter = await exported(box, file, ...flags);
  const { client, uri } = await attached(box, [addressOf(exporter)]);
  return { box, file, exporter, client, uri };
}

interface NbdInfo {
  readonly exports: readonly [{ readonly 'export-size': number; readonly is_read_only: boolean }];
}

for (const readOnly of [false, true]) {
  const title = readOnly ? 'read-only' : 'read-write';
  test(`nbdinfo sees size and flags, ${title}`, { skip: without('nbdinfo') }, async (t) => {
    const { box, uri, client, exporter } = await disk(t, 96 * MIB, ...(readOnly ? ['--read-only'] : []));
    const { exports } = JSON.parse(await box.runOk('nbdinfo', '--json', uri)) as NbdInfo;
    assert.equal(exports[0]['export-size'], 96 * MIB);
    assert.equal(exports[0].is_read_only, readOnly);
    assert.equal(client.ready.size_bytes, 96 * MIB);
    assert.equal(client.ready.read_only, readOnly);
    assert.equal(exporter.ready.exports[0]?.read_only, readOnly);
    await client.stop();
    await exporter.stop();
  });
}

test('1 GiB of random data in and out', { skip: without('nbdcopy') }, async (t) => {
  const { box, file, uri, client, exporter } = await disk(t, GIB);
  const source = box.path('random');
  const wanted = await randomFile(source, GIB);
  const inMs = await timed(() => box.runOk('nbdcopy', '--flush', source, uri));
  const back = box.path('back');
  const outMs = await timed(() => box.runOk('nbdcopy', uri, back));
  await client.stop();
  await exporter.stop();
  const [served, copied] = await Promise.all([sha256(file), sha256(back)]);
  assert.equal(served, wanted, 'the file the exporter serves');
  assert.equal(copied, wanted, 'the copy that came back');
  t.diagnostic(`in ${rate(inMs)}, out ${rate(outMs)}`);
});

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function rate(ms: number): string {
  return `${((GIB / MIB / ms) * 1000).toFixed(0)} MiB/s`;
}

test('qemu-io patterns, aligned and not', { skip: without('qemu-io') }, async (t) => {
  const { box, uri, client } = await disk(t, 64 * MIB);
  const qemuIo = (...commands: string[]): Promise<string> =>
    box.runOk('qemu-io', '-f', 'raw', ...commands.flatMap((command) => ['-c', command]), uri);
  const text = await qemuIo(
    'write -P 0xa1 0 1M',
    'write -P 0xb2 512 1024',
    'write -P 0xc3 3584 1024', // over a boundary of 4096
    'flush',
    'read -P 0xa1 0 512',
    'read -P 0xb2 512 1024',
    'read -P 0xa1 1536 2048',
    'read -P 0xc3 3584 1024',
    'read -P 0xa1 4608 1040384',
    // Unaligned to the block itself: the client reads, changes and writes whole blocks.
    'write -P 0xd4 70001 777',
    'read -P 0xd4 70001 777',
    'read -P 0xa1 69632 369',
    'write -f -P 0xe5 32M 4M',
    'read -P 0xe5 32M 4M',
    'write -z 33M 1M',
    'read -P 0 33M 1M',
    'read -P 0xe5 34M 2M',
    'write -z 1024 512',
    'read -P 0 1024 512',
    'read -P 0xb2 512 512',
    'discard 40M 4M',
    'discard 512 512',
    'flush',
  );
  assert.doesNotMatch(text, /failed/i);
  // What was written is there for a client that comes later.
  assert.doesNotMatch(await qemuIo('read -P 0xe5 32M 1M', 'read -P 0xc3 3584 1024'), /failed/i);
  await client.stop();
});

test('fio: random writes at depth 32 read back right', { skip: without('fio') }, async (t) => {
  const { box, uri, client } = await disk(t, 64 * MIB);
  const fio = new Fio(box, uri, '--rw=randwrite', '--bs=4k', '--iodepth=32', '--size=64M', '--verify=crc32c');
  const { writes, writesPerSecond } = await fio.clean();
  assert.equal(writes, (64 * MIB) / 4096);
  t.diagnostic(`${writesPerSecond.toFixed(0)} writes/s`);
  await client.stop();
});

test('fio: mixed sizes and flushes read back right', { skip: without('fio') }, async (t) => {
  const { box, uri, client } = await disk(t, 64 * MIB);
  const sizes = ['--bsrange=512-1M', '--bs_unaligned=0', '--blockalign=512', '--fsync=16'];
  const fio = new Fio(box, uri, '--rw=randwrite', ...sizes, '--iodepth=8', '--size=64M', '--verify=crc32c');
  await fio.clean();
  await client.stop();
});

test('an ext4 file system survives the way in and out', {
  skip: without('mke2fs', 'e2fsck', 'nbdcopy'),
}, async (t) => {
  const { box, file, uri, client, exporter } = await disk(t, 64 * MIB);
  const image = await ext4Image(box);
  const wanted = await sha256(image);
  await box.runOk('nbdcopy', '--flush', image, uri);
  const back = box.path('back.img');
  await box.runOk('nbdcopy', uri, back);
  await client.stop();
  await exporter.stop();
  for (const path of [file, back]) {
    await box.runOk('e2fsck', '-fn', path);
    assert.equal(await sha256(path), wanted);
  }
});

/** An ext4 image of 64 MiB with a small tree of files in it. */
async function ext4Image(box: Sandbox): Promise<string> {
  const tree = box.path('tree');
  for (let folder = 0; folder < 4; folder++) {
    const path = join(tree, `folder${folder}`, 'deeper');
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 16; file++) writeFileSync(join(path, `${file}.txt`), `${file}\n`.repeat(5000));
  }
  await randomFile(join(tree, 'large'), 8 * MIB);
  const image = box.path('ext4.img');
  await box.runOk('mke2fs', '-q', '-t', 'ext4', '-d', tree, image, '64M');
  return image;
}

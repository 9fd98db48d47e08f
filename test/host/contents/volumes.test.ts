import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { without } from '../../e2e/support/needs.ts';
import { loopDevice, temporaryFile, temporaryFolder } from '../../media/folder.ts';
import { contentsOf, contentsOfFile, crafted, only, tool } from './support/disk.ts';
import { DISK, guidBytes } from './support/tables.ts';

/** What holds other volumes, and what no program here makes: those are written by hand after their headers. */

const MIB = 1 << 20;
const SIZE = 64 * MIB;
const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const uuidBytes = Buffer.from(UUID.replaceAll('-', ''), 'hex');

test('a physical volume of LVM2 tells its volume group', {
  skip: without('pvcreate', 'losetup'),
}, async (t) => {
  const path = temporaryFile(t, SIZE);
  const device = loopDevice(t, path);
  if (device === null) return;
  // A configuration of its own: nothing of this machine's is read or changed.
  const home = temporaryFolder(t);
  mkdirSync(join(home, 'backup'));
  writeFileSync(
    join(home, 'lvm.conf'),
    `devices { dir = "/dev" scan = ["/dev"] use_devicesfile = 0 filter = [ "a|^${device}$|", "r|.*|" ] }
global { locking_dir = "${home}" } backup { backup = 0 archive = 0 } activation { udev_sync = 0 }`,
  );
  process.env.LVM_SYSTEM_DIR = home;
  t.after(() => delete process.env.LVM_SYSTEM_DIR);
  tool('pvcreate', '-q', '-q', device);
  const pvUuid = tool('pvs', '--noheadings', '-o', 'pv_uuid', device).trim();
  const empty = only((await contentsOfFile(t, path)).signatures, 'LVM2');
  assert.deepEqual([empty.uuid, empty.detail, empty.offset], [pvUuid, '64 MiB', 512]);
  tool('vgcreate', '-q', 'vg-data_0.1', device);
  assert.equal(
    only((await contentsOfFile(t, path)).signatures, 'LVM2').detail,
    '64 MiB, of the volume group vg-data_0.1',
  );
});

test('a backing device of bcache', { skip: without('make-bcache', 'losetup') }, async (t) => {
  const path = temporaryFile(t, SIZE);
  const device = loopDevice(t, path);
  if (device === null) return;
  const told = tool('make-bcache', '-B', device);
  const { uuid, detail } = only((await contentsOfFile(t, path)).signatures, 'bcache');
  assert.equal(uuid, /^UUID:\s+(\S+)$/m.exec(told)?.[1]);
  assert.equal(detail, 'backing device');
});

function md(at: number): Buffer {
  const block = Buffer.alloc(256);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(1, 4);
  uuidBytes.copy(block, 16);
  block.write('host:0', 32);
  block.writeInt32LE(5, 72);
  block.writeUInt32LE(3, 92);
  block.writeBigUInt64LE(BigInt(at / 512), 144);
  return block;
}

for (const [version, offset] of [
  ['1.0', SIZE - 8192],
  ['1.1', 0],
  ['1.2', 4096],
] as const) {
  test(`a member of an md array with metadata ${version}`, async () => {
    const { signatures } = await contentsOf(await crafted(SIZE, [[offset, md(offset)]]));
    assert.deepEqual(only(signatures, 'mdraid'), {
      type: 'mdraid',
      offset,
      bytes: 256,
      label: 'host:0',
      uuid: UUID,
      detail: 'RAID 5, 3 devices',
    });
  });
}

test('a member of an md array with metadata 0.90', async () => {
  const block = Buffer.alloc(4096);
  block.writeUInt32LE(0xa92b4efc, 0);
  block.writeUInt32LE(90, 8);
  for (const [word, at] of [20, 52, 56, 60].entries()) {
    block.writeUInt32LE(uuidBytes.readUInt32BE(word * 4), at);
  }
  block.writeInt32LE(1, 28);
  block.writeUInt32LE(2, 40);
  const size = SIZE + 12_288;
  const { signatures } = await contentsOf(await crafted(size, [[SIZE - 65_536, block]]));
  const { uuid, detail } = only(signatures, 'mdraid');
  assert.deepEqual([uuid, detail], [UUID, 'RAID 1, 2 devices, metadata 0.90']);
});

/** A list of names and values as ZFS writes it into its label. */
function nvlist(pairs: readonly (readonly [string, string | bigint])[]): Buffer {
  const padded = (text: string): Buffer =>
    Buffer.concat([Buffer.from(text), Buffer.alloc((4 - (Buffer.byteLength(text) % 4)) % 4)]);
  const word = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const encoded = pairs.map(([name, value]) => {
    const data =
      typeof value === 'string'
        ? [word(9), word(1), word(Buffer.byteLength(value)), padded(value)]
        : [word(8), word(1), Buffer.from(value.toString(16).padStart(16, '0'), 'hex')];
    const body = Buffer.concat([word(0), word(Buffer.byteLength(name)), padded(name), ...data]);
    return Buffer.concat([word(body.length + 4), body]);
  });
  return Buffer.concat([Buffer.from('010100000000000000000001', 'hex'), ...encoded, Buffer.alloc(8)]);
}

test('a device of a ZFS pool', async () => {
  const list = nvlist([
    ['version', 5000n],
    ['name', 'tank'],
    ['state', 0n],
    ['pool_guid', 12345678901234567890n],
    ['hostname', 'nas'],
  ]);
  const { signatures } = await contentsOf(await crafted(SIZE, [[16 << 10, list]]));
  const { label, uuid, detail } = only(signatures, 'zfs');
  assert.deepEqual([label, uuid, detail], ['tank', '12345678901234567890', 'active, last used by nas']);
});

test('a HAMMER volume', async () => {
  const block = Buffer.alloc(4096);
  block.writeBigUInt64LE(0xc8414d4dc5523031n, 0);
  block.writeBigInt64LE(BigInt(MIB), 24);
  block.writeBigInt64LE(BigInt(SIZE), 32);
  guidBytes(DISK).copy(block, 48);
  block.write('ROOT', 80);
  block.writeInt32LE(1, 144);
  block.writeInt32LE(2, 148);
  block.writeUInt32LE(7, 152);
  const { label, uuid, detail } = only(
    (await contentsOf(await crafted(SIZE, [[0, block]]))).signatures,
    'hammer',
  );
  assert.deepEqual([label, uuid, detail], ['ROOT', DISK, '63 MiB, volume 1 of 2, version 7']);
});

test('a HAMMER2 volume', async () => {
  const block = Buffer.alloc(4096);
  block.writeBigUInt64LE(0x48414d3205172011n, 0);
  block.writeBigUInt64LE(BigInt(SIZE), 0x28);
  block.writeUInt32LE(1, 0x30);
  guidBytes(DISK).copy(block, 0x40);
  const { uuid, detail } = only((await contentsOf(await crafted(SIZE, [[0, block]]))).signatures, 'hammer2');
  assert.deepEqual([uuid, detail], [DISK, '64 MiB, version 1']);
});

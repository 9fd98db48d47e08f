import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { BlockOp } from '../../electron/block/device.ts';
import { BlockError } from '../../electron/block/error.ts';
import { until } from '../block/support/until.ts';
import { without } from '../e2e/support/needs.ts';
import { FailingDevice, LateDevice, MemoryDevice, SparseDevice } from './devices.ts';
import { pattern } from './requests.ts';
import { run, runOk } from './run.ts';
import { TestServer } from './serve.ts';

const MIB = 1 << 20;

function scratch(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'nbdtools-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Run lines of Python against a connected handle `h`; what they print comes back. */
function nbdsh(uri: string, ...lines: string[]): Promise<string> {
  return runOk('nbdsh', ['--base-allocation', '-u', uri, '-c', lines.join('\n')]);
}

/** The lines that do not report success, of a report that has so many. */
function notOk(said: string, count: number): string[] {
  const lines = said.trim().split('\n');
  assert.equal(lines.length, count);
  return lines.filter((line) => !line.startsWith('ok') || line.includes('False'));
}

test('nbdinfo lists the exports and describes each', async (t) => {
  const server = await TestServer.start(t, {
    plain: new MemoryDevice(3 * MIB),
    sparse: new SparseDevice(8 * MIB),
    locked: new MemoryDevice(MIB, { readOnly: true }),
  });
  const { exports } = JSON.parse(await runOk('nbdinfo', ['--list', '--json', server.uri('')]));
  const byName = Object.fromEntries(
    exports.map((found: { 'export-name': string }) => [found['export-name'], found]),
  );
  assert.deepEqual(Object.keys(byName).sort(), ['locked', 'plain', 'sparse']);
  assert.equal(byName.plain.description, 'disk plain');
  assert.equal(byName.plain['export-size'], 3 * MIB);
  assert.deepEqual(byName.plain.contexts, []);
  assert.deepEqual(byName.sparse.contexts, ['base:allocation']);
  assert.equal(byName.locked.is_read_only, true);
  assert.equal(byName.locked.can_trim, false);
  for (const flag of ['can_df', 'can_flush', 'can_fua', 'can_multi_conn', 'can_trim', 'can_zero']) {
    assert.equal(byName.plain[flag], true, flag);
  }
  assert.equal(byName.plain.block_size_minimum, 512);
  assert.equal(byName.plain.block_size_preferred, 4096);
  assert.equal(byName.plain.block_size_maximum, 32 * MIB);
  assert.equal((await run('nbdinfo', [server.uri('none')])).status, 1);
  await server.server.close();
  assert.deepEqual(server.warnings, []);
  assert.ok(server.directory.opens >= 3);
  assert.equal(server.directory.closes, server.directory.opens);
});

for (const [kind, Device] of [
  ['synchronous', MemoryDevice],
  ['asynchronous', LateDevice],
  ['sparse', SparseDevice],
] as const) {
  test(`nbdcopy there and back, ${kind} device`, async (t) => {
    const folder = scratch(t);
    const device = new Device(24 * MIB);
    const server = await TestServer.start(t, { disk: device });
    const content = Buffer.concat([pattern(9 * MIB, 1), Buffer.alloc(6 * MIB), pattern(9 * MIB, 2)]);
    writeFileSync(join(folder, 'in'), content);
    await runOk('nbdcopy', ['--flush', join(folder, 'in'), server.uri('disk')]);
    assert.ok(content.equals(device.bytes));
    assert.ok((device.counts[BlockOp.flush] as number) > 0);
    for (const size of ['4096', '262144', '33554432']) {
      await runOk('nbdcopy', [`--request-size=${size}`, server.uri('disk'), join(folder, 'out')]);
      assert.ok(content.equals(readFileSync(join(folder, 'out'))), `requests of ${size}`);
    }
  });
}

test('fio verifies what it wrote with many requests in flight', async (t) => {
  const folder = scratch(t);
  const server = await TestServer.start(t, { a: new MemoryDevice(8 * MIB), b: new LateDevice(8 * MIB) });
  const output = join(folder, 'fio.json');
  const args = ['--name=x', '--ioengine=nbd', '--rw=randwrite', '--bsrange=512-128k', '--iodepth=64'];
  const verify = ['--verify=crc32c', '--do_verify=1', '--verify_fatal=1', '--size=8M', '--blockalign=512'];
  for (const name of ['a', 'b']) {
    await runOk('fio', [`--output=${output}`, ...args, `--uri=${server.uri(name)}`, ...verify]);
    assert.match(readFileSync(output, 'utf8'), /err= 0/);
  }
});

test('qemu-io: reads, writes, zeroing, discard and flush', async (t) => {
  const device = new MemoryDevice(16 * MIB);
  const server = await TestServer.start(t, { disk: device });
  const commands = [
    'write -P 0x5a 1M 3M',
    'write -f -P 0x5b 0 512',
    'read -P 0x5a 1M 3M',
    'write -z -u 2M 1M',
    'write -z 3M 64k',
    'read -P 0 2M 1M',
    'discard 1M 64k',
    'flush',
    'read -P 0x5b 0 512',
    'aio_write -P 1 8M 4M',
    'aio_write -P 2 12M 4M',
    'aio_flush',
    'read -P 1 8M 4M',
    'read -P 2 12M 4M',
  ];
  const args = commands.flatMap((command) => ['-c', command]);
  const said = await runOk('qemu-io', ['-t', 'writeback', '-f', 'raw', ...args, server.uri('disk')]);
  assert.doesNotMatch(said, /failed|mismatch/i);
  assert.equal(device.bytes[0], 0x5b);
  assert.equal(device.counts[BlockOp.zero], 1, 'zeroing that may make a hole reaches the device');
  assert.equal(device.counts[BlockOp.discard], 1);
  assert.equal(device.fuaCount, 1);
});

test('qemu-img: convert, compare, map', async (t) => {
  const folder = scratch(t);
  const device = new SparseDevice(16 * MIB);
  const server = await TestServer.start(t, { disk: device });
  const image = join(folder, 'image');
  writeFileSync(image, Buffer.concat([pattern(4 * MIB, 3), Buffer.alloc(8 * MIB), pattern(4 * MIB, 4)]));
  await runOk('qemu-img', ['convert', '-n', '-f', 'raw', '-O', 'raw', image, server.uri('disk')]);
  const compare = ['compare', '-f', 'raw', '-F', 'raw', image, server.uri('disk')];
  assert.match(await runOk('qemu-img', compare), /identical/);
  device.bytes[5 * MIB] = 1;
  assert.equal((await run('qemu-img', compare)).status, 1);
  const fresh = await TestServer.start(t, { disk: new SparseDevice(16 * MIB) });
  await runOk('qemu-io', ['-f', 'raw', '-c', 'write 4M 1M', fresh.uri('disk')]);
  const map = JSON.parse(await runOk('qemu-img', ['map', '--output=json', '-f', 'raw', fresh.uri('disk')]));
  assert.deepEqual(
    map.map((extent: { start: number; length: number; data: boolean }) => [
      extent.start / MIB,
      extent.length / MIB,
      extent.data,
    ]),
    [
      [0, 4, false],
      [4, 1, true],
      [5, 11, false],
    ],
  );
});

test('nbdkit in front: its nbd plugin, with its retries and its own blocks, reads and writes through', {
  skip: without('nbdkit', 'nbdcopy', 'qemu-io'),
}, async (t) => {
  const folder = scratch(t);
  const device = new LateDevice(8 * MIB);
  const server = await TestServer.start(t, { disk: device });
  const content = pattern(8 * MIB, 3);
  writeFileSync(join(folder, 'in'), content);
  const behind = ['nbd', `socket=${server.socket}`, 'export=disk'];
  const through = (filters: string[], command: string): Promise<string> =>
    runOk('nbdkit', ['-U', '-', ...filters, ...behind, '--run', command]);
  await through(['--filter=retry'], `nbdcopy --flush ${join(folder, 'in')} "$uri"`);
  assert.ok(content.equals(device.bytes));
  await through(
    ['--filter=retry', '--filter=fua', '--filter=blocksize'],
    `nbdcopy "$uri" ${join(folder, 'out')}`,
  );
  assert.ok(content.equals(readFileSync(join(folder, 'out'))));
  await through(
    [],
    'qemu-io -f raw -c "write -z 1M 1M" -c "discard 3M 1M" -c flush -c "read -P 0 1M 1M" "$uri"',
  );
  assert.ok(device.bytes.subarray(MIB, 2 * MIB).every((byte) => byte === 0));
});

/** Only root mounts without this program. */
const withoutMount = process.getuid?.() !== 0 && without('fusermount');

test('nbdfuse makes a file of it, in which mke2fs makes a file system e2fsck finds whole', {
  skip:
    without('nbdfuse', 'mke2fs', 'e2fsck') ||
    withoutMount ||
    (!existsSync('/dev/fuse') && 'no /dev/fuse here'),
}, async (t) => {
  const folder = scratch(t);
  const device = new LateDevice(16 * MIB);
  const server = await TestServer.start(t, { disk: device });
  const [file, ready] = [join(folder, 'mnt', 'disk'), join(folder, 'ready')];
  mkdirSync(join(folder, 'mnt'));
  const mounted = run('nbdfuse', ['-P', ready, file, server.uri('disk')]);
  const pid = (): number => (existsSync(ready) ? Number(readFileSync(ready, 'utf8')) : 0);
  await until(() => pid() > 0, 'nbdfuse');
  try {
    await runOk('mke2fs', ['-q', '-F', '-t', 'ext4', file]);
    await runOk('e2fsck', ['-f', '-n', file]);
  } finally {
    process.kill(pid(), 'SIGTERM'); // it unmounts
    await mounted;
  }
  assert.ok(!existsSync(file));
  assert.equal(device.bytes.readUInt16LE(1024 + 56), 0xef53, 'it is on the device');
});

test('structured replies: holes, do-not-fragment, errors with words', async (t) => {
  const device = new SparseDevice(MIB);
  const server = await TestServer.start(t, {
    disk: device,
    bad: new FailingDevice(MIB, new BlockError('io', 'sector 7 is gone')),
  });
  const said = await nbdsh(
    server.uri('disk'),
    'h.pwrite(b"x" * 65536, 65536)',
    'def read(length, offset, flags = 0):',
    '    seen = []',
    '    def chunk(data, at, status, error):',
    '        seen.append((at, len(data), status))',
    '    got = h.pread_structured(length, offset, chunk, flags)',
    '    assert got == b"x" * 65536 + b"\\0" * (length - 65536) if offset == 65536 else got == b"\\0" * length',
    '    print(seen)',
    'read(131072, 65536)',
    'read(131072, 65536, nbd.CMD_FLAG_DF)',
    'read(4096, 0)',
    'read(512, 0, nbd.CMD_FLAG_DF)',
    'extents = []',
    'h.block_status(1048576, 0, lambda *a: extents.append(a[2]))',
    'h.block_status(1048576, 0, lambda *a: extents.append(a[2]), nbd.CMD_FLAG_REQ_ONE)',
    'print(extents)',
  );
  assert.deepEqual(said.trim().split('\n'), [
    '[(65536, 65536, 1), (131072, 65536, 2)]',
    '[(65536, 131072, 1)]',
    '[(0, 4096, 2)]',
    '[(0, 512, 2)]',
    '[[65536, 3, 65536, 0, 917504, 3], [65536, 3]]',
  ]);
});

test('errors reach libnbd with their numbers', async (t) => {
  const codes = { io: 'EIO', nospace: 'ENOSPC', unsupported: 'ENOTSUP', readonly: 'EPERM', range: 'EINVAL' };
  const devices = Object.keys(codes).map((code) => [
    code,
    new FailingDevice(MIB, new BlockError(code as keyof typeof codes, 'no')),
  ]);
  const server = await TestServer.start(t, Object.fromEntries(devices));
  for (const [code, errno] of Object.entries(codes)) {
    const attempts = [
      'h.pread(4096, 0)',
      'h.pwrite(b"1" * 4096, 0)',
      'h.pwrite(b"1" * 65536, 0)',
      'h.flush()',
    ];
    const lines = attempts.flatMap((attempt) => [
      `try: ${attempt}; print("no error")`,
      'except nbd.Error as e: print(e.errno)',
    ]);
    const expected = errno === 'ENOTSUP' ? /^(EOPNOTSUPP|ENOTSUP)$/ : new RegExp(`^${errno}$`);
    const said = (await nbdsh(server.uri(code), ...lines)).trim().split('\n');
    assert.equal(said.length, 4);
    for (const line of said) assert.match(line, expected);
  }
});

test('requests a device must not see are answered with the error of the protocol', async (t) => {
  const server = await TestServer.start(t, {
    disk: new SparseDevice(MIB),
    locked: new MemoryDevice(MIB, { readOnly: true }),
  });
  const check = (call: string, errno: string): string[] => [
    `try: ${call}; print("no error instead of ${errno}")`,
    `except nbd.Error as e: print("ok" if e.errno in "${errno}".split("|") else e.errno, ${JSON.stringify(call)})`,
  ];
  const lines = [
    'h.set_strict_mode(0)',
    ...check('h.pread(512, 1 << 20)', 'EINVAL'),
    ...check('h.pread(512, (1 << 63) - 512)', 'EINVAL'),
    ...check('h.pread(100, 0)', 'EINVAL'),
    ...check('h.pwrite(b"1" * 512, 1 << 20)', 'ENOSPC'),
    ...check('h.pwrite(b"1" * 65536, (1 << 20) - 512)', 'ENOSPC'),
    ...check('h.pwrite(b"1" * 100, 0)', 'EINVAL'),
    ...check('h.trim(512, 1 << 20)', 'EINVAL'),
    ...check('h.zero(512, 1 << 20)', 'ENOSPC'),
    ...check('h.zero(512, 0, nbd.CMD_FLAG_FAST_ZERO)', 'ENOTSUP|EOPNOTSUPP'),
    ...check('h.cache(512, 0)', 'EINVAL'),
    ...check('h.pread(512, 0, nbd.CMD_FLAG_NO_HOLE)', 'EINVAL'),
    'h.zero(4096, 0)',
    'h.zero(3 << 18, 4096, nbd.CMD_FLAG_NO_HOLE)',
    'h.trim(4096, 0)',
    'print("ok", "at the end", h.pread(512, 0) == b"\\0" * 512)',
  ];
  const said = await nbdsh(server.uri('disk'), ...lines);
  assert.deepEqual(notOk(said, 12), []);
  const refused = await nbdsh(
    server.uri('locked'),
    'h.set_strict_mode(0)',
    ...check('h.pwrite(b"1" * 512, 0)', 'EPERM'),
    ...check('h.pwrite(b"1" * 65536, 0)', 'EPERM'),
    ...check('h.zero(512, 0)', 'EPERM'),
    ...check('h.trim(512, 0)', 'EPERM'),
    'print("ok", h.pread(512, 0) == b"\\0" * 512)',
  );
  assert.deepEqual(notOk(refused, 5), []);
});

test('zeroing falls back to writes where the device has none', async (t) => {
  const device = new SparseDevice(8 * MIB);
  const server = await TestServer.start(t, { disk: device });
  await nbdsh(
    server.uri('disk'),
    'h.pwrite(b"x" * (8 << 20), 0)',
    'h.zero((4 << 20) + 4096, 1 << 20, nbd.CMD_FLAG_FUA)',
  );
  const expected = Buffer.alloc(8 * MIB, 'x').fill(0, MIB, 5 * MIB + 4096);
  assert.ok(expected.equals(device.bytes));
  assert.equal(device.fuaCount, 5, 'every piece is stable before the reply');
});

test('a client that knows no GO and no structured replies is served', async (t) => {
  const device = new MemoryDevice(MIB);
  const server = await TestServer.start(t, { disk: device });
  const said = await runOk('nbdsh', [
    '-c',
    [
      'h.set_export_name("disk")',
      'h.set_handshake_flags(0)',
      'h.set_request_structured_replies(False)',
      `h.connect_unix(${JSON.stringify(server.socket)})`,
      'h.pwrite(b"y" * 20480, 512)',
      'print(h.get_size(), h.pread(20480, 512) == b"y" * 20480, h.pread(512, 0) == b"\\0" * 512)',
      'h.shutdown()',
    ].join('\n'),
  ]);
  assert.equal(said.trim(), `${MIB} True True`);
  await server.until(() => server.events.length === 2);
  const [, detached] = server.events;
  assert.equal(detached?.kind, 'detached');
  assert.equal(detached.client.exportName, 'disk');
  assert.equal(detached.client.writtenBytes, 20480);
  assert.equal(detached.client.readBytes, 20992);
  assert.equal(detached.kind === 'detached' && detached.error, undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPeerAddress } from '../../../renderer/dialogs/add-peer/address.ts';
import { lossesOf as peerLosses } from '../../../renderer/dialogs/add-peer/losses.ts';
import { contentsLine, partitionLine, twinsOf, writersOf } from '../../../renderer/dialogs/attach/advice.ts';
import { noPathOf } from '../../../renderer/dialogs/attach/no-path.ts';
import {
  copyProblem,
  endForCommand,
  endOf,
  endProblem,
  endText,
} from '../../../renderer/dialogs/copy/ends.ts';
import { holdersOf, lossesOf, outcomeLine, startupLine } from '../../../renderer/dialogs/detach/plans.ts';
import { isMemory, sourceOf, sourceText } from '../../../renderer/dialogs/export/source.ts';
import { bundleName, bundleText } from '../../../renderer/dialogs/parts/bundle.ts';
import { counted, listed } from '../../../renderer/dialogs/parts/count.ts';
import type { Contents, Signature } from '../../../shared/model/contents.ts';
import type { DetachPlan, UnitClient } from '../../../shared/model/unit.ts';
import { disk, exported, LOST, path, peer, unit } from '../support/scenes.ts';

const address = (text: string, reach: 'here' | 'other', serial: string | null = null) => ({
  kind: 'address',
  text,
  reach,
  serial,
});

test('a host, an IPv6 address and a socket are read, and what stays on this machine is told from what does not', () => {
  assert.deepEqual(readPeerAddress(' node-b '), address('node-b', 'other'));
  assert.deepEqual(readPeerAddress('10.0.0.2:987'), address('10.0.0.2:987', 'other'));
  assert.deepEqual(readPeerAddress('[fd00::2]:987'), address('[fd00::2]:987', 'other'));
  assert.deepEqual(readPeerAddress('[::1]:987'), address('[::1]:987', 'here'));
  assert.deepEqual(readPeerAddress('127.0.0.1:18001'), address('127.0.0.1:18001', 'here'));
  assert.deepEqual(readPeerAddress('localhost'), address('localhost', 'here'));
  assert.deepEqual(readPeerAddress('unix:/run/my nas.sock'), address('unix:/run/my nas.sock', 'here'));
  // Not loopback, whatever they look like.
  assert.deepEqual(readPeerAddress('127.0.0.1.example'), address('127.0.0.1.example', 'other'));
  assert.deepEqual(readPeerAddress('localhost.example:987'), address('localhost.example:987', 'other'));
});

test('the URI of a disk is taken apart into its peer and its serial', () => {
  assert.deepEqual(readPeerAddress('dmsg://nas:987/DISK-1'), address('nas:987', 'other', 'DISK-1'));
  assert.deepEqual(readPeerAddress('dmsg://[::1]:987/A%20B'), address('[::1]:987', 'here', 'A B'));
  assert.deepEqual(readPeerAddress('dmsg://nas'), address('nas', 'other'));
  assert.deepEqual(
    readPeerAddress('dmsg+unix:///DISK-1?socket=/run/nas%20a.sock'),
    address('unix:/run/nas a.sock', 'here', 'DISK-1'),
  );
});

test('what is no address of a peer is refused with an example', () => {
  assert.deepEqual(readPeerAddress('  '), { kind: 'none' });
  for (const text of [
    'nbd://nas/disk',
    'http://nas',
    'a b',
    'dmsg:///DISK-1',
    'dmsg+unix:///DISK-1',
    'dmsg://nas/%zz',
  ]) {
    const read = readPeerAddress(text);
    assert.equal(read.kind, 'wrong', text);
    if (read.kind === 'wrong') assert.match(read.message, /for example node-b:987/);
  }
});

test('forgetting a peer names the units it leaves without a path, and those with one less', () => {
  const alone = unit(0, { paths: [path('1', 'a'), path('2', 'b', LOST)] });
  const redundant = unit(1, { paths: [path('1', 'a'), path('2', 'b')] });
  const other = unit(2, { paths: [path('2', 'b')] });
  assert.deepEqual(peerLosses('peer-a', [alone, redundant, other], [disk(0, { paths: [path('1', 'a')] })]), {
    pathless: ['xa0'],
    weaker: ['xa1'],
    disks: 1,
  });
});

const signature = (type: string, change: Partial<Signature> = {}): Signature => ({
  type,
  offset: 0,
  bytes: 2,
  label: null,
  uuid: null,
  detail: null,
  ...change,
});
const contents = (change: Partial<Contents> = {}): Contents => ({
  size_bytes: 1 << 30,
  block_bytes: 512,
  table: 'none',
  problems: [],
  partitions: [],
  signatures: [],
  blank: false,
  ...change,
});

test('what is on a disk is one line: its table, its file system, blank, or nothing known', () => {
  assert.equal(contentsLine(contents({ blank: true })), 'Blank: the first 64 KiB are zeros');
  assert.equal(contentsLine(contents()), 'No partition table, nothing known by its signature');
  assert.equal(contentsLine(contents({ signatures: [signature('ext4', { label: 'data' })] })), 'ext4 “data”');
  const partition = {
    number: 1,
    type: 'Linux file system',
    name: 'root',
    start_bytes: 1 << 20,
    size_bytes: 1 << 29,
    bootable: false,
    signatures: [signature('xfs')],
  };
  assert.equal(
    contentsLine(contents({ table: 'gpt', partitions: [partition], signatures: [signature('GPT')] })),
    'GPT, 1 partition',
  );
  assert.equal(partitionLine(partition), 'Linux file system “root”, xfs');
});

test('another possible writer is a reason for read-only: a mounted file system, an export in use, a refusal', () => {
  const mine = disk(0, { paths: [path('1', 'a')] });
  assert.deepEqual(writersOf(mine, contents({ signatures: [signature('ext4')] }), []), []);
  const used = signature('ext4', {
    detail: '1 GiB, its journal is to be replayed: in use, or not unmounted',
  });
  assert.equal(writersOf(mine, contents({ signatures: [used] }), []).length, 1);
  const mineOut = exported(0, { serial: mine.serial, clients: ['127.0.0.1:9'] });
  assert.match(writersOf(mine, null, [mineOut])[0] ?? '', /127\.0\.0\.1:9 may write it already/);
  assert.deepEqual(writersOf(mine, null, [{ ...mineOut, read_only: true }]), []);
  const refused = { ...mine, paths: [path('1', 'a', { access: 'read_only' })] };
  assert.equal(writersOf(refused, null, []).length, 1);
});

test('disks with the serial of another are its twins, whatever their size', () => {
  const one = { ...disk(0, { paths: [] }), id: 'a', serial: 'S' };
  const two = { ...one, id: 'b', size_bytes: 5 };
  assert.deepEqual(twinsOf(one, [one, two, { ...one, id: 'c', serial: 'T' }]), [two]);
});

test('requests are held for a number of seconds only where one is typed', () => {
  assert.deepEqual(noPathOf('hold', ''), { kind: 'hold' });
  assert.deepEqual(noPathOf('seconds', '2.5'), { kind: 'seconds', seconds: 2.5 });
  assert.equal(noPathOf('seconds', ''), null);
  assert.equal(noPathOf('seconds', -1), null);
});

const client = (change: Partial<UnitClient> = {}): UnitClient => ({
  unit: 'xa0',
  remote: '127.0.0.1:4711',
  since: 1000,
  requests: 1,
  read_bytes: 0,
  written_bytes: 0,
  process: { pid: 42, command: 'qemu-io', user: 'root' },
  uses: [],
  ...change,
});
const plan = (change: Partial<DetachPlan> = {}): DetachPlan => ({
  unit: 'xa0',
  label: 'nas/a',
  steps: [],
  clients: [],
  users: [],
  busy: false,
  requests: 0,
  unflushed_bytes: 0,
  at_startup: false,
  ...change,
});

test('who holds a unit is told with process, user and use; what the system does not tell is empty', () => {
  const mounted = client({ uses: ['/dev/nbd0', 'mounted on /mnt', 'swap'] });
  const unknown = client({ remote: 'unix:/x#1', process: null, uses: ['/dev/nbd1'] });
  const holders = holdersOf({ clients: [client(), mounted, unknown], users: ['copy to /x'] });
  assert.deepEqual(
    holders.map(({ pid, command, what }) => [pid, command, what]),
    [
      [42, 'qemu-io', 'NBD client 127.0.0.1:4711'],
      [42, 'qemu-io', '/dev/nbd0: mounted on /mnt, swap'],
      [null, null, '/dev/nbd1, open'],
      [null, 'Spandrel', 'copy to /x'],
    ],
  );
});

test('force names what it breaks, and nothing where nothing is broken', () => {
  assert.deepEqual(lossesOf(plan()), []);
  const losses = lossesOf(
    plan({ requests: 1, unflushed_bytes: 65_536, clients: [client()], users: ['copy'] }),
  );
  assert.equal(losses.length, 3);
  assert.match(losses[0] ?? '', /^1 request held or under way would fail/);
  assert.match(losses[1] ?? '', /^64\.0 KiB written since the last flush/);
  assert.match(losses[2] ?? '', /^2 users have it open/);
});

test('the outcome of detaching several counts what went, what is busy and what failed', () => {
  const none = { detached: [], busy: [], failed: [] };
  assert.equal(outcomeLine({ ...none, detached: ['xa0'] }), 'xa0 detached');
  assert.equal(
    outcomeLine({ ...none, detached: ['xa0', 'xa1', 'xa2'], busy: ['xa3', 'xa4'] }),
    '3 detached, 2 busy',
  );
  assert.equal(
    outcomeLine({ detached: ['xa0'], busy: [], failed: [{ unit: 'xa1', message: '' }] }),
    '1 detached, 1 failed',
  );
  assert.equal(outcomeLine({ ...none, busy: ['xa3'] }), '0 detached, 1 busy');
});

test('whether a unit would come back at startup is said before it is detached', () => {
  assert.match(startupLine([plan()]), /^Nothing attaches it again/);
  assert.match(startupLine([plan({ at_startup: true })]), /^xa0 is set to be attached at startup/);
  const two = [plan({ at_startup: true }), plan({ unit: 'xa1', at_startup: true })];
  assert.match(startupLine(two), /^xa0 and xa1 are set to be attached at startup/);
});

test('an end of a copy is a unit, a URI or a file, and a file that is called like one stays a file', () => {
  assert.equal(endOf('xa3').kind, 'unit');
  assert.equal(endOf('dmsg://nas/DISK').kind, 'uri');
  assert.equal(endOf('nbd+unix:///x?socket=/s').kind, 'uri');
  assert.equal(endOf('/srv/a.img').kind, 'file');
  const file = endOf('/x');
  assert.equal(endText({ ...file, path: ' /srv/a.img ' }), '/srv/a.img');
  assert.equal(endText({ ...file, path: 'xa3' }), './xa3');
  assert.equal(endText({ ...file, path: 'dmsg.img' }), './dmsg.img');
  assert.equal(endText({ ...file, path: ' ' }), null);
  const uri = endOf('dmsg://nas/DISK');
  assert.equal(endText({ ...uri, uri: 'nas/DISK' }), null);
  assert.match(endProblem({ ...uri, uri: 'nas/DISK' }) ?? '', /for example dmsg:/);
  assert.equal(endProblem(uri), undefined);
});

test('a copy needs two different ends, and a target that is writable and large enough', () => {
  const small = { ...unit(0, { paths: [] }), size_bytes: 10 };
  const large = { ...unit(1, { paths: [] }), size_bytes: 20 };
  assert.equal(copyProblem('xa0', 'xa1', [small, large]), null);
  assert.equal(copyProblem('xa1', 'xa0', [small, large]), 'xa0 is smaller than xa1');
  assert.equal(copyProblem('xa0', 'xa0', [small]), 'A disk is not copied onto itself');
  assert.equal(copyProblem('xa0', 'xa1', [small, { ...large, read_only: true }]), 'xa1 is read-only');
  assert.match(copyProblem(null, 'xa1', []) ?? '', /what is copied/);
  assert.match(copyProblem('/a', null, []) ?? '', /copied to/);
});

test('the command names a unit by the disk behind it, at the peer of its path in use', () => {
  const ways = [path('1', 'a'), path('2', 'b', { use: 'active' })];
  const mine = { ...unit(0, { paths: ways }), serial: 'S 1' };
  assert.equal(endForCommand('xa0', [mine], [peer('a'), peer('b')]), 'dmsg://b:987/S%201');
  assert.equal(endForCommand('/x', [mine], []), '/x');
});

test('an export is of a path or of memory of a size, and memory is told apart', () => {
  assert.equal(sourceText({ kind: 'file', path: ' /srv/a ', size: '' }), '/srv/a');
  assert.equal(sourceText({ kind: 'file', path: '', size: '1GiB' }), null);
  assert.equal(sourceText({ kind: 'memory', path: '/x', size: '16MiB' }), 'memory:16777216');
  assert.equal(sourceText({ kind: 'memory', path: '', size: '1000' }), null);
  assert.deepEqual(sourceOf('memory:1M'), { kind: 'memory', path: '', size: '1M' });
  assert.equal(isMemory('memory:1'), true);
  assert.equal(isMemory('/memory:1'), false);
});

test('a bundle is one file in which each of its files has its name', () => {
  const files = [
    { name: 'a.json', text: '{}\n' },
    { name: 'log.txt', text: '' },
  ];
  assert.equal(bundleText(files), '===== a.json =====\n{}\n\n===== log.txt =====\n\n');
  assert.equal(
    bundleName('my nas', new Date(Date.UTC(2025, 10, 26, 10, 42, 7))),
    'spandrel-my_nas-20251126-104207.txt',
  );
});

test('numbers and lists read as in a sentence', () => {
  assert.equal(counted(1, 'path'), '1 path');
  assert.equal(counted(0, 'path'), '0 paths');
  assert.equal(counted(2, 'entry', 'entries'), '2 entries');
  assert.equal(listed([]), '');
  assert.equal(listed(['a', 'b', 'c']), 'a, b and c');
});
